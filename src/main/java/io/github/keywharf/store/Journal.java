package io.github.keywharf.store;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Checks;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Numbered entries in a folder of a store, each written once: a log of commits or of progress.
 *
 * <p>An entry is one object, created by {@link ObjectStore#createIfAbsent}: it exists completely or not at all, and of
 * several writers of one number one succeeds. The caller chooses numbers from 0 on. Objects of the folder whose keys are not
 * those of entries are ignored. Two functions convert an entry to bytes and back, so that its owner defines the format.
 *
 * <p>Thread-safe; caches nothing, so that several processes may each have a journal over one folder.
 *
 * @param <T> value of an entry
 */
public final class Journal<T> {

    /** Attempts to read the newest entry, which others may prune between its listing and reading. */
    private static final int ATTEMPTS = 100;

    /**
     * Reads the value of an entry.
     *
     * @param <T> the value
     */
    @FunctionalInterface
    public interface Reader<T> {

        /**
         * Reads the value of an entry.
         *
         * @param subject the entry's store and key, for messages
         * @param number number of the entry
         * @param content content of the object
         * @throws KeywharfException with a code of the journal's owner if the content is invalid
         */
        T read(String subject, long number, byte[] content);
    }

    /**
     * Entry of a journal.
     *
     * @param number number of the entry
     * @param value value of the entry
     * @param written time at which it was written, by the store's clock
     * @param <T> the value
     */
    public record Entry<T>(long number, T value, Instant written) {}

    private final ObjectStore folder;
    private final JournalKeys keys;
    private final Function<? super T, byte[]> write;
    private final Reader<? extends T> read;
    private final int maxBytes;

    private Journal(
            ObjectStore folder,
            JournalKeys keys,
            Function<? super T, byte[]> write,
            Reader<? extends T> read,
            int maxBytes) {
        this.folder = Objects.requireNonNull(folder, "folder");
        this.keys = keys;
        this.write = Objects.requireNonNull(write, "write");
        this.read = Objects.requireNonNull(read, "read");
        this.maxBytes = maxBytes;
    }

    /**
     * Creates a journal whose keys count down, {@code 9223372036854775800-7.json}, so that a listing begins with the newest
     * entry, and finding it takes one request however long the journal is. For journals that are not pruned.
     *
     * @param folder folder of the entries; see {@link ObjectStore#under}
     * @param write returns the content of an entry
     * @param read reads the value of a content
     */
    public static <T> Journal<T> newestFirst(
            ObjectStore folder, Function<? super T, byte[]> write, Reader<? extends T> read) {
        return new Journal<>(folder, JournalKeys.COUNTDOWN, write, read, ObjectKeys.MAX_SMALL_OBJECT);
    }

    /** Creates a journal as {@link #newestFirst(ObjectStore, Function, Reader)} does, of entries in a stored format. */
    public static <T> Journal<T> newestFirst(ObjectStore folder, StoredJson<T> format) {
        return newestFirst(folder, format::write, (subject, number, content) -> format.read(subject, content));
    }

    /** Creates a journal as {@link #oldestFirst(ObjectStore, Function, Reader)} does, of entries in a stored format. */
    public static <T> Journal<T> oldestFirst(ObjectStore folder, StoredJson<T> format) {
        return oldestFirst(folder, format::write, (subject, number, content) -> format.read(subject, content));
    }

    /**
     * Creates a journal whose keys count up, {@code 00000000000000000007.json}. Finding the newest entry lists them all. For
     * journals that are {@linkplain #prune pruned}.
     *
     * @param folder folder of the entries; see {@link ObjectStore#under}
     * @param write returns the content of an entry
     * @param read reads the value of a content
     */
    public static <T> Journal<T> oldestFirst(
            ObjectStore folder, Function<? super T, byte[]> write, Reader<? extends T> read) {
        return oldestFirst(folder, "", JournalKeys.DIGITS, write, read);
    }

    /**
     * Creates a journal whose keys count up with a name before the number, {@code part-00007.json}. Numbers with more digits
     * are valid too, and are listed before smaller ones.
     *
     * @param folder folder of the entries, perhaps among other objects
     * @param name prefix of keys; must not end with a digit
     * @param digits least number of digits, from 1 to 20
     * @param write returns the content of an entry
     * @param read reads the value of a content
     */
    public static <T> Journal<T> oldestFirst(
            ObjectStore folder, String name, int digits, Function<? super T, byte[]> write, Reader<? extends T> read) {
        return new Journal<>(folder, JournalKeys.ascending(name, digits), write, read, ObjectKeys.MAX_SMALL_OBJECT);
    }

    /**
     * Returns the same journal with another limit to the size of entries than {@value ObjectKeys#MAX_SMALL_OBJECT} bytes.
     */
    public Journal<T> withMaxEntryBytes(int maxBytes) {
        return new Journal<>(folder, keys, write, read, ObjectKeys.checkMaxBytes(maxBytes));
    }

    /** Name for messages: store and folder. */
    public String name() {
        return folder.name();
    }

    /** Key of the entry of a number in the journal's folder; the entry need not exist. */
    public String key(long number) {
        return keys.key(number);
    }

    private String name(long number) {
        return folder.name() + "/" + key(number);
    }

    /**
     * Finds the entry of the highest number.
     *
     * @throws KeywharfException as the reader of entries does if the entry cannot be read; with code {@code store.unsupported}
     *     if the journal counts down and the store lists keys in another order than of their UTF-8 bytes
     */
    public Optional<Entry<T>> newest() {
        for (int attempt = 1; ; attempt++) {
            Optional<StoredObject> object = newestObject();
            // If an entry was pruned after its listing, there is a newer one.
            Optional<Entry<T>> entry = object.flatMap(this::entry);
            if (object.isEmpty() || entry.isPresent()) {
                return entry;
            }
            if (attempt == ATTEMPTS) {
                throw new KeywharfException(
                        ObjectStore.NOT_FOUND,
                        folder.name() + "/" + object.get().key(),
                        "It is listed, but did not exist in any of " + ATTEMPTS + " attempts to read it; check that the"
                                + " store's listings are up to date");
            }
        }
    }

    private Optional<StoredObject> newestObject() {
        try (Stream<StoredObject> objects = objects()) {
            return keys.countsDown()
                    ? first(objects.limit(2).toList())
                    : objects.max(Comparator.comparingLong(object -> number(object.key())));
        }
    }

    /** A store that lists in another order would give an old entry, so the second one is looked at too. */
    private Optional<StoredObject> first(List<StoredObject> listed) {
        if (listed.size() > 1
                && number(listed.get(1).key()) > number(listed.get(0).key())) {
            throw new KeywharfException(
                    "store.unsupported",
                    folder.name(),
                    "The store lists '" + listed.get(0).key() + "' before '"
                            + listed.get(1).key()
                            + "'; use one that lists keys in the order of their UTF-8 bytes, as S3 does but for"
                            + " directory buckets");
        }
        return listed.stream().findFirst();
    }

    /**
     * Finds the value of the entry of a number.
     *
     * @throws KeywharfException as the reader of entries does if the entry cannot be read
     */
    public Optional<T> find(long number) {
        return folder.find(key(number), maxBytes).map(content -> read.read(name(number), number, content));
    }

    /**
     * Writes an entry unless one of that number exists.
     *
     * <p>An existing entry with the same bytes counts as this one: an earlier call whose answer was lost may have written it.
     * If two writers could write the same bytes, add the name of the writer.
     *
     * <p>A written entry need not be the newest. A caller that was paused after it read the journal may write a number that
     * was used and pruned in between; {@link #prune} then returns the newest number.
     *
     * @return true if the entry of that number is this one
     * @throws KeywharfException with code {@code store.too_large} if it exceeds the limit to the size of entries
     */
    public boolean append(long number, T entry) {
        String key = key(number);
        byte[] content = write.apply(entry);
        if (content.length > maxBytes) {
            throw new KeywharfException(
                    ObjectStore.TOO_LARGE,
                    name(number),
                    "The entry would have " + content.length + " bytes, more than the " + maxBytes
                            + " that are read; make it smaller");
        }
        try {
            if (folder.createIfAbsent(key, content)) {
                return true;
            }
        } catch (KeywharfException e) {
            if (!e.is(ObjectStore.OUTCOME_UNKNOWN)) {
                throw e;
            }
        }
        return folder.find(key).filter(there -> Arrays.equals(there, content)).isPresent();
    }

    /**
     * Returns all entries in the order of their keys, read one by one as the stream is; those that are deleted meanwhile are
     * skipped. Close the stream unless it is read to its end.
     *
     * @throws KeywharfException while the stream is read, as the reader of entries does if one cannot be read
     */
    public Stream<Entry<T>> entries() {
        return objects().map(this::entry).flatMap(Optional::stream);
    }

    /**
     * Deletes all entries except those of the highest numbers.
     *
     * @param keep number of entries to keep, from 1 on; others may be reading the newest, so keep a few
     * @return the highest number, or empty if there is no entry
     */
    public OptionalLong prune(int keep) {
        Checks.positive("keep", keep);
        List<Long> numbers;
        try (Stream<StoredObject> objects = objects()) {
            numbers = objects.map(object -> number(object.key()))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
        numbers.stream().skip(keep).forEach(this::delete);
        return numbers.isEmpty() ? OptionalLong.empty() : OptionalLong.of(numbers.get(0));
    }

    /** Deletes the entry of a number, if it exists. */
    public void delete(long number) {
        folder.delete(key(number));
    }

    private Stream<StoredObject> objects() {
        return folder.list(keys.name())
                .filter(object -> keys.number(object.key()).isPresent());
    }

    private long number(String key) {
        return keys.number(key).orElseThrow();
    }

    private Optional<Entry<T>> entry(StoredObject object) {
        long number = number(object.key());
        return find(number).map(value -> new Entry<>(number, value, object.lastModified()));
    }

    @Override
    public String toString() {
        return "Journal[" + name() + "]";
    }
}
