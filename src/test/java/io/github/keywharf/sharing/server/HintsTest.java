package io.github.keywharf.sharing.server;

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

    private static Hints json(String text) {
        return Hints.of(List.of(), Optional.of(text), new HintColumns(SCHEMA), PARTITIONS);
    }

    private static String tree(String op, String... children) {
        return "{\"op\":\"" + op + "\",\"children\":[" + String.join(",", children) + "]}";
    }

    private static String column(String name, String type) {
        return "{\"op\":\"column\",\"name\":\"" + name + "\",\"valueType\":\"" + type + "\"}";
    }

    private static String literal(String value, String type) {
        return "{\"op\":\"literal\",\"value\":\"" + value + "\",\"valueType\":\"" + type + "\"}";
    }

    @ParameterizedTest
    @CsvSource({
        "n, equal, 5, long, n = 5",
        "N, greaterThanOrEqual, -5, int, n >= -5",
        "small, lessThanOrEqual, 5, long, small <= 5",
        "tenant, equal, it's, string, tenant = it's",
        "day, greaterThan, 2021-01-01, date, day > 2021-01-01",
        "at, lessThan, 2021-01-01T00:00:00Z, timestamp, at < 2021-01-01T00:00:00Z",
        "ok, equal, true, bool, ok = true"
    })
    void comparisons_are_understood(String name, String op, String value, String type, String condition) {
        assertThat(json(tree(op, column(name, type), literal(value, type)))
                        .condition()
                        .map(Object::toString))
                .contains(condition);
    }

    @Test
    void a_constant_may_come_first() {
        assertThat(json(tree("lessThan", literal("5", "long"), column("n", "long")))
                        .condition()
                        .map(Object::toString))
                .contains("n > 5");
    }

    @Test
    void sql_filters_nothing_and_leaves_no_limit() {
        Hints hints = Hints.of(
                List.of("tenant = 'a'"),
                Optional.of(tree("equal", column("tenant", "string"), literal("a", "string"))),
                new HintColumns(SCHEMA),
                PARTITIONS);
        Hints alone = Hints.of(List.of("tenant = 'a'"), Optional.empty(), new HintColumns(SCHEMA), PARTITIONS);

        assertThat(hints.condition().map(Object::toString)).contains("tenant = a");
        assertThat(hints.exact()).isFalse();
        assertThat(alone.condition()).isEmpty();
        assertThat(alone.exact()).isFalse();
    }

    @Test
    void deep_predicates_end() {
        assertThat(json("{\"op\":\"not\",\"children\":[".repeat(2_000)).condition())
                .isEmpty();
        assertThat(json("{\"op\":\"not\",\"children\":[".repeat(300)
                                + tree("isNull", column("n", "long"))
                                + "]}".repeat(300))
                        .condition())
                .isPresent();
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
                "{\"op\":\"equal\",\"children\":[{\"op\":\"column\",\"name\":\"n\",\"valueType\":\"long\"},"
                        + "{\"op\":\"literal\",\"value\":\"99999999999999999999\",\"valueType\":\"long\"}]}",
                "{\"op\":\"equal\",\"children\":[{\"op\":\"column\",\"name\":\"day\",\"valueType\":\"date\"},"
                        + "{\"op\":\"literal\",\"value\":\"yesterday\",\"valueType\":\"date\"}]}",
                "{\"op\":\"equal\",\"children\":[{\"op\":\"column\",\"name\":\"other\",\"valueType\":\"long\"},"
                        + "{\"op\":\"literal\",\"value\":\"5\",\"valueType\":\"long\"}]}",
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
        String tenant = tree("equal", column("tenant", "string"), literal("a", "string"));
        String day = tree("greaterThan", column("day", "date"), literal("2021-01-01", "date"));
        String number = tree("greaterThan", column("n", "long"), literal("1", "long"));

        assertThat(json(tree("and", tenant, day)).exact()).isTrue();
        assertThat(json(tree("and", tenant, number)).exact()).isFalse();
        assertThat(json("x").exact()).isFalse();
        assertThat(Hints.NONE.exact()).isTrue();
    }
}
