package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.Batches;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** DuckDB, which shares no code with ours, reads what we write and writes what we read. */
class ParquetDuckDbTest {

    @TempDir
    Path directory;

    private Connection connection;
    private Statement statement;

    @BeforeEach
    void open() throws SQLException {
        Properties settings = new Properties();
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        settings.setProperty("threads", "1");
        settings.setProperty("memory_limit", "256MB");
        connection = DriverManager.getConnection("jdbc:duckdb:", settings);
        statement = connection.createStatement();
        statement.execute("SET TimeZone = 'UTC'");
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @ParameterizedTest
    @EnumSource
    void every_scalar_type_reaches_duckdb_with_the_same_values(Parquet.Version version) throws SQLException {
        Schema schema = SampleRows.scalars();
        ColumnBatch batch = new SampleRows(17).batch(schema, 3_000);
        Path file = directory.resolve("ours.parquet");
        ParquetRoundTripTest.write(
                Parquet.writer(file).version(version).rowGroupRows(1_234).pageBytes(2_000), schema, List.of(batch));
        statement.execute("CREATE TABLE expected (n INTEGER, "
                + schema.columns().stream()
                        .map(column -> column.name() + " " + sqlType(column.type()))
                        .collect(Collectors.joining(", "))
                + ")");
        for (int from = 0; from < batch.size(); from += 500) {
            statement.execute("INSERT INTO expected VALUES " + literals(batch, from, from + 500));
        }
        String read = "SELECT row_number() OVER () - 1 AS n, * FROM '" + file + "'";

        assertThat(describe("SELECT * FROM '" + file + "'"))
                .isEqualTo(schema.columns().stream().map(c -> sqlType(c.type())).toList());
        assertThat(count("(" + read + ") EXCEPT ALL SELECT * FROM expected")).isZero();
        assertThat(count("SELECT * FROM expected EXCEPT ALL (" + read + ")")).isZero();
    }

    private List<String> describe(String query) throws SQLException {
        List<String> types = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery("DESCRIBE " + query)) {
            while (rows.next()) {
                types.add(rows.getString("column_type"));
            }
        }
        return types;
    }

    private static String sqlType(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> "BOOLEAN";
            case INT32 -> "INTEGER";
            case INT64 -> "BIGINT";
            case FLOAT32 -> "FLOAT";
            case FLOAT64 -> "DOUBLE";
            case DECIMAL -> "DECIMAL(" + type.precision() + "," + type.scale() + ")";
            case STRING -> "VARCHAR";
            case JSON -> "JSON";
            case BYTES -> "BLOB";
            case UUID -> "UUID";
            case DATE -> "DATE";
            case TIME -> "TIME";
            case TIMESTAMP -> "TIMESTAMP";
            case TIMESTAMP_UTC -> "TIMESTAMP WITH TIME ZONE";
            case LIST, MAP, STRUCT -> throw new IllegalArgumentException(type.toString());
        };
    }

    private static String literals(ColumnBatch batch, int from, int to) {
        StringBuilder sql = new StringBuilder();
        for (int row = from; row < to; row++) {
            sql.append(row == from ? "(" : ",(").append(row);
            for (int c = 0; c < batch.schema().size(); c++) {
                sql.append(',')
                        .append(literal(
                                batch.schema().column(c).type(), batch.column(c).value(row)));
            }
            sql.append(')');
        }
        return sql.toString();
    }

    private static String literal(ColumnType type, @Nullable Object value) {
        if (value == null) {
            return "NULL";
        }
        if (value instanceof byte[] bytes) {
            StringBuilder hex = new StringBuilder("'");
            for (byte b : bytes) {
                hex.append(String.format("\\x%02X", b));
            }
            return hex + "'::BLOB";
        }
        String text = value instanceof BigDecimal number ? number.toPlainString() : value.toString();
        return "'" + text.replace("'", "''") + "'::" + sqlType(type);
    }

    private long count(String query) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT count(*) FROM (" + query + ")")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    void lists_maps_and_structs_reach_duckdb() throws SQLException {
        Schema schema = Schema.of(
                Column.nullable("l", ColumnType.list(ColumnType.list(ColumnType.INT32))),
                Column.nullable("m", ColumnType.map(ColumnType.STRING, ColumnType.INT64)),
                Column.nullable(
                        "s",
                        ColumnType.struct(List.of(
                                Column.nullable("a", ColumnType.STRING),
                                Column.nullable("b", ColumnType.list(ColumnType.DATE))))));
        List<List<@Nullable Object>> rows = List.of(
                List.of(
                        List.of(List.of(1, 2), List.of(), Arrays.asList(3, null)),
                        Map.of("k", 5L),
                        Map.of("a", "x", "b", List.of(LocalDate.of(2024, 2, 29)))),
                Arrays.asList(null, null, null),
                List.of(List.of(), Map.of(), Map.of("b", List.of())));
        Path file = directory.resolve("nested.parquet");
        ParquetRoundTripTest.write(Parquet.writer(file), schema, List.of(Batches.build(schema, rows)));

        List<String> read = new ArrayList<>();
        try (ResultSet result = statement.executeQuery(
                "SELECT l::VARCHAR || ' ' || m::VARCHAR || ' ' || s::VARCHAR FROM '" + file + "'")) {
            while (result.next()) {
                read.add(result.getString(1));
            }
        }
        assertThat(read)
                .containsExactly(
                        "[[1, 2], [], [3, NULL]] {k=5} {'a': x, 'b': [2024-02-29]}",
                        null,
                        "[] {} {'a': NULL, 'b': []}");
    }

    @ParameterizedTest
    @CsvSource({"snappy,V1", "zstd,V2", "gzip,V1", "uncompressed,V2"})
    void what_duckdb_writes_is_read_with_the_same_values(String codec, String version) throws SQLException {
        Path file = directory.resolve("theirs.parquet");
        statement.execute("CREATE TABLE t AS SELECT i % 3 = 0 AS a, i::TINYINT AS b, i::SMALLINT AS c, i * 7 AS d,"
                + " i::BIGINT * 4000000007 AS e, (i % 200)::UTINYINT AS f, i::USMALLINT AS g,"
                + " (4294967295 - i)::UINTEGER AS h, (18446744073709551615 - i)::UBIGINT AS j,"
                + " (i / 4)::FLOAT AS k, i / 8 AS l, (i / 100)::DECIMAL(4,2) AS m, (i / 100)::DECIMAL(9,2) AS n,"
                + " (-i)::DECIMAL(18,3) AS o, (-i)::DECIMAL(38,10) AS p, 'text ' || (i % 9) AS q, 'é' || i AS r,"
                + " ('x' || i)::BLOB AS s, '2020-01-01'::DATE + (i % 50)::INTEGER AS t,"
                + " '00:00:00.000001'::TIME + to_microseconds(i * 1000003) AS u,"
                + " '1969-12-31 23:59:59.999999'::TIMESTAMP + to_microseconds(i) AS v,"
                + " ('2024-01-01 00:00:00'::TIMESTAMP + to_milliseconds(i))::TIMESTAMP_MS AS w,"
                + " '2024-01-01 00:00:00.123456789'::TIMESTAMP_NS AS x,"
                + " '2024-01-01 00:00:00+00'::TIMESTAMPTZ + to_seconds(i) AS y,"
                + " format('00000000-0000-0000-0000-{:012d}', i)::UUID AS z,"
                + " CASE WHEN i % 5 > 0 THEN i END AS nullable, (CASE i % 2 WHEN 0 THEN 'even' ELSE 'odd' END)"
                + "::ENUM('even', 'odd') AS en FROM range(100) r(i), range(50) WHERE i < 99");
        statement.execute("COPY t TO '" + file + "' (FORMAT parquet, COMPRESSION " + codec + ", PARQUET_VERSION "
                + version + ", ROW_GROUP_SIZE 2048)");
        List<List<@Nullable Object>> expected = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery("SELECT * FROM t")) {
            while (rows.next()) {
                expected.add(row(rows));
            }
        }

        Table read = Parquet.reader(file).batchRows(1_500).rows().toTable();

        List<List<String>> texts = SampleRows.values(read.batches()).stream()
                .map(row -> row.stream().map(String::valueOf).toList())
                .toList();
        assertThat(texts).hasSameSizeAs(expected);
        for (int i = 0; i < texts.size(); i++) {
            assertThat(texts.get(i)).isEqualTo(expected.get(i));
        }
    }

    private static List<@Nullable Object> row(ResultSet rows) throws SQLException {
        List<@Nullable Object> row = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
            Object value = switch (rows.getMetaData().getColumnTypeName(i)) {
                case "BLOB" -> Batches.comparable(rows.getBytes(i));
                case "DATE" -> rows.getObject(i, LocalDate.class);
                case "TIME" -> rows.getObject(i, LocalTime.class);
                case "TIMESTAMP WITH TIME ZONE" ->
                    rows.getObject(i, java.time.OffsetDateTime.class).toInstant();
                case "TIMESTAMP_NS" ->
                    rows.getObject(i, LocalDateTime.class).truncatedTo(java.time.temporal.ChronoUnit.MICROS);
                case "TIMESTAMP", "TIMESTAMP_MS" -> rows.getObject(i, LocalDateTime.class);
                default -> rows.getObject(i);
            };
            row.add(String.valueOf(value));
        }
        return row;
    }

    @Test
    void lists_maps_and_structs_of_duckdb_are_read() throws SQLException {
        Path file = directory.resolve("nested.parquet");
        statement.execute("COPY (SELECT * FROM (VALUES"
                + " ([1, NULL, 3], MAP {'a': [1.5], 'b': NULL}, {'x': 1, 'y': {'z': ['p', NULL]}}, [[1], [], NULL]),"
                + " ([], MAP {}, {'x': NULL, 'y': NULL}, []), (NULL, NULL, NULL, NULL)) v(l, m, s, ll))"
                + " TO '" + file + "' (FORMAT parquet)");

        Table read = Parquet.reader(file).rows().toTable();

        assertThat(read.schema().column("ll").type()).isEqualTo(ColumnType.list(ColumnType.list(ColumnType.INT32)));
        assertThat(SampleRows.values(read.batches()).stream().map(Object::toString))
                .containsExactly(
                        "[[1, null, 3], {a=[1.5], b=null}, {x=1, y={z=[p, null]}}, [[1], [], null]]",
                        "[[], {}, {x=null, y=null}, []]",
                        "[null, null, null, null]");
    }

    @Test
    void statistics_let_duckdb_skip_nothing_that_fits() throws SQLException {
        Schema schema = SampleRows.scalars();
        ColumnBatch batch = new SampleRows(23).batch(schema, 2_000);
        Path file = directory.resolve("ours.parquet");
        ParquetRoundTripTest.write(Parquet.writer(file).rowGroupRows(100), schema, List.of(batch));
        for (int c = 0; c < schema.size(); c++) {
            Column column = schema.column(c);
            Object value = batch.column(c).value(1_000);
            if (value != null && !(value instanceof Instant)) {
                String fits = column.name() + " = " + literal(column.type(), value);
                assertThat(count("SELECT 1 FROM '" + file + "' WHERE " + fits))
                        .as(fits)
                        .isEqualTo(Parquet.reader(file)
                                .where(Condition.eq(column.name(), value))
                                .rows()
                                .toTable()
                                .size())
                        .isPositive();
            }
        }
    }
}
