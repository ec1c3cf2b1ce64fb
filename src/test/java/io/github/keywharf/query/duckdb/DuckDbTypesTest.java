package io.github.keywharf.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.query.QueryEngine;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.Batches;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every type of ours into DuckDB and back, and every type of DuckDB's to one of ours. */
class DuckDbTypesTest {

    private static @Nullable QueryEngine shared;

    private static synchronized QueryEngine engine() {
        if (shared == null) {
            shared =
                    DuckDbEngine.builder().memoryLimit(256 << 20).parallelism(1).open();
        }
        return shared;
    }

    @AfterAll
    @AfterContainer
    static synchronized void close() {
        if (shared != null) {
            shared.close();
            shared = null;
        }
    }

    @Provide
    Arbitrary<ColumnBatch> batches() {
        return Batches.of(Batches.types()).filter(batch -> isFinite(Batches.values(batch)));
    }

    /** Without the ends of the ranges, which DuckDB takes for infinite. */
    private static boolean isFinite(Object values) {
        String all = String.valueOf(values);
        return Stream.of(
                        "+5881580-07-11",
                        "-5877641-06-24",
                        "+294247-01-10T04:00:54.775807",
                        "-290308-12-21T19:59:05.224193")
                .noneMatch(all::contains);
    }

    @Property(tries = 60)
    void registered_rows_come_back_as_they_were(@ForAll("batches") ColumnBatch batch) {
        engine().table("given", Rows.of(batch.schema(), List.of(batch)));
        assertSame(engine().query("SELECT * FROM given").table(), batch);
    }

    @Property(tries = 40)
    void rows_written_to_a_table_come_back_as_they_were(@ForAll("batches") ColumnBatch batch) {
        engine().drop("native");
        engine().sink("native").write(Rows.of(batch.schema(), List.of(batch)));
        assertSame(engine().query("SELECT * FROM native").table(), batch);
    }

    @Provide
    Arbitrary<ColumnType> types() {
        return Arbitraries.of(Batches.types());
    }

    @Property(tries = 5)
    void many_rows_keep_their_order_and_their_nulls(@ForAll("types") ColumnType type) {
        Schema schema = Schema.of(Column.required("n", ColumnType.INT32), Column.nullable("v", type));
        Object value = Batches.value(type).filter(DuckDbTypesTest::isFinite).sample();
        List<ColumnBatch> batches = new ArrayList<>();
        for (int from = 0; from < 60_000; from += 20_000) {
            List<List<@Nullable Object>> rows = new ArrayList<>();
            for (int n = from; n < from + 20_000; n++) {
                List<@Nullable Object> row = new ArrayList<>();
                row.add(n);
                row.add(n % 7 == 0 ? null : value);
                rows.add(row);
            }
            batches.add(Batches.build(schema, rows));
        }
        engine().table("many", Rows.of(schema, batches));
        Table read = engine().query("SELECT * FROM many WHERE n >= 10 ORDER BY n DESC")
                .table();
        assertThat(read.size()).isEqualTo(59_990);
        assertThat(read.row(0).intValue("n")).isEqualTo(59_999);
        assertThat(read.row(59_989).intValue("n")).isEqualTo(10);
        assertThat(read.row(59_985).value("v")).isNull();
        assertThat(Batches.comparable(read.row(59_986).value("v"))).isEqualTo(Batches.comparable(value));
    }

    private static void assertSame(Table read, ColumnBatch batch) {
        // Whether a field of a struct may be null is not kept.
        assertThat(read.schema()).hasToString(batch.schema().toString().replace(" not null", ""));
        List<List<@Nullable Object>> values = new ArrayList<>();
        read.batches().forEach(each -> values.addAll(Batches.values(each)));
        assertThat(values).isEqualTo(Batches.values(batch));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "127::TINYINT | int32 | 127",
                "(-32768)::SMALLINT | int32 | -32768",
                "255::UTINYINT | int32 | 255",
                "65535::USMALLINT | int32 | 65535",
                "4294967295::UINTEGER | int64 | 4294967295",
                "18446744073709551615::UBIGINT | decimal(20,0) | 18446744073709551615",
                "(-9223372036854775808)::BIGINT | int64 | -9223372036854775808",
                "sum(7) | decimal(38,0) | 7",
                "99999999999999999999999999999999999999::HUGEINT | decimal(38,0) | 99999999999999999999999999999999999999",
                "'x'::ENUM('x', 'y, (''') | string | x",
                "'101'::BIT | string | 101",
                "INTERVAL '1 month 2 days' | string | 1 month 2 days",
                "union_value(a := 1) | string | 1",
                "'12:00:00+02'::TIMETZ | string | 12:00:00+02",
                "TIMESTAMP_NS '2024-01-01 00:00:00.123456789' | string | 2024-01-01 00:00:00.123456789",
                "TIMESTAMP_S '2024-01-01 00:00:01' | timestamp | 2024-01-01T00:00:01",
                "TIMESTAMP_MS '2024-01-01 00:00:00.123' | timestamp | 2024-01-01T00:00:00.123",
                "'NaN'::DOUBLE | float64 | NaN",
                "'-Infinity'::FLOAT | float32 | -Infinity",
                "'[1,2]'::JSON | json | [1,2]",
                "[1, NULL]::UTINYINT[] | list<int32> | [1, null]",
                "[1, 2]::HUGEINT[2] | list<decimal(38,0)> | [1, 2]",
                "[[1], [2]] | list<list<int32>> | [[1], [2]]",
                "MAP {'a': INTERVAL 1 DAY} | map<string,string> | {a=1 day}",
                "{'a b': 1::UBIGINT, c: ['x'::ENUM('x')]} | struct[a b decimal(20,0), c list<string>] | {a b=1, c=[x]}",
                "{'q\"t': 1} | struct[q\"t int32] | {q\"t=1}",
                "repeat('x', 3)::VARCHAR | string | xxx",
                "NULL | string | null"
            })
    void each_type_of_duckdb_is_read_as_one_of_ours(String expression, String type, String value) {
        Table read = engine().query("SELECT " + expression + " AS v").table();
        assertThat(read.schema().column("v").type()).hasToString(type);
        assertThat(String.valueOf(read.row(0).value("v"))).isEqualTo(value);
    }

    private static @Nullable Object echo(String expression, @Nullable Object value) {
        return engine().query("SELECT " + expression + " AS v")
                .bind("v", value)
                .table()
                .row(0)
                .value("v");
    }

    @Test
    void values_are_bound_as_they_are() {
        Map<String, Object> values = Map.ofEntries(
                Map.entry("BOOLEAN", true),
                Map.entry("INTEGER", Integer.MIN_VALUE),
                Map.entry("BIGINT", Long.MIN_VALUE),
                Map.entry("DOUBLE", Double.MIN_VALUE),
                Map.entry("FLOAT", 1.5f),
                Map.entry("DECIMAL(38,9)", new BigDecimal("-12345678901234567890123456789.123456789")),
                Map.entry("VARCHAR", "a'; DROP TABLE x; --"),
                Map.entry("UUID", UUID.fromString("6f2c0a52-76a5-4f9e-9d0e-0d6e4b7a1f11")),
                Map.entry("DATE", LocalDate.of(2024, 2, 29)),
                Map.entry("TIME", LocalTime.of(23, 59, 59, 999_999_000)),
                Map.entry("TIMESTAMP", LocalDateTime.of(2024, 2, 29, 12, 0, 0, 1_000)),
                Map.entry("TIMESTAMPTZ", Instant.parse("2024-02-29T12:00:00.000001Z")),
                Map.entry("INTEGER[]", List.of(1, 2)),
                Map.entry("VARCHAR[]", List.of("a", "b")));
        values.forEach(
                (type, value) -> assertThat(echo(":v::" + type, value)).as(type).isEqualTo(value));
        assertThat(echo(":v::BLOB", new byte[] {0, -1})).isEqualTo(new byte[] {0, -1});
        assertThat(echo(":v", Instant.EPOCH)).isEqualTo(Instant.EPOCH);
        assertThat(echo(":v", "x")).isEqualTo("x");
        assertThat(echo(":v", null)).isNull();
    }

    @Test
    void lists_are_bound_with_the_type_of_their_elements() {
        UUID id = UUID.fromString("6f2c0a52-76a5-4f9e-9d0e-0d6e4b7a1f11");
        Instant moment = Instant.parse("1969-12-31T23:59:59.999999Z");
        LocalDate[] days = {LocalDate.of(2024, 5, 20), null};
        Map<String, Object> lists = Map.of(
                "DECIMAL(10,2) '1.50'",
                List.of(new BigDecimal("1.5"), new BigDecimal("2.25")),
                "DATE '2024-05-20'",
                days,
                "UUID '" + id + "'",
                List.of(id),
                "TIMESTAMPTZ '" + moment + "'",
                List.of(moment),
                "TIMESTAMP '2024-05-20 00:00:00'",
                List.of(LocalDate.of(2024, 5, 20).atStartOfDay()),
                "TIME '10:00:00'",
                List.of(LocalTime.of(10, 0)),
                "BIGINT '5000000000'",
                List.of(1, 5_000_000_000L),
                "DOUBLE '1.5'",
                List.of(1, 1.5),
                "HUGEINT '170141183460469231731687303715884105727'",
                List.of(BigInteger.TWO.pow(127).subtract(BigInteger.ONE)),
                "FLOAT '0.5'",
                new float[] {0.5f});
        lists.forEach((value, list) -> assertThat(echo("list_contains(:v, " + value + ")", list))
                .as(value)
                .isEqualTo(true));
        assertThat(days[0]).isEqualTo(LocalDate.of(2024, 5, 20));
        assertThat(echo(":v", new double[] {1.5})).isEqualTo(List.of(1.5));
        assertThatThrownBy(() -> echo(":v", List.of(1, "x"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> echo(":v", List.of(List.of(1)))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_value_is_bound_as_it_is_or_refused() {
        for (Object value : List.of(
                LocalDate.of(1500, 3, 1),
                LocalDate.of(1, 1, 1),
                LocalDate.of(290_000, 12, 31),
                LocalDateTime.parse("1500-03-01T00:00:00.000001"),
                Instant.parse("1500-03-01T00:00:00.000001Z"))) {
            assertThat(echo(":v", value)).isEqualTo(value);
        }
        assertThat(echo(":v::DECIMAL(38,37)", new BigDecimal("1E-37"))).isEqualTo(new BigDecimal("1E-37"));
        assertThat(echo(":v::DECIMAL(38,0)", new BigDecimal("1E+30"))).isEqualTo(new BigDecimal("1E+30").setScale(0));
        for (Object value : List.of(
                new BigDecimal("1E-50"), LocalDate.MAX, LocalDate.of(-4000, 1, 1), LocalDateTime.MAX, Instant.MAX)) {
            assertThatThrownBy(() -> echo(":v", value))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("query.bad_value"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DATE 'infinity'",
                "DATE '-infinity'",
                "TIMESTAMP 'infinity'",
                "TIMESTAMPTZ '-infinity'",
                "TIMESTAMP 'infinity'::TIMESTAMP_S",
                "TIME '24:00:00'",
                "[DATE 'infinity']",
                "{'a': [TIMESTAMPTZ '-infinity'], 'b': 1}",
                "MAP {1: TIME '24:00:00'}"
            })
    void what_has_no_value_here_is_an_error_and_never_another_value(String expression) {
        assertThatThrownBy(
                        () -> engine().query("SELECT " + expression + " AS it").table())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("query.bad_value"))
                .hasMessageContaining("Column 'it'");
    }

    @Test
    void parameters_are_compared_with_columns() {
        engine().table(
                        "day",
                        engine().query("SELECT DATE '2024-05-20' + i::INTEGER AS day FROM range(3) t(i)")
                                .rows());
        assertThat(engine().query("FROM day WHERE day >= :from AND day NOT IN (SELECT unnest(:not::DATE[]))")
                        .bind("from", LocalDate.of(2024, 5, 21))
                        .bind("not", List.of(LocalDate.of(2024, 5, 22)))
                        .table()
                        .size())
                .isEqualTo(1);
    }

    @Test
    void a_bound_time_with_parts_of_a_microsecond_is_refused_and_not_cut() {
        LocalDateTime fine = LocalDateTime.of(2024, 5, 20, 12, 10, 3, 1_001);
        for (Object time : List.of(
                fine,
                fine.toLocalTime(),
                fine.toInstant(ZoneOffset.UTC),
                fine.atOffset(ZoneOffset.UTC),
                List.of(fine.minusNanos(1), fine))) {
            assertThatThrownBy(
                            () -> engine().query("SELECT $1 AS t").values(time).table())
                    .as("%s", time)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("query.bad_value"));
        }
        assertThat(engine().query("SELECT $1::VARCHAR AS t")
                        .values(fine.minusNanos(1))
                        .table()
                        .row(0)
                        .string("t"))
                .isEqualTo("2024-05-20 12:10:03.000001");
    }
}
