package io.github.keywharf.store;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.FolderSync;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A place that keeps whole objects under keys.
 *
 * <p>Thread-safe. An object appears whole or not at all, and a reader never sees half of one. A key is a path of
 * segments joined by {@code /}; {@link ObjectKeys#check} states the rules that every implementation applies. Listings are
 * consistent: an object is listed as soon as the call that wrote it has returned.
 *
 * <p>Not promised: renaming, appending, directories, or replacing an object only if it has not changed. Build commits
 * from {@link #createIfAbsent}, which is atomic everywhere.
 *
 * <p>An implementation makes errors that may pass by {@link KeywharfException#retryable}; callers try again then only.
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

    /** An empty store in this process's memory, for tests and trials. */
    static ObjectStore inMemory() {
        return inMemory(InstantSource.system());
    }

    /** An empty store in this process's memory that dates its objects by a given clock. */
    static ObjectStore inMemory(InstantSource clock) {
        return new MemoryStore(clock);
    }

    /**
     * A store that keeps each object as a file of a directory, under the key as its path. The directory need not exist
     * yet. Files that others put there are objects too.
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

    /** A store that keeps objects in a directory, with a clock by which it finds what a crashed process left a week ago. */
    static ObjectStore ofDirectory(Path directory, InstantSource clock) {
        return new DirectoryStore(directory, FolderSync.TO_DISK, clock);
    }

    /** What this store is, for messages and events: {@code s3://bucket/prefix}, a directory's path, {@code memory}. */
    String name();

    /**
     * The objects whose key begins with a prefix, in the order of their keys' UTF-8 bytes, fetched as the stream is
     * read however many there are. Close the stream unless it is read to its end.
     *
     * @param prefix what keys begin with; empty for all. End it with {@code /} to mean a folder: {@code payment} also
     *     matches {@code payment_type}
     */
    Stream<StoredObject> list(String prefix);

    /**
     * The objects that {@link #list(String)} gives and whose key comes after a text in the order of keys: the rest of a
     * listing that was read up to some key. What comes before costs nothing where the store can begin there, as S3 can;
     * a directory reads the names of the folders on the way to that key, and leaves out all others before it.
     *
     * @param prefix what keys begin with; empty for all
     * @param startAfter what keys come after, not itself listed; a key, whether or not it exists, or the beginning of
     *     one; empty for all
     */
    default Stream<StoredObject> list(String prefix, String startAfter) {
        ObjectKeys.checkPrefix(startAfter);
        return list(prefix).filter(object -> ObjectKeys.ORDER.compare(object.key(), startAfter) > 0);
    }

    /**
     * Opens an object for reading. What is read is the object as it was at this moment, or an error, never a mixture
     * with a later one of the same key.
     *
     * @throws KeywharfException with code {@code store.not_found} when there is none
     */
    ObjectReader open(String key);

    /**
     * Opens the version of an object that a listing or an open reader gave. S3 is not asked about it again, so that one that is
     * gone or replaced may be reported by the first read instead.
     *
     * @throws KeywharfException with code {@code store.replaced} when there is another version, {@code store.not_found} when
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
     * The file that holds an object, where this store keeps objects as files, to read it in place; empty otherwise. Change
     * nothing in it, and write through the store: the file is then replaced by another one.
     *
     * @throws KeywharfException with code {@code store.not_found} when there is no such object
     */
    default Optional<Path> findFile(String key) {
        return Optional.empty();
    }

    /**
     * Begins an object. It appears when {@link ObjectWriter#commit()} returns; closing without a commit leaves nothing
     * behind. An object of that key is replaced.
     */
    ObjectWriter create(String key);

    /**
     * Writes a small object unless there is one of that key already: of any number of concurrent callers, exactly one gets
     * true.
     *
     * @return whether the object was written by this call
     * @throws KeywharfException with code {@code store.outcome_unknown} when an object of that key is
     *     there and the store does not say whether this call wrote it: read it and compare its content
     */
    boolean createIfAbsent(String key, byte[] content);

    /**
     * Copies an object to a key that has none, with its content and nothing else of it. As with
     * {@link #createIfAbsent}, the copy appears whole, and of any number of concurrent callers exactly one gets true. What
     * is copied is the object as it was at one moment.
     *
     * <p>S3 copies large objects without sending them here. A store that does not override this reads the object into
     * memory, up to {@value ObjectKeys#MAX_SMALL_OBJECT} bytes.
     *
     * @return whether the object was written by this call; false when there is one of the key {@code to} already
     * @throws KeywharfException with code {@code store.not_found} when there is none of the key {@code from}; with
     *     {@code store.outcome_unknown} as {@link #createIfAbsent} does; with {@code store.replaced} when a large object
     *     is replaced while it is copied
     */
    default boolean copy(String from, String to) {
        ObjectKeys.check(to);
        return createIfAbsent(to, readSmall(from));
    }

    /**
     * Copies a version of an object, as {@link #copy(String, String)} does.
     *
     * @throws KeywharfException as that does, and with code {@code store.replaced} when there is another version
     */
    default boolean copy(StoredObject version, String to) {
        ObjectKeys.check(to);
        try (ObjectReader reader = open(version)) {
            return createIfAbsent(to, ObjectKeys.readSmall(reader, ObjectKeys.MAX_SMALL_OBJECT));
        }
    }

    /**
     * The part of this store under a folder, as a store whose keys are relative to it and cannot leave it. Closing it
     * leaves this store open.
     *
     * @param folder a valid key, with or without a {@code /} at its end
     */
    default ObjectStore under(String folder) {
        return new FolderView(this, folder);
    }

    /** Removes an object; that there is none is not an error. */
    void delete(String key);

    /** Releases what the store itself opened; closing twice is harmless. */
    @Override
    default void close() {}

    /**
     * Reads a small object whole, at most {@value ObjectKeys#MAX_SMALL_OBJECT} bytes.
     *
     * @throws KeywharfException with code {@code store.not_found} when there is none, {@code store.too_large} when it has
     *     more bytes
     */
    default byte[] readSmall(String key) {
        try (ObjectReader reader = open(key)) {
            return ObjectKeys.readSmall(reader, ObjectKeys.MAX_SMALL_OBJECT);
        }
    }

    /** Reads a small object whole as {@link #readSmall} does, or gives empty when there is none. */
    default Optional<byte[]> find(String key) {
        return find(key, ObjectKeys.MAX_SMALL_OBJECT);
    }

    /**
     * Reads a small object whole, or gives empty when there is none.
     *
     * @param maxBytes how many bytes it may have, at most {@value ObjectKeys#MAX_SMALL_OBJECT}
     * @throws KeywharfException with code {@code store.too_large} when it has more
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
