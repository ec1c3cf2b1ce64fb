package io.github.keywharf.pipeline;

import io.github.keywharf.internal.ReportLines;
import io.github.keywharf.pipeline.zone.Batch;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a run did.
 *
 * @param run names the run
 * @param skipped why nothing was done: another run is under way; empty otherwise
 * @param ingested the batches committed to the ingestion zone by this run
 * @param loaded the numbers of the batches loaded into the warehouse by this run
 * @param tables what was done for each table, step by step
 * @param stopped by source table, why it was left out
 * @param windowEnd up to where the source is in the warehouse, by the source's clock, UTC, whether by this run or one
 *     before it; empty before the first load
 * @param lag how far the warehouse was behind at the end of the run: this machine's time less the window's end
 * @param lags the same for each source table: one that was stopped falls behind the others
 * @param took wall-clock time
 */
public record RunReport(
        String run,
        Optional<String> skipped,
        List<Batch> ingested,
        List<Long> loaded,
        List<TableReport> tables,
        Map<String, String> stopped,
        Optional<LocalDateTime> windowEnd,
        Optional<Duration> lag,
        Map<String, Duration> lags,
        Duration took) {

    /** Copies the collections. */
    public RunReport {
        ingested = List.copyOf(ingested);
        loaded = List.copyOf(loaded);
        tables = List.copyOf(tables);
        stopped = Map.copyOf(stopped);
        lags = Map.copyOf(lags);
    }

    /** Rows rejected by any step of this run. */
    public long rejected() {
        return tables.stream().mapToLong(TableReport::rejected).sum();
    }

    /** Keys that were found deleted in the source. */
    public long deleted() {
        return tables.stream().mapToLong(TableReport::deleted).sum();
    }

    /** Rows that a step wrote, in all. */
    public long written(PipelineStep step) {
        return tables.stream()
                .filter(table -> table.step() == step)
                .mapToLong(TableReport::written)
                .sum();
    }

    /** What a step did for a table, in all batches of the run; empty when it did nothing. */
    public Optional<TableReport> table(PipelineStep step, String table) {
        return tables.stream()
                .filter(report -> report.step() == step && report.table().equals(table))
                .reduce(TableReport::plus);
    }

    @Override
    public String toString() {
        if (skipped.isPresent()) {
            return "Run " + run + " was skipped: " + skipped.get();
        }
        StringBuilder text = new StringBuilder("Run ").append(run).append(ingested.isEmpty() ? ": nothing new" : "");
        ingested.forEach(batch -> text.append("\n  ").append(batch));
        text.append(loaded.isEmpty() ? "" : "\n  loaded " + loaded);
        List<TableReport> busy = tables.stream()
                .filter(t -> t.read() > 0 || t.written() > 0 || t.deleted() > 0 || t.rejected() > 0)
                .toList();
        if (!busy.isEmpty()) {
            text.append(ReportLines.aligned(lines(busy)));
        }
        text.append('\n');
        appendReasons(text, "stopped", stopped);
        text.append(String.format(Locale.ROOT, "took %.3f s", took.toNanos() / 1e9));
        lag.ifPresent(behind -> text.append(String.format(Locale.ROOT, ", lag %.3f s", behind.toNanos() / 1e9)));
        return text.toString();
    }

    private static List<List<String>> lines(List<TableReport> busy) {
        List<List<String>> lines = new ArrayList<>();
        PipelineStep step = null;
        for (TableReport table : busy) {
            if (table.step() != step) {
                step = table.step();
                lines.add(List.of(step.toString(), "read", "written", "deleted", "rejected", "bytes", "seconds"));
            }
            lines.add(List.of(
                    "  " + table.table(),
                    Long.toString(table.read()),
                    Long.toString(table.written()),
                    Long.toString(table.deleted()),
                    Long.toString(table.rejected()),
                    Long.toString(table.bytes()),
                    String.format(Locale.ROOT, "%.3f", table.took().toNanos() / 1e9)));
        }
        return lines;
    }

    /** Appends a line for each table, by name in order. */
    static void appendReasons(StringBuilder text, String what, Map<String, String> reasons) {
        new TreeMap<>(reasons)
                .forEach((table, reason) -> text.append(what)
                        .append(' ')
                        .append(table)
                        .append(": ")
                        .append(reason)
                        .append('\n'));
    }
}
