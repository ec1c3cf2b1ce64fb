package io.github.keywharf.format;

import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.RejectListener;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes the rejected rows of one step of a run, for any number of tables. Made by {@link DeadLetters#writer};
 * thread-safe.
 *
 * <p>A table without rejected rows has no file. The files appear on {@link #commit()}; {@link #close()} without a commit
 * discards what was written.
 */
public final class DeadLettersWriter implements AutoCloseable {

    private final DeadLetters letters;
    private final ObjectStore store;
    private final String run;
    private final String step;
    private final Map<String, RejectedRowsWriter> writers = new LinkedHashMap<>();
    private boolean ended;

    DeadLettersWriter(DeadLetters letters, ObjectStore store, String run, String step) {
        this.letters = letters;
        this.store = store;
        this.run = run;
        this.step = step;
        letters.folder(run, step);
    }

    /** A listener for the rows meant for one table. */
    public RejectListener of(String table) {
        return row -> writer(table).rejected(row);
    }

    private synchronized RejectedRowsWriter writer(String table) {
        if (ended) {
            throw new IllegalStateException("The writer of " + letters.folder(run, step) + " has ended");
        }
        return writers.computeIfAbsent(
                table,
                name -> RejectedRows.writer(store, letters.file(run, step, name).key()));
    }

    /** How many rows were rejected, of all tables. */
    public synchronized long count() {
        return writers.values().stream().mapToLong(RejectedRowsWriter::count).sum();
    }

    /** How many rows of a table were rejected. */
    public synchronized long count(String table) {
        RejectedRowsWriter writer = writers.get(table);
        return writer == null ? 0 : writer.count();
    }

    /**
     * Makes the files appear, and ends the writer; doing so twice is harmless.
     *
     * @return the files, by the time of their first row; empty when nothing was rejected
     * @throws io.github.keywharf.KeywharfException when the store refuses; files before that have appeared
     */
    public synchronized List<DeadLetterFile> commit() {
        ended = true;
        writers.values().forEach(RejectedRowsWriter::commit);
        return writers.keySet().stream()
                .map(table -> letters.file(run, step, table))
                .toList();
    }

    /** Releases what the writer holds; discards the rows unless they were committed. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        ended = true;
        writers.values().forEach(RejectedRowsWriter::close);
    }
}
