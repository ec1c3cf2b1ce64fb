package io.github.keywharf.store;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.FolderSync;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Storage of whole objects under keys.
 *
 * <p>Thread-safe. An object appears completely or not at all, and a reader never sees half of one. A key is a path of
 * segments joined by {@code /}; {@link ObjectKeys#check} states the rules that every implementation applies. Listings are
 * consistent: an object is listed as soon as the call that wrote it has returned.
 *
 * <p>Not promised: renaming, appending, directories, or replacing an object only if it has not changed. Build commits
 * from {@link #createIfAbsent}, which is atomic everywhere.
 *
 * <p>An implementation creates temporary errors by {@link KeywharfException#retryable}; callers repeat only those calls.
 */
public interface ObjectStore extends AutoCloseable {
    /** Code of an error about content that is larger than allowed. */
    String TOO_LARGE = "store.too_large";

    /** Code of an error about an object that was replaced while it was read or copied. */
    String REPLACED = "store.replaced";

    /** Code of an error that leaves open whether something was written. */
    String OUTCOME_UNKNOWN = "store.outcome_unknown";

    /** Code of an error about an object that does not exist. */
    String NOT_FOUND = "store.not_found";

    /** Creates an empty store in this process's memory, for tests and trials. */
    static ObjectStore inMemory() {
        return inMemory(InstantSource.system());
    }

    /** Creates an empty store in this process's memory, with a clock for the times of its objects. */
    static ObjectStore inMemory(InstantSource clock) {
        return new MemoryStore(clock);
    }

    /**
     * Creates a store that keeps each object as a file of a directory, with the key as its path. The directory need not exist.
     * Files that other programs put there are objects too.
     *
     * <p>Objects are written to a hidden folder {@value DirectoryStore#WRITING}, forced to disk and then moved or
     * linked into place, so the directory must lie on one file system, with hard links for {@link #createIfAbsent}.
     * Symbolic links below the directory are neither followed nor listed. A file whose name is not a valid key, or not
     * text in the character set of this Java, is not listed and reported once by a warning. An object {@code a} cannot be
     * beside objects {@code a/b}: {@code store.key_conflict}. Whether {@code A} and {@code a}, or {@code é} as one
     * character and as two, are one key is the file system's choice: they are two on Linux. Closing the store does nothing.
     */
    static ObjectStore ofDirectory(Path directory) {
        return ofDirectory(directory, InstantSource.system());
    }

    /** Creates a store in a directory, with a clock by which it finds files that a crashed process left a week ago. */
    static ObjectStore ofDirectory(Path directory, InstantSource clock) {
        return new DirectoryStore(directory, FolderSync.TO_DISK, clock);
    }

    /** Name for messages and events: {@code s3://bucket/prefix}, a directory's path, {@code memory}. */
    String name();

    /**
     * Lists the objects whose key begins with a prefix, in the order of their keys' UTF-8 bytes, fetched as the stream is
     * read however many there are. Close the stream unless it is read to its end.
     *
     * @param prefix beginning of keys; empty for all. End it with {@code /} to mean a folder: {@code payment} also
     *     matches {@code payment_type}
     */
    Stream<StoredObject> list(String prefix);

    /**
     * Lists the objects of {@link #list(String)} whose key comes after a text in the order of keys: the rest of a listing that
     * was read up to some key. Earlier keys cost nothing if the store can begin there, as S3 can; a directory reads the names
     * of the folders on the path of that key, and skips all others before it.
     *
     * @param prefix beginning of keys; empty for all
     * @param startAfter text after which keys are listed, itself excluded: a key, which need not exist, or the beginning of
     *     one; empty for all
     */
    default Stream<StoredObject> list(String prefix, String startAfter) {
        ObjectKeys.checkPrefix(startAfter);
        return list(prefix).filter(object -> ObjectKeys.ORDER.compare(object.key(), startAfter) > 0);
    }

    /**
     * Opens an object for reading. Reads return the object as it was at this moment, or fail, and never mix it with a later
     * one of the same key.
     *
     * @throws KeywharfException with code {@code store.not_found} if there is none
     */
    ObjectReader open(String key);

    /**
     * Opens a version of an object that a listing or a reader returned. No request is sent to S3, so that the first read may
     * report a deleted or replaced object instead.
     *
     * @throws KeywharfException with code {@code store.replaced} if there is another version, {@code store.not_found} if
     *     there is none
     */
    default ObjectReader open(StoredObject version) {
        ObjectReader reader = open(version.key());
        if (!reader.object().etag().equals(version.etag())) {
            reader.close();
            throw StoreErrors.replaced(this, version.key());
        }
        return reader;
    }

    /**
     * Finds the file of an object, if this store keeps objects as files, to read it in place. Do not change it, but write
     * through the store, which replaces the file by another one.
     *
     * @throws KeywharfException with code {@code store.not_found} if there is no such object
     */
    default Optional<Path> findFile(String key) {
        return Optional.empty();
    }

    /**
     * Begins to write an object. It appears when {@link ObjectWriter#commit()} returns, in place of an existing one of that key;
     * closing without a commit leaves nothing behind.
     */
    ObjectWriter create(String key);

    /**
     * Writes a small object unless one of that key exists: of any number of concurrent callers, exactly one succeeds.
     *
     * @return true if this call wrote the object
     * @throws KeywharfException with code {@code store.outcome_unknown} if an object of that key exists and the store does not
     *     say whether this call wrote it: read it and compare its content
     */
    boolean createIfAbsent(String key, byte[] content);

    /**
     * Copies the content of an object, as it was at one moment, to a key that has none. As with {@link #createIfAbsent}, the
     * copy appears completely, and of any number of concurrent callers exactly one succeeds.
     *
     * <p>S3 copies large objects on the server. A store that does not override this reads the object into
     * memory, up to {@value ObjectKeys#MAX_SMALL_OBJECT} bytes.
     *
     * @return true if this call wrote the copy; false if an object of the key {@code to} exists
     * @throws KeywharfException with code {@code store.not_found} if there is none of the key {@code from}; with
     *     {@code store.outcome_unknown} as {@link #createIfAbsent} does; with {@code store.replaced} if a large object is
     *     replaced while it is copied
     */
    default boolean copy(String from, String to) {
        ObjectKeys.check(to);
        return createIfAbsent(to, readSmall(from));
    }

    /**
     * Copies a version of an object as {@link #copy(String, String)} does.
     *
     * @throws KeywharfException as that does, and with code {@code store.replaced} if there is another version
     */
    default boolean copy(StoredObject version, String to) {
        ObjectKeys.check(to);
        try (ObjectReader reader = open(version)) {
            return createIfAbsent(to, ObjectKeys.readSmall(reader, ObjectKeys.MAX_SMALL_OBJECT));
        }
    }

    /**
     * Returns a view of a folder of this store, as a store whose keys are relative to it and cannot leave it. Closing the view
     * leaves this store open.
     *
     * @param folder a valid key, with or without a {@code /} at its end
     */
    default ObjectStore under(String folder) {
        return new FolderView(this, folder);
    }

    /**
     * Checks that the store does what is required here: writes some small objects below {@value StoreCheck#FOLDER}, reads them,
     * lists them, creates one a second time, and deletes them. For servers that speak S3 and are used for the first time. That
     * one of several concurrent creations succeeds is not tried.
     *
     * @throws KeywharfException with code {@code store.unsupported} that says what the store does not do; others as the calls
     *     do
     */
    default void check() {
        new StoreCheck(this).run();
    }

    /** Deletes an object, if it exists. */
    void delete(String key);

    /** Releases resources that the store itself opened; closing twice is harmless. */
    @Override
    default void close() {}

    /**
     * Reads a small object of at most {@value ObjectKeys#MAX_SMALL_OBJECT} bytes.
     *
     * @throws KeywharfException with code {@code store.not_found} if there is none, {@code store.too_large} if it has
     *     more bytes
     */
    default byte[] readSmall(String key) {
        try (ObjectReader reader = open(key)) {
            return ObjectKeys.readSmall(reader, ObjectKeys.MAX_SMALL_OBJECT);
        }
    }

    /** Reads a small object as {@link #readSmall} does, if it exists. */
    default Optional<byte[]> find(String key) {
        return find(key, ObjectKeys.MAX_SMALL_OBJECT);
    }

    /**
     * Reads a small object, if it exists.
     *
     * @param maxBytes limit to its size, at most {@value ObjectKeys#MAX_SMALL_OBJECT}
     * @throws KeywharfException with code {@code store.too_large} if it has more
     */
    default Optional<byte[]> find(String key, int maxBytes) {
        ObjectKeys.checkMaxBytes(maxBytes);
        try (ObjectReader reader = open(key)) {
            return Optional.of(ObjectKeys.readSmall(reader, maxBytes));
        } catch (KeywharfException e) {
            if (e.is(NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
