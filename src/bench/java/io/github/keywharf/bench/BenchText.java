package io.github.keywharf.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The details of a result as lines for people: maps indented, and a table where all maps of a map have the same keys. */
final class BenchText {
    private static final String STEP = "  ";

    private BenchText() {}

    static List<String> lines(Map<?, ?> details) {
        List<String> lines = new ArrayList<>();
        add(lines, details, STEP);
        return lines;
    }

    private static void add(List<String> lines, Map<?, ?> details, String indent) {
        details.forEach((name, value) -> {
            if (value instanceof Map<?, ?> map) {
                lines.add(indent + name + ":");
                if (isTable(map)) {
                    lines.addAll(table(map, indent + STEP));
                } else {
                    add(lines, map, indent + STEP);
                }
            } else if (value instanceof List<?> list) {
                lines.add(indent + name + ":");
                list.forEach(line -> lines.add(indent + STEP + line));
            } else {
                lines.add(indent + name + ": " + value);
            }
        });
    }

    private static boolean isTable(Map<?, ?> rows) {
        return !rows.isEmpty()
                && rows.values().stream().allMatch(Map.class::isInstance)
                && rows.values().stream()
                                .map(row -> List.copyOf(((Map<?, ?>) row).keySet()))
                                .distinct()
                                .count()
                        == 1;
    }

    private static List<String> table(Map<?, ?> rows, String indent) {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        columns.put("", new ArrayList<>());
        rows.forEach((name, row) -> {
            columns.get("").add(String.valueOf(name));
            ((Map<?, ?>) row)
                    .forEach(
                            (column, value) -> columns.computeIfAbsent(String.valueOf(column), key -> new ArrayList<>())
                                    .add(cell(value)));
        });
        List<StringBuilder> lines = new ArrayList<>();
        for (int i = 0; i <= rows.size(); i++) {
            lines.add(new StringBuilder(indent));
        }
        columns.forEach((column, cells) -> {
            int width = Math.max(
                    column.length(),
                    Collections.max(cells.stream().map(String::length).toList()));
            String form = column.isEmpty() ? "%-" + width + "s" : "  %" + width + "s";
            lines.get(0).append(String.format(form, column));
            for (int i = 0; i < cells.size(); i++) {
                lines.get(i + 1).append(String.format(form, cells.get(i)));
            }
        });
        return lines.stream().map(StringBuilder::toString).toList();
    }

    private static String cell(Object value) {
        if (value == null) {
            return "-";
        }
        return value instanceof Double number
                ? String.format(Locale.ROOT, "%.2f", number)
                : value instanceof Number whole
                        ? String.format(Locale.ROOT, "%,d", whole.longValue())
                        : value.toString();
    }
}
