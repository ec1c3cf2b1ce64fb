package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.Batches;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonLinesTest {

    private static final Schema SCHEMA = Schema.of(
            Column.required("id", ColumnType.INT32),
            Column.nullable("amount", ColumnType.decimal(10, 2)),
            Column.nullable("tags", ColumnType.list(ColumnType.STRING)));

    private final MapStore store = new MapStore();
    private final List<RejectedRow> rejected = new ArrayList<>();

    private JsonLinesReader reader(String text) {
        return JsonLines.reader(store.with("in.jsonl", text), "in.jsonl").rejects(rejected::add);
    }

    @Test
    void values_look_the_way_the_documentation_says() {
        Schema schema = Schema.of(
                Column.nullable("d", ColumnType.decimal(30, 3)),
                Column.nullable("f", ColumnType.FLOAT64),
                Column.nullable("ts", ColumnType.TIMESTAMP),
                Column.nullable("utc", ColumnType.TIMESTAMP_UTC),
                Column.nullable("bytes", ColumnType.BYTES),
                Column.nullable("json", ColumnType.JSON),
                Column.nullable("map", ColumnType.map(ColumnType.INT32, ColumnType.BOOLEAN)),
                Column.nullable("none", ColumnType.STRING));
        ColumnBatch batch = Batches.build(
                schema,
                List.of(Arrays.asList(
                        new BigDecimal("0.100"),
                        Double.NaN,
                        LocalDateTime.parse("2024-05-20T12:10:03.998"),
                        Instant.parse("2024-05-20T12:10:03Z"),
                        new byte[] {1, 2},
                        "{\n\"a\": 1.0}",
                        Map.of(5, true),
                        null)));
        JsonLines.writer(store, "a").sink().write(Rows.of(schema, List.of(batch)));
        assertThat(store.text("a"))
                .isEqualTo(
                        "{\"d\":0.100,\"f\":\"NaN\",\"ts\":\"2024-05-20T12:10:03.998\",\"utc\":\"2024-05-20T12:10:03Z\","
                                + "\"bytes\":\"AQI=\",\"json\":{ \"a\": 1.0},\"map\":{\"5\":true},\"none\":null}\n");
    }

    @Test
    void keys_may_come_in_any_order_be_missing_or_be_unknown() {
        Table table = reader(
                        "\uFEFF{\"x\":{\"y\":[1]},\"tags\":[\"a\",null],\"id\":1}\r\n\n{\"id\":\"2\",\"amount\":\"1.5\"}")
                .schema(SCHEMA)
                .rows()
                .toTable();
        assertThat(table.row(0).toString()).isEqualTo("{id=1, amount=null, tags=[a, null]}");
        assertThat(table.row(1).toString()).isEqualTo("{id=2, amount=1.50, tags=null}");
        assertThat(rejected).isEmpty();
    }

    @Test
    void bad_lines_are_rejected_with_line_column_and_reason_and_the_rest_goes_on() {
        Table table = reader("""
                        {"id":1}
                        {"id":1.5,"amount":2}
                        {"amount":2}
                        {"id":4,"tags":"a"}
                        {"id":5,"id":6}
                        {"id":7
                        [8]
                        {"id":9} {"id":10}
                        {"id":{"a":1},"amount":[2]}
                        {"id":12}
                        """).schema(SCHEMA).rows().toTable();
        assertThat(table.rows().stream().map(row -> row.string("id"))).containsExactly("1", "12");
        assertThat(rejected).extracting(RejectedRow::position).containsExactly(2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(rejected.get(0)).hasToString("[in.jsonl:2] id: '1.5' is not a valid int32");
        assertThat(rejected.get(1)).hasToString("[in.jsonl:3] id: has no value, but one is required");
        assertThat(rejected.get(2).reason()).endsWith("is not a valid list<string>");
        assertThat(rejected.get(4).row()).containsEntry("line", "{\"id\":7");
        assertThat(rejected.get(0).row()).containsEntry("id", new BigDecimal("1.5"));
    }

    @Test
    void without_a_schema_the_first_lines_keys_are_text_columns() {
        Table table = reader("{\"a\":\"x\",\"b\":1.50,\"c\":{\"d\":[1]}}\n{\"b\":true,\"e\":1}\n")
                .rows()
                .toTable();
        assertThat(table.schema().names()).containsExactly("a", "b", "c");
        assertThat(table.row(0).toString()).isEqualTo("{a=x, b=1.50, c={\"d\":[1]}}");
        assertThat(table.row(1).toString()).isEqualTo("{a=null, b=true, c=null}");
        assertThatThrownBy(() -> reader("").rows()).hasMessageContaining("is empty");
        assertThatThrownBy(() -> reader("\n[1]\n").rows())
                .isInstanceOf(KeywharfException.class)
                .hasMessageStartingWith("[in.jsonl:2] is not a JSON object");
        assertThat(store.open).isEqualTo(0);
    }

    @Test
    void unknown_keys_are_rejected_on_demand() {
        Table table = reader("{\"id\":1,\"x\":2}\n{\"id\":2}\n")
                .schema(SCHEMA)
                .rejectUnknownKeys()
                .rows()
                .toTable();
        assertThat(table.size()).isEqualTo(1);
        assertThat(rejected).singleElement().extracting(RejectedRow::column).isEqualTo("x");
    }

    @Test
    void a_line_that_is_too_long_is_rejected_and_the_next_is_read() {
        String text = "{\"id\":1}\n{\"id\":2,\"x\":\"" + "y".repeat(300_000) + "\"}\n{\"id\":3}\n";
        Table table = reader(text).schema(SCHEMA).maxLineBytes(1_000).rows().toTable();
        assertThat(table.rows().stream().map(row -> row.string("id"))).containsExactly("1", "3");
        assertThat(rejected).singleElement().satisfies(row -> {
            assertThat(row.position()).isEqualTo(2);
            assertThat(row.reason()).isEqualTo("has more than 1000 bytes, the most that are allowed");
        });
        assertThat(reader(text).schema(SCHEMA).rows().toTable().size()).isEqualTo(3);
    }

    @Test
    void rejected_rows_can_be_kept_repaired_and_fed_back_in() {
        Schema schema = Schema.of(Column.required("id", ColumnType.INT32), Column.nullable("day", ColumnType.DATE));
        store.with("in.csv", "id,day\n1,2024-05-20\nx,2024-05-21\n3,soon\n4\n");
        try (RejectedRowsWriter rejects = RejectedRows.writer(store, "rejects.jsonl")) {
            Table good = Csv.reader(store, "in.csv")
                    .schema(schema)
                    .rejects(rejects)
                    .rows()
                    .toTable();
            assertThat(good.size()).isEqualTo(1);
            assertThat(rejects.count()).isEqualTo(3);
            assertThat(store.objects).doesNotContainKey("rejects.jsonl");
            rejects.commit();
        }
        assertThat(store.text("rejects.jsonl").lines().findFirst())
                .contains(
                        "{\"source\":\"in.csv\",\"position\":3,\"column\":\"id\",\"reason\":\"'x' is not a valid int32\","
                                + "\"row\":{\"id\":\"x\",\"day\":\"2024-05-21\"}}");
        assertThat(RejectedRows.read(store, "rejects.jsonl").map(RejectedRow::toString))
                .startsWith("[in.csv:3] id: 'x' is not a valid int32", "[in.csv:4] day: 'soon' is not a valid date");

        store.with("rejects.jsonl", store.text("rejects.jsonl").replace("\"id\":\"x\"", "\"id\":2"));
        Table repaired =
                RejectedRows.rows(store, "rejects.jsonl", schema, rejected::add).toTable();
        assertThat(repaired.rows().stream().map(Object::toString))
                .containsExactly("{id=2, day=2024-05-21}", "{id=4, day=null}");
        assertThat(rejected).singleElement().satisfies(row -> {
            assertThat(row.toString()).isEqualTo("[rejects.jsonl:2] day: 'soon' is not a valid date");
            assertThat(row.row()).containsEntry("id", "3");
        });
    }

    @Test
    void without_rejected_rows_there_is_no_file() {
        RejectedRowsWriter none = RejectedRows.writer(store, "none.jsonl");
        none.commit();
        none.commit();
        none.close();
        RejectedRowsWriter givenUp = RejectedRows.writer(store, "none.jsonl");
        givenUp.rejected(new RejectedRow("f", 1, "", "is wrong", Map.of()));
        givenUp.close();
        assertThatThrownBy(givenUp::commit).isInstanceOf(IllegalStateException.class);
        assertThat(store.open).isZero();
        assertThat(store.objects).isEmpty();
        store.with("bad.jsonl", "{\"source\":1}\n");
        assertThatThrownBy(() -> RejectedRows.read(store, "bad.jsonl").toList())
                .isInstanceOf(KeywharfException.class)
                .hasMessageStartingWith("[bad.jsonl:1] is not a rejected row");
    }

    @Test
    void a_huge_exponent_does_not_become_a_huge_text() {
        try (RejectedRowsWriter writer = RejectedRows.writer(store, "r.jsonl")) {
            reader("{\"id\":1e999999999}\n")
                    .schema(SCHEMA)
                    .rejects(writer)
                    .rows()
                    .toTable();
            writer.commit();
        }
        assertThat(store.text("r.jsonl")).hasSizeLessThan(300).contains("1E+999999999");
    }
}
