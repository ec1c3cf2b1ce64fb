package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.Batches;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvWriterTest {

    private static final Schema ALL = Schema.of(
            Column.nullable("b", ColumnType.BOOLEAN),
            Column.nullable("i", ColumnType.INT32),
            Column.nullable("d", ColumnType.decimal(10, 3)),
            Column.nullable("big", ColumnType.decimal(30, 2)),
            Column.nullable("f", ColumnType.FLOAT64),
            Column.nullable("s", ColumnType.STRING),
            Column.nullable("day", ColumnType.DATE),
            Column.nullable("time", ColumnType.TIME),
            Column.nullable("ts", ColumnType.TIMESTAMP),
            Column.nullable("utc", ColumnType.TIMESTAMP_UTC),
            Column.nullable("id", ColumnType.UUID));

    private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

    private static final List<List<Object>> ROWS = List.of(
            List.of(
                    true,
                    -7,
                    new BigDecimal("-0.050"),
                    new BigDecimal("12345678901234567890.10"),
                    1.5,
                    "say \"hi\",\nÉlan €",
                    LocalDate.parse("2024-02-29"),
                    LocalTime.parse("00:00:00.000001"),
                    LocalDateTime.parse("2024-05-20T12:10:03.998"),
                    Instant.parse("1969-12-31T23:59:59.5Z"),
                    ID),
            Arrays.asList(null, null, null, null, null, "", null, null, null, null, null));

    private final MapStore store = new MapStore();
    private final ColumnBatch batch = Batches.build(ALL, ROWS);

    @Test
    void values_look_the_way_the_documentation_says() {
        Schema schema = Schema.of(
                Column.nullable("bytes", ColumnType.BYTES),
                Column.nullable("list", ColumnType.list(ColumnType.STRING)),
                Column.nullable("map", ColumnType.map(ColumnType.STRING, ColumnType.INT32)));
        ColumnBatch nested = Batches.build(
                schema, List.of(List.of(new byte[] {0, -1, 16}, Arrays.asList("a", null), Map.of("k", 1))));
        Csv.writer(store, "n").sink().write(Rows.of(schema, List.of(nested)));
        assertThat(store.text("n")).isEqualTo("bytes,list,map\n\\x00ff10,\"[\"\"a\"\",null]\",\"{\"\"k\"\":1}\"\n");

        Csv.writer(store, "a").sink().write(Rows.of(ALL, List.of(batch)));
        assertThat(store.text("a"))
                .isEqualTo("b,i,d,big,f,s,day,time,ts,utc,id\n"
                        + "true,-7,-0.050,12345678901234567890.10,1.5,\"say \"\"hi\"\",\nÉlan €\",2024-02-29,"
                        + "00:00:00.000001,2024-05-20 12:10:03.998,1969-12-31 23:59:59.5+00," + ID + "\n"
                        + ",,,,,\"\",,,,,\n");
    }

    @Test
    void another_reader_understands_every_value(@TempDir Path directory) throws Exception {
        Csv.writer(store, "a").sink().write(Rows.of(ALL, List.of(batch)));
        Path file = directory.resolve("a.csv");
        Files.write(file, store.objects.get("a"));
        List<List<String>> read = new ArrayList<>();
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
            ResultSet rows = statement.executeQuery("SELECT b = true, i = -7, d = -0.050, "
                    + "big = 12345678901234567890.10::decimal(30,2), f = 1.5, s, day = DATE '2024-02-29', "
                    + "\"time\" = TIME '00:00:00.000001', ts = TIMESTAMP '2024-05-20 12:10:03.998', "
                    + "utc = TIMESTAMPTZ '1969-12-31 23:59:59.5+00', id = '" + ID + "'::uuid "
                    + "FROM read_csv('" + file + "', header = true, quote = '\"', escape = '\"', delim = ',', "
                    + "allow_quoted_nulls = false, columns = {'b': 'BOOLEAN', 'i': 'INTEGER', 'd': 'DECIMAL(10,3)', "
                    + "'big': 'DECIMAL(30,2)', 'f': 'DOUBLE', 's': 'VARCHAR', 'day': 'DATE', 'time': 'TIME', "
                    + "'ts': 'TIMESTAMP', 'utc': 'TIMESTAMPTZ', 'id': 'UUID'})");
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= 11; i++) {
                    row.add(rows.getString(i));
                }
                read.add(row);
            }
        }
        String yes = "true";
        assertThat(read)
                .containsExactly(
                        List.of(yes, yes, yes, yes, yes, "say \"hi\",\nÉlan €", yes, yes, yes, yes, yes),
                        Arrays.asList(null, null, null, null, null, "", null, null, null, null, null));
    }

    @Test
    void the_report_and_the_counts_match_what_was_written() {
        WriteReport report = Csv.writer(store, "a").sink().write(Rows.of(ALL, List.of(batch, batch)));
        assertThat(report.written()).isEqualTo(4);
        assertThat(report.bytes()).isEqualTo(store.objects.get("a").length);

        try (BatchWriter writer = Csv.writer(store, "b").header(false).open(ALL)) {
            writer.write(batch);
            assertThat(writer.rows()).isEqualTo(2);
            assertThat(writer.commit().size()).isEqualTo(writer.bytes());
            assertThatThrownBy(() -> writer.write(batch)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(writer::commit).isInstanceOf(IllegalStateException.class);
        }
        assertThat(store.open).isZero();
    }

    @Test
    void nothing_appears_without_a_commit() {
        try (BatchWriter writer = Csv.writer(store, "a").open(ALL)) {
            writer.write(batch);
        }
        assertThat(store.objects).isEmpty();
        assertThat(store.open).isZero();
    }

    @Test
    void a_batch_of_other_columns_is_refused() {
        try (BatchWriter writer = Csv.writer(store, "a").open(Schema.of(Column.nullable("x", ColumnType.INT32)))) {
            assertThatThrownBy(() -> writer.write(batch))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("does not fit 'a'");
        }
    }

    @Test
    void a_null_text_that_could_be_a_value_is_refused() {
        assertThatThrownBy(() -> Csv.writer(store, "a").nullText("-1").open(ALL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nullText '-1' is a float64 too; use a text that is not a value, such as \\N");
        assertThatThrownBy(() ->
                        Csv.writer(store, "a").nullText("a;b").separator(';').open(ALL))
                .hasMessageContaining("holds the separator");
        assertThat(store.open).isZero();
    }
}
