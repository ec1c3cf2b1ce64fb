package io.github.keywharf.totesys;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.format.RejectedRows;
import io.github.keywharf.format.RejectedRowsWriter;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Table;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The rejected rows of one step of one batch: a file of JSON lines for each table that has any. Thread-safe.
 */
final class DeadLetters implements AutoCloseable {

    /** The folder of all dead letters. */
    static final String ROOT = "_keywharf/rejected/";

    private final ObjectStore store;
    private final String folder;
    private final Map<String, RejectedRowsWriter> writers = new LinkedHashMap<>();
    private final Map<String, RejectedKeys> keys = new LinkedHashMap<>();

    DeadLetters(ObjectStore store, String folder) {
        this.store = store;
        this.folder = folder;
    }

    /** The folder of one step of a batch, ending with a slash. */
    static String folder(long batch, String step) {
        return ROOT + ManifestLog.segment(batch) + "/" + step + "/";
    }

    static String key(String folder, String table) {
        return folder + table + ".jsonl";
    }

    /** A listener for the rows meant for one table. */
    RejectListener of(String table) {
        return row -> writer(table).rejected(row);
    }

    /** A listener for the rows meant for one star table, whose keys are remembered. */
    RejectListener of(StarTable star) {
        return row -> {
            remember(star, row);
            writer(star.target().name()).rejected(row);
        };
    }

    private synchronized RejectedRowsWriter writer(String table) {
        return writers.computeIfAbsent(table, name -> RejectedRows.writer(store, key(folder, name)));
    }

    private synchronized void remember(StarTable star, RejectedRow row) {
        keys.computeIfAbsent(star.target().name(), name -> new RejectedKeys(star))
                .add(row);
    }

    /**
     * The keys of the rows rejected of a star table; empty when there were too many to remember.
     *
     * @param unread the rows of its driving table that were rejected before
     */
    synchronized Optional<Table> keys(StarTable star, Optional<BatchRejects> unread) {
        RejectedKeys all = keys.getOrDefault(star.target().name(), new RejectedKeys(star));
        unread.ifPresent(all::add);
        return all.table();
    }

    /** By star table, {@link RejectedKeys#fingerprint} of its rejected rows. */
    synchronized Map<String, String> fingerprints() {
        Map<String, String> fingerprints = new LinkedHashMap<>();
        keys.forEach((table, rejected) -> fingerprints.put(table, rejected.fingerprint()));
        return fingerprints;
    }

    synchronized long count() {
        return writers.values().stream().mapToLong(RejectedRowsWriter::count).sum();
    }

    synchronized long count(String table) {
        RejectedRowsWriter writer = writers.get(table);
        return writer == null ? 0 : writer.count();
    }

    /** Makes the files appear and tells of them; gives their folder, empty when nothing was rejected. */
    synchronized String commit(EventListener events) {
        writers.forEach((table, writer) -> {
            writer.commit();
            events.onEvent(new PipelineEvent.RowsRejected(table, writer.count(), key(folder, table)));
        });
        return writers.isEmpty() ? "" : folder;
    }

    @Override
    public synchronized void close() {
        writers.values().forEach(RejectedRowsWriter::close);
    }
}
