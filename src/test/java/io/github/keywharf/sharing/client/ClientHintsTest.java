package io.github.keywharf.sharing.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.Schema;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClientHintsTest {

    private static final Schema SCHEMA = Schema.of(
            Column.nullable("n", ColumnType.INT64),
            Column.nullable("s", ColumnType.STRING),
            Column.nullable("b", ColumnType.BOOLEAN),
            Column.nullable("d", ColumnType.decimal(9, 1)));

    @Property(tries = 300)
    void a_hint_is_true_of_each_row_that_fits(@ForAll long seed) {
        Random random = new Random(seed);
        Condition condition = condition(random, 3);
        ClientHints hints = ClientHints.of(condition, SCHEMA);
        ColumnBatch fitting = condition.bind(SCHEMA).rest(rows(random));
        for (int row = 0; row < fitting.size(); row++) {
            Map<String, @Nullable Object> values = new HashMap<>();
            for (String column : SCHEMA.names()) {
                values.put(column, fitting.column(SCHEMA.position(column)).value(row));
            }
            hints.json()
                    .ifPresent(json ->
                            assertThat(evaluate(json, values)).as("%s", json).isTrue());
            assertThat(hints.sql()).allMatch(sql -> evaluate(sql, values));
        }
    }

    @Test
    void what_has_no_word_is_left_out_only_where_that_keeps_all_rows() {
        Condition unknown = Condition.eq("d", BigDecimal.ONE);
        Condition known = Condition.eq("s", "it's");

        assertThat(ClientHints.of(Condition.and(unknown, Condition.eq("s", "a")), SCHEMA)
                        .sql())
                .containsExactly("s = 'a'");
        // Spark takes 'it''s' for its, and a backslash for the beginning of another character.
        assertThat(ClientHints.of(Condition.and(known, Condition.gt("s", "C:\\new")), SCHEMA)
                        .sql())
                .isEmpty();
        assertThat(ClientHints.of(Condition.or(unknown, known), SCHEMA).json()).isEmpty();
        assertThat(ClientHints.of(Condition.not(Condition.and(unknown, known)), SCHEMA)
                        .json())
                .isEmpty();
        assertThat(ClientHints.of(Condition.notNull("s"), SCHEMA)
                        .json()
                        .orElseThrow()
                        .toString())
                .isEqualTo("{\"op\":\"not\",\"children\":[{\"op\":\"isNull\",\"children\":[{\"op\":\"column\","
                        + "\"name\":\"s\",\"valueType\":\"string\"}]}]}");
        assertThat(ClientHints.of(Condition.in("s", List.of()), SCHEMA).json()).isEmpty();
    }

    private static Condition condition(Random random, int depth) {
        int kind = depth == 0 ? random.nextInt(3) : random.nextInt(6);
        return switch (kind) {
            case 0 -> comparison(random);
            case 1 -> random.nextBoolean() ? Condition.isNull(column(random)) : Condition.notNull(column(random));
            case 2 -> Condition.in("s", List.of("a", "it's").subList(0, random.nextInt(3)));
            case 3 -> Condition.not(condition(random, depth - 1));
            case 4 -> Condition.and(condition(random, depth - 1), condition(random, depth - 1));
            default -> Condition.or(condition(random, depth - 1), condition(random, depth - 1));
        };
    }

    private static String column(Random random) {
        return SCHEMA.names().get(random.nextInt(4));
    }

    private static Condition comparison(Random random) {
        String column = column(random);
        Object value = value(random, column);
        return switch (random.nextInt(5)) {
            case 0 -> Condition.eq(column, value);
            case 1 -> Condition.lt(column, value);
            case 2 -> Condition.le(column, value);
            case 3 -> Condition.gt(column, value);
            default -> Condition.ge(column, value);
        };
    }

    private static Object value(Random random, String column) {
        return switch (column) {
            case "n" -> (long) random.nextInt(4);
            case "s" -> List.of("a", "it's", "").get(random.nextInt(3));
            case "b" -> random.nextBoolean();
            default -> BigDecimal.valueOf(random.nextInt(3), 1);
        };
    }

    private static ColumnBatch rows(Random random) {
        List<ColumnVector.Builder> builders = ColumnBatch.builders(SCHEMA, 64);
        for (int row = 0; row < 60; row++) {
            for (int i = 0; i < SCHEMA.size(); i++) {
                builders.get(i)
                        .appendValue(
                                random.nextInt(4) == 0
                                        ? null
                                        : value(random, SCHEMA.column(i).name()));
            }
        }
        return ColumnBatch.build(SCHEMA, builders);
    }

    /** Null is neither true nor false. */
    private static @Nullable Boolean evaluate(JsonNode node, Map<String, @Nullable Object> row) {
        JsonNode children = node.path("children");
        String op = node.path("op").asText();
        switch (op) {
            case "not" -> {
                Boolean inner = evaluate(children.get(0), row);
                return inner == null ? null : !inner;
            }
            case "and", "or" -> {
                List<@Nullable Boolean> all = new ArrayList<>();
                children.forEach(child -> all.add(evaluate(child, row)));
                boolean decisive = op.equals("or");
                return all.contains(decisive) ? Boolean.valueOf(decisive) : all.contains(null) ? null : !decisive;
            }
            case "isNull" -> {
                return row.get(children.get(0).path("name").asText()) == null;
            }
            default -> {
                Object value = row.get(children.get(0).path("name").asText());
                return value == null
                        ? null
                        : holds(compare(value, children.get(1).path("value").asText()), op);
            }
        }
    }

    private static boolean evaluate(String sql, Map<String, @Nullable Object> row) {
        Matcher matcher = Pattern.compile("(\\w+) (\\S+) '?(.*?)'?").matcher(sql);
        assertThat(matcher.matches()).isTrue();
        Object value = row.get(matcher.group(1));
        return value != null && holds(compare(value, matcher.group(3).replace("''", "'")), matcher.group(2));
    }

    private static int compare(Object value, String literal) {
        return value instanceof Long number
                ? Long.compare(number, Long.parseLong(literal))
                : value instanceof Boolean truth
                        ? Boolean.compare(truth, Boolean.parseBoolean(literal))
                        : value.toString().compareTo(literal);
    }

    private static boolean holds(int order, String op) {
        return switch (op) {
            case "equal", "=" -> order == 0;
            case "lessThan", "<" -> order < 0;
            case "lessThanOrEqual", "<=" -> order <= 0;
            case "greaterThan", ">" -> order > 0;
            default -> order >= 0;
        };
    }
}
