package io.github.keywharf.pipeline;

import io.github.keywharf.pipeline.zone.BatchKind;
import java.util.List;
import java.util.Map;

/**
 * What a run would do now; nothing was done to find it out.
 *
 * @param kind whether the run would take what changed, or reconcile
 * @param pending numbers of batches that are ingested but not loaded; the run would load them first
 * @param tables what would be read of each source table
 * @param stopped by source table, why it would be left out
 * @param warehouse by warehouse table, what is amiss with it; {@code createWarehouse()} makes what is
 *     missing. Empty when all is well
 */
public record RunPlan(
        BatchKind kind,
        List<Long> pending,
        List<TablePlan> tables,
        Map<String, String> stopped,
        Map<String, String> warehouse) {

    /**
     * What would be read of a source table.
     *
     * @param table the source table
     * @param rows about how many, by the source's own estimate or a count; of a table whose changes come from a change feed,
     *     the rows that were written since the newest batch and are still there. -1 when it has none, and while others lock
     *     the table
     * @param bytes about how many bytes those take in the source; -1 when it is not known
     * @param sql the statement that would be run; a comment that names the feed where the changes come from one
     */
    public record TablePlan(String table, long rows, long bytes, String sql) {}

    /** Copies the collections. */
    public RunPlan {
        pending = List.copyOf(pending);
        tables = List.copyOf(tables);
        stopped = Map.copyOf(stopped);
        warehouse = Map.copyOf(warehouse);
    }

    /** About how many rows would be read in all; tables without an estimate count as none. */
    public long rows() {
        return tables.stream().mapToLong(table -> Math.max(table.rows(), 0)).sum();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Plan: ").append(kind);
        text.append(pending.isEmpty() ? "" : ", load first " + pending).append('\n');
        if (!tables.isEmpty()) {
            text.append(io.github.keywharf.table.Rows.ofRecords(TablePlan.class, tables)
                            .toTable())
                    .append('\n');
        }
        RunReport.appendReasons(text, "stopped", stopped);
        RunReport.appendReasons(text, "warehouse", warehouse);
        return text.append("about ").append(rows()).append(" rows").toString();
    }
}
