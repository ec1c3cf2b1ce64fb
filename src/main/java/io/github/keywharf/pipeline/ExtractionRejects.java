package io.github.keywharf.pipeline;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.pipeline.zone.BatchRejects;
import io.github.keywharf.sql.SourceTable;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rows that one extraction could not read: their dead letters, and their keys by table. Thread-safe. */
final class ExtractionRejects implements AutoCloseable {

    /** The keys of one table's rejected rows. */
    private static final class Keys {

        private final String column;
        private final Set<Integer> values = new LinkedHashSet<>();
        private boolean all;
        private long rows;

        Keys(List<String> key) {
            column = key.size() == 1 ? key.get(0) : "";
            all = key.size() == 1;
        }

        void add(RejectedRow row) {
            rows++;
            if (all
                    && row.row().get(column) instanceof Integer value
                    && (values.size() < BatchRejects.MAX_KEYS || values.contains(value))) {
                values.add(value);
            } else {
                all = false;
            }
        }
    }

    private final StepRejects letters;
    private final Map<String, Keys> keys = new LinkedHashMap<>();
    private final Map<String, List<RejectedRow>> held = new LinkedHashMap<>();
    private final Map<String, List<RejectedRow>> first = new HashMap<>();

    ExtractionRejects(PipelineConfig config, long batch) {
        this.letters = new StepRejects(config.processed().store(), batch, "extract");
    }

    /** A listener for the rows of a table. */
    RejectListener of(SourceTable table) {
        return row -> add(table, row);
    }

    /**
     * A listener for the rows of a table that is read into memory, perhaps twice: only the rows since the last call count,
     * and they go to the dead letters with {@link #tellHeld}.
     */
    synchronized RejectListener holding(SourceTable table) {
        List<RejectedRow> rows = new ArrayList<>();
        first.putIfAbsent(table.name(), rows);
        held.put(table.name(), rows);
        keys.remove(table.name());
        return row -> {
            rows.add(row);
            remember(table, row);
        };
    }

    /** Forgets the rows since the second call of {@link #holding} for a table: only those of the first one count. */
    synchronized void forgetSecond(SourceTable table) {
        List<RejectedRow> rows = first.getOrDefault(table.name(), List.of());
        held.put(table.name(), rows);
        keys.remove(table.name());
        rows.forEach(row -> remember(table, row));
    }

    /** Forgets the rows of a table that was read into memory. */
    synchronized void forget(String table) {
        held.remove(table);
        keys.remove(table);
    }

    /** Puts the rows of a table that was read into memory into the dead letters. */
    synchronized void tellHeld(SourceTable table) {
        List<RejectedRow> rows = held.remove(table.name());
        if (rows != null) {
            rows.forEach(letters.of(table.name())::rejected);
        }
    }

    private void add(SourceTable table, RejectedRow row) {
        remember(table, row);
        letters.of(table.name()).rejected(row);
    }

    private synchronized void remember(SourceTable table, RejectedRow row) {
        keys.computeIfAbsent(table.name(), name -> new Keys(table.key())).add(row);
    }

    /** How many rows of a table were rejected. */
    synchronized long count(String table) {
        Keys rejected = keys.get(table);
        return rejected == null ? 0 : rejected.rows;
    }

    synchronized boolean isEmpty() {
        return keys.isEmpty();
    }

    /** What was rejected, by table. */
    synchronized Map<String, BatchRejects> byTable() {
        Map<String, BatchRejects> all = new LinkedHashMap<>();
        keys.forEach((table, rejected) -> all.put(
                table, new BatchRejects(rejected.rows, rejected.column, List.copyOf(rejected.values), rejected.all)));
        return all;
    }

    /** Makes the dead letters appear. */
    void commit(EventListener events, Work work) {
        letters.commit(events, work);
    }

    @Override
    public void close() {
        letters.close();
    }
}
