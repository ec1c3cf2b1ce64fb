package io.github.keywharf.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.query.QueryEngine;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.Origins;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteCounts;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.Batches;
import io.github.keywharf.testing.contract.RowSinkContract;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DuckDbSinkTest extends RowSinkContract {

    private static final Schema TEXTS = Schema.of(
            Column.nullable("id", ColumnType.STRING),
            Column.nullable("NAME", ColumnType.STRING),
            Column.nullable("amount", ColumnType.decimal(38, 2)));

    private final QueryEngine engine =
            DuckDbEngine.builder().memoryLimit(200 << 20).parallelism(1).open();

    @AfterEach
    void close() {
        engine.close();
    }

    @Override
    protected RowSink sink() {
        return engine.sink("sunk");
    }

    @Override
    protected List<Row> written() {
        if (engine.query("SHOW TABLES").table().size() == 0) {
            return List.of();
        }
        return engine.query("FROM sunk ORDER BY id").rows().stream().toList();
    }

    private static ColumnBatch batch(@Nullable Object... values) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (int i = 0; i < values.length; i += 3) {
            rows.add(Arrays.asList(values).subList(i, i + 3));
        }
        return Batches.build(TEXTS, rows);
    }

    private static void assertFails(String code, Runnable call, String... parts) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code))
                .message()
                .contains(parts);
    }

    @Test
    void an_insert_of_other_rows_than_were_read_is_rolled_back(@TempDir Path directory) throws SQLException {
        Schema schema = Schema.of(Column.nullable("id", ColumnType.INT32));
        try (EngineFolder folder = EngineFolder.create(directory);
                Sessions sessions = new Sessions(
                        "duckdb in memory",
                        DriverManager.getConnection("jdbc:duckdb:").unwrap(DuckDBConnection.class))) {
            sessions.run("sunk", null, session -> session.execute("CREATE TABLE sunk (id INTEGER NOT NULL)"));
            for (Integer last : Arrays.asList(2, null)) {
                Rows three = Rows.of(schema, List.of(Batches.build(schema, List.of(row(1), row(2), row(last)))));
                WriteCounts counts = new WriteCounts("sunk", three, row -> {});
                assertThat(counts.rows().stream()).hasSize(3);
                SpooledRows lost = SpooledRows.write(
                        folder, "sunk", Rows.of(schema, List.of(Batches.build(schema, List.of(row(1), row(last))))));
                Insert insert = new Insert(
                        sessions,
                        folder,
                        "sunk",
                        lost,
                        List.of(new Insert.Target("id", "INTEGER", true, false)),
                        List.of("INTEGER"),
                        counts);
                assertFails(LeftOut.COUNTS_OPEN, insert::run, "3 rows were read");
                assertThat(sessions.<Object>run("sunk", null, session -> session.texts("FROM sunk", List.of())))
                        .isEqualTo(List.of());
            }
        }
    }

    private static List<@Nullable Object> row(@Nullable Object value) {
        return Arrays.asList(value);
    }

    @Test
    void rows_that_do_not_fit_are_rejected_with_their_origin_and_values_and_the_others_are_written() {
        engine.query("CREATE TABLE sunk (amount DECIMAL(5,2), id INTEGER PRIMARY KEY CHECK (id < 100),"
                        + " name VARCHAR NOT NULL, made TIMESTAMP DEFAULT TIMESTAMP '2024-01-01')")
                .update();
        BigDecimal fits = new BigDecimal("1.50");
        BigDecimal large = new BigDecimal("12345.00");
        ColumnBatch first = batch("1", "a", fits, "two", "b", null, "3", null, null)
                .withOrigins(Origins.consecutive("in.csv", 2, 3));
        ColumnBatch second = batch("1", "again", null, "500", "more", null, "5", "e", large, "6", "f", null)
                .withOrigins(Origins.consecutive("in.csv", 5, 4));

        WriteReport report = sink().write(Rows.of(TEXTS, List.of(first, second)), RejectListener.keep(1_000));

        assertThat(report.read()).isEqualTo(7);
        assertThat(report.written()).isEqualTo(2);
        assertThat(report.rejects())
                .extracting(RejectedRow::toString)
                .satisfiesExactly(
                        row -> assertThat(row).isEqualTo("[in.csv:3] id: is not a valid INTEGER"),
                        row -> assertThat(row).isEqualTo("[in.csv:4] NAME: is null, but the column is not nullable"),
                        row -> assertThat(row).isEqualTo("[in.csv:7] amount: is not a valid DECIMAL(5,2)"),
                        row -> assertThat(row).startsWith("[in.csv:5] ").containsIgnoringCase("duplicate key"),
                        row -> assertThat(row).startsWith("[in.csv:6] ").containsIgnoringCase("check constraint"));
        assertThat(report.rejects().get(0).row()).containsEntry("id", "two").containsEntry("NAME", "b");
        assertThat(engine.query("SELECT * EXCLUDE (made), made::DATE AS made FROM sunk ORDER BY id")
                        .table()
                        .print(20)
                        .lines())
                .containsExactly(
                        "amount | id | name | made      ",
                        "-------+----+------+-----------",
                        "  1.50 |  1 | a    | 2024-01-01",
                        "       |  6 | f    | 2024-01-01",
                        "(2 rows)");
    }

    @Test
    void a_number_that_its_column_would_round_is_rejected() {
        engine.query("CREATE TABLE rounded (a INTEGER, b DECIMAL(10,2), c INTEGER, d DECIMAL(10,2), e DATE)")
                .update();
        Rows rows = engine.query("SELECT * FROM (VALUES (1.0::DOUBLE, 1.500, '7', '1.50', TIMESTAMP '2024-05-20'),"
                        + " (1.5, 0, '0', '0', NULL), (0, 1.005, '0', '0', NULL), (0, 0, '7.5', '0', NULL),"
                        + " (0, 0, '0', '1.005', NULL), (0, 0, '0', '0', TIMESTAMP '2024-05-20 12:00:00'))"
                        + " AS v(a, b, c, d, e)")
                .rows();
        WriteReport report = engine.sink("rounded").write(rows, RejectListener.keep(1_000));
        assertThat(report.rejects()).extracting(RejectedRow::column).containsExactly("a", "b", "c", "d", "e");
        assertThat(engine.query("SELECT a || ' ' || b || ' ' || c || ' ' || d || ' ' || e AS v FROM rounded")
                        .table()
                        .row(0)
                        .value("v"))
                .isEqualTo("1 1.50 7 1.50 2024-05-20");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            HUGEINT       | '12345678901234567890123.5'          | '12345678901234567890123.0'
            BIGINT        | '1.0000000000000000001'              | ' 1.00000000000000000000 '
            DOUBLE        | 9007199254740993                     | 9007199254740992
            FLOAT         | 16777217                             | 16777216
            BOOLEAN       | 7                                    | 1
            DECIMAL(10,2) | 1.005::DOUBLE                        | 0.1::DOUBLE
            DECIMAL(10,1) | 0.25::FLOAT                          | 0.1::FLOAT
            TIMESTAMP_S   | TIMESTAMP '2024-01-01 12:00:00.5'    | TIMESTAMP '2024-01-01 12:00:00'
            TIMESTAMP_MS  | TIMESTAMP '2024-01-01 12:00:00.0005' | TIMESTAMP '2024-01-01 12:00:00.001'
            DATE          | TIMESTAMPTZ '2024-01-01 12:00:00Z'   | TIMESTAMPTZ '2024-01-01 00:00:00Z'
            DATE          | '2024-01-01 12:00:00'                | '2024-01-01'
            TIMESTAMP     | '2024-01-01 12:00:00+02:00'          | '2024-01-01T12:00:00.000001Z'
            TIMESTAMP     | '2024-01-01 12:00:00.0000001'        | '2024-01-01 12:00:00.1230000'
            TIMESTAMPTZ   | '2024-01-01 12:00:00.1234567Z'       | '2024-01-01 12:00:00.123456Z'
            TIME          | '12:10:03+02:00'                     | '12:10:03.000001'
            TIME          | '12:10:03.1234567'                   | '12:10:03'
            DOUBLE        | '9007199254740993'                   | '9007199254740992'
            DOUBLE        | '1e400'                              | 'Infinity'
            DOUBLE        | '-1e400'                             | '0.1'
            FLOAT         | '16777217'                           | ' 16777216 '
            FLOAT         | '1e39'                               | '1e38'
            INTEGER[]     | [1.5::DOUBLE]                        | [1::DOUBLE, NULL]
            """)
    void a_value_that_its_column_would_change_is_rejected(String type, String changed, String kept) {
        engine.query("CREATE TABLE kept (a " + type + ")").update();

        WriteReport report = engine.sink("kept")
                .write(
                        engine.query("SELECT * FROM (VALUES (" + changed + "), (" + kept + "), (NULL)) AS v(a)")
                                .rows(),
                        RejectListener.keep(1_000));

        assertThat(report.rejects()).extracting(RejectedRow::position).containsExactly(1L);
        assertThat(report.written()).isEqualTo(2);
    }

    @Test
    void numbers_beyond_what_they_are_compared_as_are_written() {
        engine.query("CREATE TABLE large (a HUGEINT, b DECIMAL(38,9), c DOUBLE, d DECIMAL(38,30), e BIGINT)")
                .update();
        WriteReport report = engine.sink("large")
                .write(engine.query(
                                "SELECT '12345678901234567890123' AS a, '150000000000000000000.5' AS b, '1e300' AS c,"
                                        + " 1.5::DECIMAL(38,9) AS d, -0.0::DOUBLE AS e")
                        .rows());
        assertThat(report.rejects()).isEmpty();
        assertThat(report.written()).isEqualTo(1);
    }

    @Test
    void a_table_that_does_not_take_the_rows_is_refused_before_any_is_written() {
        engine.query("CREATE TABLE sunk (id INTEGER, other VARCHAR NOT NULL)").update();
        assertFails(
                "query.table_mismatch",
                () -> sink().write(Rows.of(TEXTS, List.of(batch("1", "a", null)))),
                "'NAME' is missing",
                "'amount' is missing",
                "'other' needs a value");
    }

    @Test
    void more_rows_than_can_be_refused_one_by_one_end_the_write() {
        engine.query("CREATE TABLE sunk (id INTEGER CHECK (id < 0))").update();
        Schema ids = Schema.of(Column.required("id", ColumnType.INT32));
        List<List<Integer>> rows = new ArrayList<>();
        for (int i = 0; i < Insert.MOST_REFUSED + 1; i++) {
            rows.add(List.of(i));
        }
        assertFails("query.refused", () -> sink().write(Rows.of(ids, List.of(Batches.build(ids, rows)))), "[sunk]");
    }

    @Test
    void any_number_of_values_may_not_fit_their_types() {
        engine.query("CREATE TABLE sunk (id INTEGER)").update();
        Schema ids = Schema.of(Column.required("id", ColumnType.STRING));
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < 30_000; i++) {
            rows.add(List.of(i % 3 == 0 ? "" + i : "x" + i));
        }
        List<RejectedRow> rejects = new ArrayList<>();
        WriteReport report = sink().write(Rows.of(ids, List.of(Batches.build(ids, rows))), rejects::add);
        assertThat(report.written()).isEqualTo(10_000);
        assertThat(rejects).hasSize(20_000);
        assertThat(rejects.get(19_999).position()).isEqualTo(30_000);
        assertThat(rejects.get(19_999).row()).containsEntry("id", "x29999");
    }

    @Test
    void registered_rows_take_no_others() {
        engine.table("sunk", Rows.empty(TEXTS));
        assertFails(
                "query.table_mismatch", () -> sink().write(Rows.of(TEXTS, List.of(batch("1", "a", null)))), "[sunk]");
    }
}
