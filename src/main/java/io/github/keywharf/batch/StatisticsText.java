package io.github.keywharf.batch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.keywharf.Organisation;
import io.github.keywharf.internal.Cut;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Statistics for programs and for people. */
final class StatisticsText {

    private static final JsonFactory JSON = new JsonFactory();
    private static final double NANOS = 1e9;
    private static final int MAX_REASON = 1_000;
    private static final List<String> HEAD = List.of(
            "tenant",
            "done",
            "waiting",
            "running",
            "failed",
            "refused",
            "rows",
            "rejected",
            "bytes",
            "rows/s",
            "average s",
            "median s",
            "95 % s",
            "99 % s",
            "oldest waits s");

    private StatisticsText() {}

    static String json(IngestStatistics statistics) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("at", statistics.at().toString());
            json.writeFieldName("platform");
            write(json, statistics.platform());
            json.writeObjectFieldStart("tenants");
            for (Map.Entry<Organisation, IngestNumbers> tenant :
                    statistics.tenants().entrySet()) {
                json.writeFieldName(tenant.getKey().id());
                write(json, tenant.getValue());
            }
            json.writeEndObject();
            json.writeArrayFieldStart("failures");
            for (IngestedFile file : statistics.failures()) {
                write(json, file);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, IngestNumbers numbers) throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart("files");
        for (Map.Entry<FileState, Long> state : numbers.files().entrySet()) {
            json.writeNumberField(name(state.getKey()), state.getValue());
        }
        json.writeEndObject();
        json.writeNumberField("rows", numbers.rows());
        json.writeNumberField("rejected", numbers.rejected());
        json.writeNumberField("bytes", numbers.bytes());
        json.writeNumberField("rows_per_second", numbers.rowsPerSecond());
        json.writeNumberField("seconds", seconds(numbers.spent()));
        json.writeNumberField("average_seconds", seconds(numbers.average()));
        json.writeNumberField("median_seconds", seconds(numbers.median()));
        json.writeNumberField("percentile_95_seconds", seconds(numbers.percentile95()));
        json.writeNumberField("percentile_99_seconds", seconds(numbers.percentile99()));
        if (numbers.oldestWaiting().isPresent()) {
            json.writeNumberField(
                    "oldest_waiting_seconds", seconds(numbers.oldestWaiting().get()));
        } else {
            json.writeNullField("oldest_waiting_seconds");
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, IngestedFile file) throws IOException {
        json.writeStartObject();
        json.writeStringField("tenant", file.tenant().id());
        json.writeStringField("id", file.id());
        json.writeStringField("file", file.name());
        json.writeStringField("state", name(file.state()));
        json.writeStringField("at", file.ended().orElse(file.received()).toString());
        json.writeStringField("reason", Cut.printable(file.reason(), MAX_REASON));
        json.writeEndObject();
    }

    private static String name(FileState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static double seconds(Duration time) {
        return time.toNanos() / NANOS;
    }

    static String table(IngestStatistics statistics) {
        List<List<String>> lines = new ArrayList<>(List.of(HEAD));
        statistics.tenants().forEach((tenant, numbers) -> lines.add(line(tenant.id(), numbers)));
        lines.add(line("all", statistics.platform()));
        StringBuilder text = new StringBuilder("At ").append(statistics.at());
        for (List<String> line : lines) {
            text.append('\n');
            for (int i = 0; i < line.size(); i++) {
                text.append(cell(lines, line, i));
            }
        }
        return text.toString();
    }

    /** A cell as wide as the widest of its column; names are on the left, numbers on the right. */
    private static String cell(List<List<String>> lines, List<String> line, int column) {
        int width =
                lines.stream().mapToInt(each -> each.get(column).length()).max().orElse(0);
        String blanks = " ".repeat(width - line.get(column).length());
        return column == 0 ? line.get(column) + blanks : "  " + blanks + line.get(column);
    }

    private static List<String> line(String name, IngestNumbers numbers) {
        return List.of(
                name,
                whole(numbers.count(FileState.DONE)),
                whole(numbers.count(FileState.RECEIVED)),
                whole(numbers.count(FileState.RUNNING)),
                whole(numbers.count(FileState.FAILED)),
                whole(numbers.count(FileState.REFUSED)),
                whole(numbers.rows()),
                whole(numbers.rejected()),
                whole(numbers.bytes()),
                whole(Math.round(numbers.rowsPerSecond())),
                shown(numbers.average()),
                shown(numbers.median()),
                shown(numbers.percentile95()),
                shown(numbers.percentile99()),
                numbers.oldestWaiting().map(StatisticsText::shown).orElse("-"));
    }

    private static String whole(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String shown(Duration time) {
        return String.format(Locale.ROOT, "%.3f", seconds(time));
    }
}
