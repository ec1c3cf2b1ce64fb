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
 * Numbered entries in a folder of a store, each written once: a log of what was committed, or of how far something came.
 *
 * <p>An entry is one object, made by {@link ObjectStore#createIfAbsent}: it is there whole or not at all, and of several
 * writers of one number one wins. Numbers are the caller's, from 0 on. Objects of the folder whose keys are not those of
 * entries are passed over. What an entry says is up to two functions, to bytes and back, so that its format is its
 * owner's.
 *
 * <p>Thread-safe; holds nothing in memory, so that several processes may each have a journal over one folder.
 *
 * @param <T> what an entry says
 */
public final class Journal<T> {

    /** How often the newest entry is looked for when it is pruned each time before it can be read. */
    private static final int ATTEMPTS = 100;

    /**
     * Reads what an entry says.
     *
     * @param <T> what it says
     */
    @FunctionalInterface
    public interface Reader<T> {

        /**
         * What an entry says.
         *
         * @param subject the entry's store and key, for messages
         * @param number the entry's number
         * @param content the object, whole
         * @throws KeywharfException with a code of the journal's owner when the content is none that can be read
         */
        T read(String subject, long number, byte[] content);
    }

    /**
     * An entry as it was found.
     *
     * @param number its number
     * @param value what it says
     * @param written when it was written, by the store's clock
     * @param <T> what it says
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
     * A journal whose keys count down, {@code 9223372036854775800-7.json}, so that a listing gives the newest entry first
     * and finding it takes one request however long the journal is. For journals that are kept.
     *
     * @param folder holds the entries; see {@link ObjectStore#under}
     * @param write the content of an entry
     * @param read what a content says
     */
    public static <T> Journal<T> newestFirst(
            ObjectStore folder, Function<? super T, byte[]> write, Reader<? extends T> read) {
        return new Journal<>(folder, JournalKeys.COUNTDOWN, write, read, ObjectKeys.MAX_SMALL_OBJECT);
    }

    /** {@link #newestFirst(ObjectStore, Function, Reader)} of entries in a stored format. */
    public static <T> Journal<T> newestFirst(ObjectStore folder, StoredJson<T> format) {
        return newestFirst(folder, format::write, (subject, number, content) -> format.read(subject, content));
    }

    /** {@link #oldestFirst(ObjectStore, Function, Reader)} of entries in a stored format. */
    public static <T> Journal<T> oldestFirst(ObjectStore folder, StoredJson<T> format) {
        return oldestFirst(folder, format::write, (subject, number, content) -> format.read(subject, content));
    }

    /**
     * A journal whose keys count up, {@code 00000000000000000007.json}. Finding the newest entry lists them all. For
     * journals that are {@linkplain #prune pruned}.
     *
     * @param folder holds the entries; see {@link ObjectStore#under}
     * @param write the content of an entry
     * @param read what a content says
     */
    public static <T> Journal<T> oldestFirst(
            ObjectStore folder, Function<? super T, byte[]> write, Reader<? extends T> read) {
        return oldestFirst(folder, "", JournalKeys.DIGITS, write, read);
    }

    /**
     * A journal whose keys count up with a name before the number, {@code part-00007.json}. Numbers with more digits than
     * given are kept too, and then listed before smaller ones.
     *
     * @param folder holds the entries, perhaps among other objects
     * @param name what keys begin with; must not end with a digit
     * @param digits how many digits numbers have at least, from 1 to 20
     * @param write the content of an entry
     * @param read what a content says
     */
    public static <T> Journal<T> oldestFirst(
            ObjectStore folder, String name, int digits, Function<? super T, byte[]> write, Reader<? extends T> read) {
        return new Journal<>(folder, JournalKeys.ascending(name, digits), write, read, ObjectKeys.MAX_SMALL_OBJECT);
    }

    /**
     * The same journal with another limit to the size of entries, which is {@value ObjectKeys#MAX_SMALL_OBJECT} bytes
     * unless it is set.
     */
    public Journal<T> withMaxEntryBytes(int maxBytes) {
        return new Journal<>(folder, keys, write, read, ObjectKeys.checkMaxBytes(maxBytes));
    }

    /** What this journal is, for messages: its store and folder. */
    public String name() {
        return folder.name();
    }

    /** The key of the entry of a number, whether or not there is one, in the journal's folder. */
    public String key(long number) {
        return keys.key(number);
    }

    private String name(long number) {
        return folder.name() + "/" + key(number);
    }

    /**
     * The entry of the highest number, or empty when there is none.
     *
     * @throws KeywharfException as the reader of entries does when it cannot be read
     */
    public Optional<Entry<T>> newest() {
        for (int attempt = 1; ; attempt++) {
            Optional<StoredObject> object = newestObject();
            // An entry that is pruned between the listing and the reading has a newer one.
            Optional<Entry<T>> entry = object.flatMap(this::entry);
            if (object.isEmpty() || entry.isPresent()) {
                return entry;
            }
            if (attempt == ATTEMPTS) {
                throw new KeywharfException(
                        ObjectStore.NOT_FOUND,
                        folder.name() + "/" + object.get().key(),
                        "It is listed, but was gone each of the " + ATTEMPTS + " times that it was read; check that the"
                                + " store's listings are up to date");
            }
        }
    }

    private Optional<StoredObject> newestObject() {
        try (Stream<StoredObject> objects = objects()) {
            return keys.countsDown()
                    ? objects.findFirst()
                    : objects.max(Comparator.comparingLong(object -> number(object.key())));
        }
    }

    /**
     * What the entry of a number says, or empty when there is none.
     *
     * @throws KeywharfException as the reader of entries does when it cannot be read
     */
    public Optional<T> find(long number) {
        return folder.find(key(number), maxBytes).map(content -> read.read(name(number), number, content));
    }

    /**
     * Writes an entry unless there is one of that number.
     *
     * <p>An entry that is there already and has the same bytes counts as this one: an earlier call whose answer was lost
     * may have written it. Where two writers could write the same, let each write its name into it.
     *
     * <p>That an entry is written does not show that it is the newest. A caller that was paused since it looked may write
     * a number that came, went and was pruned meanwhile; {@link #prune} gives the number that is the newest then.
     *
     * @return whether the entry of that number is this one
     * @throws KeywharfException with code {@code store.too_large} when it has more bytes than are read
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
     * All entries in the order of their keys, read one by one as the stream is; those that are deleted meanwhile are left
     * out. Close the stream unless it is read to its end.
     *
     * @throws KeywharfException while the stream is read, as the reader of entries does when one cannot be read
     */
    public Stream<Entry<T>> entries() {
        return objects().map(this::entry).flatMap(Optional::stream);
    }

    /**
     * Deletes all entries but those of the highest numbers.
     *
     * @param keep how many to keep, from 1 on; others may be reading the newest, so leave a few
     * @return the highest number, or empty when there is no entry
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

    /** Deletes the entry of a number; that there is none is not an error. */
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
