package io.github.keywharf.batch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.internal.ReportLines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/** Statistics for programs and for people. */
final class StatisticsText {

    private static final double NANOS = 1e9;
    private static final int MAX_REASON = 1_000;

    private StatisticsText() {}

    static String json(IngestStatistics statistics) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("at", statistics.at().toString())
                .set("platform", json(statistics.platform()));
        ObjectNode tenants = json.putObject("tenants");
        statistics.tenants().forEach((tenant, numbers) -> tenants.set(tenant.id(), json(numbers)));
        ArrayNode failures = json.putArray("failures");
        for (IngestedFile file : statistics.failures()) {
            failures.addObject()
                    .put("tenant", file.tenant().id())
                    .put("id", file.id())
                    .put("file", file.name())
                    .put("state", name(file.state()))
                    .put("at", file.ended().orElse(file.received()).toString())
                    .put("reason", Cut.printable(file.reason(), MAX_REASON));
        }
        return json.toString();
    }

    private static ObjectNode json(IngestNumbers numbers) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ObjectNode files = json.putObject("files");
        numbers.files().forEach((state, count) -> files.put(name(state), count));
        return json.put("rows", numbers.rows())
                .put("rejected", numbers.rejected())
                .put("bytes", numbers.bytes())
                .put("rows_per_second", numbers.rowsPerSecond())
                .put("seconds", seconds(numbers.spent()))
                .put("average_seconds", seconds(numbers.average()))
                .put("median_seconds", seconds(numbers.median()))
                .put("percentile_95_seconds", seconds(numbers.percentile95()))
                .put("percentile_99_seconds", seconds(numbers.percentile99()))
                .put(
                        "oldest_waiting_seconds",
                        numbers.oldestWaiting().map(StatisticsText::seconds).orElse(null));
    }

    private static String name(FileState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static double seconds(Duration time) {
        return time.toNanos() / NANOS;
    }

    /** Three tables below each other, since one would be too wide for a terminal. */
    static String table(IngestStatistics statistics) {
        return "At " + statistics.at()
                + lines(
                        statistics,
                        "files",
                        List.of("done", "waiting", "running", "failed", "refused"),
                        numbers -> List.of(
                                whole(numbers.count(FileState.DONE)),
                                whole(numbers.count(FileState.RECEIVED)),
                                whole(numbers.count(FileState.RUNNING)),
                                whole(numbers.count(FileState.FAILED)),
                                whole(numbers.count(FileState.REFUSED))))
                + lines(
                        statistics,
                        "rows",
                        List.of("ingested", "rejected", "bytes", "rows/s"),
                        numbers -> List.of(
                                whole(numbers.rows()),
                                whole(numbers.rejected()),
                                whole(numbers.bytes()),
                                whole(Math.round(numbers.rowsPerSecond()))))
                + lines(
                        statistics,
                        "seconds",
                        List.of("average", "median", "95 %", "99 %", "oldest waits"),
                        numbers -> List.of(
                                shown(numbers.average()),
                                shown(numbers.median()),
                                shown(numbers.percentile95()),
                                shown(numbers.percentile99()),
                                numbers.oldestWaiting()
                                        .map(StatisticsText::shown)
                                        .orElse("-")));
    }

    private static String lines(
            IngestStatistics statistics,
            String name,
            List<String> heading,
            Function<IngestNumbers, List<String>> figures) {
        List<List<String>> lines = new ArrayList<>(List.of(line(name, heading)));
        statistics.tenants().forEach((tenant, numbers) -> lines.add(line(tenant.id(), figures.apply(numbers))));
        lines.add(line("all", figures.apply(statistics.platform())));
        return ReportLines.aligned(lines);
    }

    private static List<String> line(String name, List<String> figures) {
        return Stream.concat(Stream.of(name), figures.stream()).toList();
    }

    private static String whole(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String shown(Duration time) {
        return String.format(Locale.ROOT, "%.3f", seconds(time));
    }
}
