package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectKeys;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The rejected rows of a flow's runs: a folder of a store with one file of JSON lines, as {@link RejectedRows} writes them,
 * for each run, step and table that has any: {@code <folder>/<run>/<step>/<table>.jsonl}.
 *
 * <p>A step writes its files with a {@link #writer}, all of which appear when it commits them. They are listed, repaired,
 * and fed back in with {@link #rows}. Thread-safe.
 */
public final class DeadLetters {

    private static final String END = ".jsonl";

    private final ObjectStore store;
    private final String folder;

    private DeadLetters(ObjectStore store, String folder) {
        this.store = store;
        this.folder = folder;
    }

    /**
     * The dead letters in a folder of a store, which stays the caller's to close.
     *
     * @param folder a valid key, with or without a {@code /} at its end; it holds nothing but dead letters
     */
    public static DeadLetters in(ObjectStore store, String folder) {
        String path = folder.endsWith("/") ? folder.substring(0, folder.length() - 1) : folder;
        return new DeadLetters(Objects.requireNonNull(store, "store"), ObjectKeys.check(path) + "/");
    }

    /**
     * Takes the rejected rows of one step of a run. Of an earlier attempt at the same step, files for the same tables are
     * replaced and those for other tables stay: give each attempt a run or a step of its own.
     *
     * @param run names the run; one segment of a key, sorted as runs are to be listed
     * @param step names the step; one segment of a key
     */
    public DeadLettersWriter writer(String run, String step) {
        return new DeadLettersWriter(this, store, run, step);
    }

    /** The folder of one step of a run, with a {@code /} at its end. */
    public String folder(String run, String step) {
        return folder + segment("run", run) + "/" + segment("step", step) + "/";
    }

    /**
     * The file of the rows that a step rejected for a table, whether or not there is one.
     *
     * @param table its name, in which slashes make folders
     */
    public DeadLetterFile file(String run, String step, String table) {
        return new DeadLetterFile(run, step, table, ObjectKeys.check(folder(run, step) + table + END));
    }

    private static String segment(String what, String name) {
        if (name.indexOf('/') >= 0) {
            throw new IllegalArgumentException("The " + what + " '" + name + "' has a slash; give it another name");
        }
        return ObjectKeys.check(name);
    }

    private Optional<DeadLetterFile> named(String key) {
        if (!key.endsWith(END)) {
            return Optional.empty();
        }
        // A table's name may have slashes in it.
        String[] parts =
                key.substring(folder.length(), key.length() - END.length()).split("/", 3);
        return parts.length < 3 || parts[2].isEmpty()
                ? Optional.empty()
                : Optional.of(new DeadLetterFile(parts[0], parts[1], parts[2], key));
    }

    /**
     * All files, by run, step and table, in the order of keys, fetched as the stream is read; other objects are left out.
     * Close the stream unless it is read to its end.
     */
    public Stream<DeadLetterFile> files() {
        return store.list(folder).map(StoredObject::key).map(this::named).flatMap(Optional::stream);
    }

    /**
     * The rejected rows of a file, each with its origin and reason. Close the stream.
     *
     * @throws KeywharfException with code {@code store.not_found} when there is no such file, or while the stream is read
     *     as {@link RejectedRows#read} does
     */
    public Stream<RejectedRow> read(DeadLetterFile file) {
        return RejectedRows.read(store, file.key());
    }

    /**
     * The rows of a file, once repaired, to be written where they were meant for; see {@link RejectedRows#rows}.
     *
     * @param schema the columns of the rows
     * @param rejects takes the rows that are still refused
     */
    public Rows rows(DeadLetterFile file, Schema schema, RejectListener rejects) {
        return rows(file, schema, TextValues.STANDARD, rejects);
    }

    /**
     * The same, with text that is read in the formats in which the source has it.
     *
     * @param values the formats that the source was read with
     */
    public Rows rows(DeadLetterFile file, Schema schema, TextValues values, RejectListener rejects) {
        return RejectedRows.rows(store, file.key(), schema, values, rejects);
    }

    /** Deletes a file that is not needed any more; that there is none is not an error. */
    public void delete(DeadLetterFile file) {
        store.delete(file.key());
    }

    @Override
    public String toString() {
        return "DeadLetters[" + store.name() + "/" + folder.substring(0, folder.length() - 1) + "]";
    }
}
