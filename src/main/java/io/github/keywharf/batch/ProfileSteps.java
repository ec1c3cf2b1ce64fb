package io.github.keywharf.batch;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.format.TextValues;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RowStep;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is done to a tenant's rows, by the key {@code steps}: objects of one key each, which is the step's name.
 *
 * @param json the list, as it was read
 * @param all the steps one after the other
 */
record ProfileSteps(JsonNode json, RowStep all) {
    private static final int MAX_STEPS = 100;
    private static final Set<String> NAMES =
            Set.of("trim", "rename", "select", "default", "require", "filter", "distinct", "limit", "retype");

    /** The steps of a JSON list; text is read as these values say, unless a step has its own. */
    static ProfileSteps of(String list, ProfileValues values) {
        JsonNode json = ProfileObject.list("steps", ProfileJson.tree("steps", list), MAX_STEPS);
        List<RowStep> steps = new ArrayList<>();
        for (JsonNode node : json) {
            steps.add(step(steps.size() + 1, node, values.text()));
        }
        return new ProfileSteps(json, RowStep.all(steps));
    }

    private static RowStep step(int number, JsonNode node, TextValues values) {
        String where = "steps, step " + number;
        if (!node.isObject() || node.size() != 1) {
            throw ProfileObject.wrong(where, node, "an object with one key, the step's name");
        }
        String name = node.fieldNames().next();
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException(where + " is '" + ProfileText.shown(name) + "'; the steps are "
                    + String.join(", ", NAMES.stream().sorted().toList()));
        }
        String key = where + ", " + name;
        RowStep step = made(key, name, node.get(name), values);
        return schema -> {
            try {
                return step.open(schema);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
            }
        };
    }

    private static RowStep made(String key, String name, JsonNode value, TextValues values) {
        return switch (name) {
            case "trim" -> RowStep.trim(columns(key, value));
            case "select" -> RowStep.select(columns(key, value));
            case "require" -> RowStep.require(columns(key, value));
            case "distinct" -> RowStep.distinct(columns(key, value));
            case "rename" -> RowStep.rename(renamed(key, value));
            case "default" -> RowStep.all(defaults(key, value));
            case "filter" -> StepCondition.filter(key, value);
            case "limit" -> RowStep.limit(limit(key, value));
            default -> retype(key, value, values);
        };
    }

    private static List<String> columns(String key, JsonNode value) {
        List<String> columns = ProfileObject.texts(key, value, FileConstraints.MAX_COLUMNS);
        if (columns.isEmpty()) {
            throw ProfileObject.wrong(key, value, "a list of at least one column");
        }
        columns.forEach(column -> ProfileText.name(key, column));
        return columns;
    }

    private static Map<String, String> renamed(String key, JsonNode value) {
        Map<String, String> names = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : entries(key, value)) {
            names.put(entry.getKey(), ProfileText.name(key, ProfileObject.text(key, entry.getValue())));
        }
        return names;
    }

    private static List<RowStep> defaults(String key, JsonNode value) {
        List<RowStep> steps = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : entries(key, value)) {
            StepValue constant = StepValue.of(key + ", " + ProfileText.shown(entry.getKey()), entry.getValue());
            steps.add(schema -> RowStep.defaultTo(entry.getKey(), constant.fitting(schema.column(entry.getKey())))
                    .open(schema));
        }
        return steps;
    }

    private static long limit(String key, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw ProfileObject.wrong(key, value, "a whole number from 0 on");
        }
        return value.longValue();
    }

    private static RowStep retype(String key, JsonNode value, TextValues values) {
        ProfileObject object = new ProfileObject(key + ".", value, Set.of("columns", "values"));
        TextValues read = object.find("values")
                .map(own -> ProfileValues.of(object.path("values"), own).text())
                .orElse(values);
        List<RowStep> steps = new ArrayList<>();
        String columns = object.path("columns");
        for (Map.Entry<String, JsonNode> entry :
                entries(columns, object.required("columns", "an object from column to type"))) {
            ColumnType type = ProfileJson.type(columns, entry.getKey(), entry.getValue());
            steps.add(read.retype(entry.getKey(), type));
        }
        return RowStep.all(steps);
    }

    private static List<Map.Entry<String, JsonNode>> entries(String key, JsonNode value) {
        List<Map.Entry<String, JsonNode>> entries = ProfileObject.entries(key, value, FileConstraints.MAX_COLUMNS);
        entries.forEach(entry -> ProfileText.name(key, entry.getKey()));
        return entries;
    }
}
