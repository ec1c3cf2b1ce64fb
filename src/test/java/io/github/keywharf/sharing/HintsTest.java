package io.github.keywharf.sharing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HintsTest {
    private static final Schema SCHEMA = Schema.of(
            Column.nullable("tenant", ColumnType.STRING),
            Column.nullable("day", ColumnType.DATE),
            Column.nullable("n", ColumnType.INT64),
            Column.nullable("small", ColumnType.INT32),
            Column.nullable("price", ColumnType.FLOAT64),
            Column.nullable("at", ColumnType.TIMESTAMP_UTC),
            Column.nullable("ok", ColumnType.BOOLEAN));
    private static final Set<String> PARTITIONS = Set.of("tenant", "day");

    private static Hints sql(String text) {
        return Hints.of(List.of(text), Optional.empty(), new HintColumns(SCHEMA), PARTITIONS);
    }

    private static Hints json(String text) {
        return Hints.of(List.of(), Optional.of(text), new HintColumns(SCHEMA), PARTITIONS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "n = 5 | n EQ 5",
                "5 < n | n GT 5",
                "N>=-5L | n GE -5",
                "`n` <= 5 | n LE 5",
                "tenant = 'it''s' | tenant EQ it's",
                "(CAST(partitionValues.tenant AS STRING) = 'tenant-1') | tenant EQ tenant-1",
                "day >= '2021-01-01' | day GE 2021-01-01",
                "day = DATE '2021-01-01' | day EQ 2021-01-01",
                "ok = true | ok EQ true",
            })
    void comparisons_are_understood(String text, String condition) {
        assertThat(sql(text).condition().map(Object::toString)).contains(condition);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "n <> 5",
                "n IS NULL",
                "n IS NOT NULL",
                "n IN (1, 2, 3)",
                "n NOT IN (1, 2)",
                "n BETWEEN 1 AND 5 AND tenant = 'a'",
                "NOT (n = 1 OR n = 2)",
                "((n = 1) AND ((tenant = 'a') OR (day = '2021-01-01')))",
                "n = 1 AND upper(tenant) = 'A' AND tenant = 'a'",
            })
    void predicates_are_understood_or_left_out_as_a_whole(String text) {
        boolean isUnderstood = !text.contains("upper");
        assertThat(sql(text).condition().isPresent()).isEqualTo(isUnderstood);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "n",
                "n =",
                "n = 5 5",
                "n = 'five'",
                "n = 5.5",
                "n = 99999999999999999999",
                "tenant = 5",
                "price > 1",
                "other = 5",
                "n = tenant",
                "CAST(n AS STRING) = '5'",
                "day = 'yesterday'",
                "tenant = 'a\\'",
                "tenant <=> 'a'",
                "n = 1 OR f(n) = 2",
                "NOT f(n)",
                "/* n */ n = 1",
                "n = 1; DROP TABLE x",
                "n = NULL",
            })
    void what_is_not_understood_filters_nothing(String text) {
        assertThat(sql(text).condition()).isEmpty();
        assertThat(sql(text).exact()).isFalse();
    }

    @Test
    void deep_and_long_predicates_end() {
        assertThat(sql("(".repeat(50_000) + "n = 1" + ")".repeat(50_000)).condition())
                .isEmpty();
        assertThat(sql("(".repeat(90)).condition()).isEmpty();
        assertThat(sql("(".repeat(30) + "n" + ")".repeat(30) + " = 1 AND f(").condition())
                .isEmpty();
        assertThat(sql("NOT ".repeat(10_000) + "n = 1").condition()).isPresent();
        assertThat(sql("tenant = '" + "''".repeat(20_000) + "'").condition()).isPresent();
        assertThat(json("{\"op\":\"not\",\"children\":[".repeat(2_000)).condition())
                .isEmpty();
    }

    @Test
    void trees_are_understood_as_spark_sends_them() {
        String tree = """
                {"op":"and","children":[
                 {"op":"not","children":[{"op":"isNull","children":[{"op":"column","name":"tenant","valueType":"string"}]}]},
                 {"op":"equal","children":[{"op":"column","name":"tenant","valueType":"string"},
                  {"op":"literal","value":"tenant-1","valueType":"string"}]}]}""";

        Hints hints = json(tree);

        assertThat(hints.condition())
                .hasToString("Optional[" + hints.condition().orElseThrow() + "]");
        assertThat(hints.condition().orElseThrow().columns()).containsExactly("tenant");
        assertThat(hints.exact()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "5",
                "{\"op\":\"or\",\"children\":[]}",
                "{\"op\":\"between\"}",
                "{\"op\":\"equal\",\"children\":[{\"op\":\"column\",\"name\":\"tenant\",\"valueType\":\"int\"},"
                        + "{\"op\":\"literal\",\"value\":\"5\",\"valueType\":\"int\"}]}",
                "{\"op\":\"equal\",\"children\":[{\"op\":\"column\",\"name\":\"n\",\"valueType\":\"long\"},"
                        + "{\"op\":\"literal\",\"value\":\"5\",\"valueType\":\"string\"}]}",
                "{\"op\":\"greaterThan\",\"children\":[{\"op\":\"column\",\"name\":\"price\",\"valueType\":\"double\"},"
                        + "{\"op\":\"literal\",\"value\":\"5\",\"valueType\":\"double\"}]}",
                "{\"op\":\"equal\",\"children\":[{\"op\":\"column\",\"name\":\"tenant\",\"valueType\":\"string\"},"
                        + "{\"op\":\"literal\",\"value\":null,\"valueType\":\"string\"}]}",
            })
    void trees_that_are_not_understood_filter_nothing(String tree) {
        assertThat(json(tree).condition()).isEmpty();
    }

    @Test
    void a_part_that_is_not_understood_leaves_the_others() {
        Hints hints = json("""
                {"op":"and","children":[{"op":"unknown"},
                 {"op":"equal","children":[{"op":"column","name":"day","valueType":"date"},
                  {"op":"literal","value":"2021-04-29","valueType":"date"}]}]}""");

        assertThat(hints.condition().orElseThrow().columns()).containsExactly("day");
        assertThat(hints.exact()).isFalse();
    }

    @Test
    void rows_are_counted_for_a_limit_where_whole_files_fit() {
        assertThat(sql("tenant = 'a' AND day > '2021-01-01'").exact()).isTrue();
        assertThat(sql("tenant = 'a' AND n > 1").exact()).isFalse();
        assertThat(Hints.NONE.exact()).isTrue();
    }
}
