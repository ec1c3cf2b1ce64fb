package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.Batches;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Text that would change on its way into a column is rejected, and what is rejected can be repaired. */
class UnfitValuesTest {

    private final MapStore store = new MapStore();
    private final List<RejectedRow> rejected = new ArrayList<>();

    private List<Row> json(ColumnType type, String... lines) {
        store.with("in.jsonl", String.join("\n", lines));
        try (Rows rows = JsonLines.reader(store, "in.jsonl")
                .schema(Schema.of(List.of(Column.nullable("v", type))))
                .rejects(rejected::add)
                .rows()) {
            return rows.toTable().rows().stream().toList();
        }
    }

    private List<Row> csv(ColumnType type, String... lines) {
        store.with("in.csv", "v\n" + String.join("\n", lines) + "\n");
        try (Rows rows = Csv.reader(store, "in.csv")
                .schema(Schema.of(List.of(Column.nullable("v", type))))
                .rejects(rejected::add)
                .rows()) {
            return rows.toTable().rows().stream().toList();
        }
    }

    @ParameterizedTest
    @CsvSource({"float64,1e400", "float64,-1e400", "float64,1e-400", "float32,1e39", "float32,0.0001e-60"})
    void a_number_that_would_become_infinite_or_zero_is_rejected(String type, String text) {
        assertThat(csv(ColumnType.parse(type), text)).isEmpty();
        assertThat(json(ColumnType.parse(type), "{\"v\":" + text + "}", "{\"v\":\"" + text + "\"}"))
                .isEmpty();
        assertThat(rejected)
                .hasSize(3)
                .allMatch(row -> row.column().equals("v") && row.reason().contains(text));
    }

    @Test
    void numbers_at_the_ends_of_the_range_are_taken() {
        assertThat(csv(ColumnType.FLOAT64, "0e-400", "-0.0", "4.9e-324", "1.7976931348623157e308", "Infinity", "NaN"))
                .extracting(row -> row.value("v"))
                .containsExactly(0.0, -0.0, 4.9e-324, Double.MAX_VALUE, Double.POSITIVE_INFINITY, Double.NaN);
        assertThat(csv(ColumnType.FLOAT32, "1.4e-45", "3.4028235e38")).hasSize(2);
        assertThat(rejected).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"string", "json"})
    void half_of_a_surrogate_pair_is_rejected_and_kept(String type) {
        assertThat(json(
                        ColumnType.parse(type),
                        "{\"v\":\"a\\ud800\"}",
                        "{\"v\":[\"\\udc00b\"]}",
                        "{\"v\":\"\\ud83d\\ude00\"}"))
                .hasSize(1);
        assertThat(rejected).hasSize(2).allMatch(row -> row.column().equals("v"));
        assertThat(rejected.get(0).reason()).contains("half of a surrogate pair");

        try (RejectedRowsWriter writer = RejectedRows.writer(store, "rejected.jsonl")) {
            rejected.forEach(writer::rejected);
            writer.commit();
        }
        try (Stream<RejectedRow> back = RejectedRows.read(store, "rejected.jsonl")) {
            assertThat(back.findFirst().orElseThrow().row()).containsEntry("v", "a\ud800");
        }
    }

    @Test
    void half_of_a_surrogate_pair_within_lists_and_as_a_key_is_rejected() {
        assertThat(json(ColumnType.list(ColumnType.STRING), "{\"v\":[\"\\ud800\"]}"))
                .isEmpty();
        assertThat(json(ColumnType.map(ColumnType.STRING, ColumnType.STRING), "{\"v\":{\"\\ud800\":\"\"}}"))
                .isEmpty();
        assertThat(rejected).hasSize(2);
    }

    @Test
    void map_keys_that_are_equal_as_values_are_rejected() {
        ColumnType byNumber = ColumnType.map(ColumnType.INT32, ColumnType.STRING);
        assertThat(json(
                        byNumber,
                        "{\"v\":{\"1\":\"a\",\"01\":\"b\",\"+1\":\"c\"}}",
                        "{\"v\":{\"1\":\"a\",\"2\":\"b\"}}"))
                .hasSize(1);
        assertThat(csv(byNumber, "\"{\"\"1\"\":\"\"a\"\",\"\"01\"\":\"\"b\"\"}\""))
                .isEmpty();
        assertThat(rejected).hasSize(2);
    }

    @Test
    void a_row_with_a_key_twice_keeps_its_line() {
        String line = "{\"v\":\"first\",\"v\":\"second\"}";
        assertThat(json(ColumnType.STRING, line)).isEmpty();
        assertThat(rejected).hasSize(1).allMatch(row -> row.row().equals(Map.of("line", line)));
    }

    @Test
    void unknown_keys_are_rejected_at_any_depth() {
        Schema schema = Schema.of(List.of(Column.nullable(
                "v", ColumnType.list(ColumnType.struct(List.of(Column.nullable("a", ColumnType.INT32)))))));
        store.with("in.jsonl", "{\"v\":[{\"a\":1,\"b\":2}]}\n{\"v\":[{\"a\":1}]}");
        try (Rows rows = JsonLines.reader(store, "in.jsonl")
                .schema(schema)
                .rejectUnknownKeys()
                .rejects(rejected::add)
                .rows()) {
            assertThat(rows.toTable().rows().stream()).hasSize(1);
        }
        assertThat(rejected).hasSize(1);
    }

    @Test
    void maps_with_keys_of_bytes_come_back_from_json_and_csv() {
        Schema schema = Schema.of(List.of(Column.nullable("v", ColumnType.map(ColumnType.BYTES, ColumnType.INT32))));
        ColumnBatch batch = Batches.build(schema, List.of(List.of(Map.of(new byte[] {0, -1, 7}, 5))));
        write(JsonLines.writer(store, "out.jsonl").open(schema), batch);
        write(Csv.writer(store, "out.csv").open(schema), batch);

        assertThat(store.text("out.jsonl")).isEqualTo("{\"v\":{\"AP8H\":5}}\n");
        for (Rows rows : List.of(
                JsonLines.reader(store, "out.jsonl").schema(schema).rows(),
                Csv.reader(store, "out.csv").schema(schema).rows())) {
            Map<?, ?> map = (Map<?, ?>) rows.toTable().row(0).value("v");
            assertThat((byte[]) map.keySet().iterator().next()).containsExactly(0, -1, 7);
            assertThat(map.values().iterator().next()).isEqualTo(5);
        }
    }

    private static void write(BatchWriter writer, ColumnBatch batch) {
        try (writer) {
            writer.write(batch);
            writer.commit();
        }
    }

    @Test
    void maps_with_keys_that_are_not_text_are_refused_before_anything_is_written() {
        Schema schema = Schema.of(List.of(Column.nullable(
                "v", ColumnType.list(ColumnType.map(ColumnType.list(ColumnType.STRING), ColumnType.INT32)))));
        for (RowsOpener opener : List.<RowsOpener>of(
                () -> JsonLines.writer(store, "out").open(schema),
                () -> Csv.writer(store, "out").open(schema))) {
            assertThatThrownBy(opener::open)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("format.unsupported_type"))
                    .hasMessageContaining("'v'");
        }
        assertThat(store.objects).isEmpty();
    }

    /** Opens a writer. */
    @FunctionalInterface
    interface RowsOpener {
        /** Opens it. */
        BatchWriter open();
    }

    @Test
    void times_in_the_first_and_last_day_of_the_range_come_back() {
        long[] micros = {
            Long.MIN_VALUE + 1,
            Long.MIN_VALUE + 50_000_000_000L,
            -1,
            0,
            Long.MAX_VALUE - 50_000_000_000L,
            Long.MAX_VALUE
        };
        for (long value : micros) {
            LocalDateTime time = LocalDateTime.ofEpochSecond(
                    Math.floorDiv(value, 1_000_000L), (int) Math.floorMod(value, 1_000_000L) * 1_000, ZoneOffset.UTC);
            char[] text = time.toString().replace("+", "").toCharArray();
            assertThat(Times.parseTimestamp(text, 0, text.length))
                    .as(time.toString())
                    .isEqualTo(value);
            for (String shift : List.of("Z", "+00")) {
                char[] instant = (new String(text) + shift).toCharArray();
                assertThat(Times.parseInstant(instant, 0, instant.length)).isEqualTo(value);
            }
        }
        for (String beyond : List.of("294247-01-10T04:00:54.775808", "-290308-12-21T19:59:05.224191")) {
            assertThat(Times.parseTimestamp(beyond.toCharArray(), 0, beyond.length()))
                    .isEqualTo(Times.MALFORMED);
        }
        String shifted = "294247-01-10T14:00:54.775807+10";
        assertThat(Times.parseInstant(shifted.toCharArray(), 0, shifted.length()))
                .isEqualTo(Long.MAX_VALUE);
        String early = "-290308-12-21T09:59:05.224193-10";
        assertThat(Times.parseInstant(early.toCharArray(), 0, early.length())).isEqualTo(Long.MIN_VALUE + 1);
    }
}
