package io.github.keywharf.batch;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.RowStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The step {@code filter}: a column, an operator and a value or several. */
final class StepCondition {
    private static final int MAX_VALUES = 1_000;
    private static final Set<String> WITHOUT_VALUE = Set.of("null", "not_null");
    private static final List<String> OPERATORS = List.of("eq", "ne", "lt", "le", "gt", "ge", "in", "null", "not_null");

    private StepCondition() {}

    static RowStep filter(String key, JsonNode value) {
        ProfileObject object = new ProfileObject(key + ".", value, Set.of("column", "op", "value"));
        String column = ProfileText.name(
                object.path("column"),
                ProfileObject.text(object.path("column"), object.required("column", "the name of a column")));
        String allowed = "one of " + String.join(", ", OPERATORS);
        JsonNode op = object.required("op", allowed);
        if (!op.isTextual() || !OPERATORS.contains(op.textValue())) {
            throw ProfileObject.wrong(object.path("op"), op, allowed);
        }
        List<StepValue> values = values(object, op.textValue());
        return schema -> RowStep.filter(condition(schema.column(column), op.textValue(), values))
                .open(schema);
    }

    private static List<StepValue> values(ProfileObject object, String op) {
        String key = object.path("value");
        if (WITHOUT_VALUE.contains(op)) {
            if (object.find("value").isPresent()) {
                throw new IllegalArgumentException(key + " is given; the operator " + op + " has no value");
            }
            return List.of();
        }
        JsonNode value = object.required("value", op.equals("in") ? "a list of values" : "the value to compare with");
        if (!op.equals("in")) {
            return List.of(StepValue.of(key, value));
        }
        List<StepValue> values = new ArrayList<>();
        for (JsonNode element : ProfileObject.list(key, value, MAX_VALUES)) {
            values.add(StepValue.of(key, element));
        }
        return values;
    }

    private static Condition condition(Column column, String op, List<StepValue> values) {
        List<Object> fitting =
                values.stream().map(value -> value.fitting(column)).toList();
        String name = column.name();
        return switch (op) {
            case "eq" -> Condition.eq(name, fitting.get(0));
            case "ne" -> Condition.not(Condition.eq(name, fitting.get(0)));
            case "lt" -> Condition.lt(name, fitting.get(0));
            case "le" -> Condition.le(name, fitting.get(0));
            case "gt" -> Condition.gt(name, fitting.get(0));
            case "ge" -> Condition.ge(name, fitting.get(0));
            case "in" -> Condition.in(name, fitting);
            case "null" -> Condition.isNull(name);
            default -> Condition.notNull(name);
        };
    }
}
