package io.github.keywharf.bench.cassandra;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows of fifty columns: texts, whole numbers and fractions. */
record WideRows() implements LoadData {
    /** How many columns a row has besides its key. */
    private static final int WIDE = 49;

    @Override
    public String name() {
        return "wide";
    }

    @Override
    public String columns() {
        StringBuilder columns = new StringBuilder("id int PRIMARY KEY");
        for (int i = 1; i <= WIDE; i++) {
            columns.append(", c").append(i).append(i % 3 == 0 ? " int" : i % 3 == 1 ? " text" : " double");
        }
        return columns.toString();
    }

    @Override
    public Map<String, Object> row(int row, int rows) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("id", row);
        for (int i = 1; i <= WIDE; i++) {
            int value = row * 31 + i;
            values.put("c" + i, i % 3 == 0 ? (Object) value : i % 3 == 1 ? "text " + value : value + ".25");
        }
        return values;
    }

    @Override
    public Map<String, Object> expected(int number, int rows) {
        Map<String, Object> values = row(number, rows);
        values.replaceAll((column, value) ->
                value instanceof String text && !text.startsWith("text") ? (Object) Double.valueOf(text) : value);
        return values;
    }

    @Override
    public int number(JsonNode row, int rows) {
        return row.get("id").intValue();
    }

    @Override
    public List<String> totals() {
        return List.of("c1", "c2", "c3", "c48", "c49");
    }
}
