package io.github.keywharf.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Draws a {@link Table} with aligned columns: numbers to the right, everything else to the left. */
final class TablePrinter {

    static final int MAX_ROWS = 20;
    private static final int MAX_WIDTH = 40;

    private TablePrinter() {}

    static String print(Table table, int rows) {
        int shown = Math.min(table.size(), rows);
        List<List<String>> columns = IntStream.range(0, table.schema().size())
                .mapToObj(column -> lines(table, column, shown))
                .toList();
        StringBuilder text = new StringBuilder();
        for (int line = 0; !columns.isEmpty() && line < shown + 2; line++) {
            int position = line;
            text.append(columns.stream()
                            .map(lines -> lines.get(position))
                            .collect(Collectors.joining(line == 1 ? "-+-" : " | ")))
                    .append('\n');
        }
        text.append(String.format(Locale.ROOT, "(%,d %s", table.size(), table.size() == 1 ? "row" : "rows"));
        return text.append(shown < table.size() ? ", the first " + shown + " shown)" : ")")
                .toString();
    }

    /** A column's name, a rule and its cells, all of one width. */
    private static List<String> lines(Table table, int position, int rows) {
        Column column = table.schema().column(position);
        String name = clipped(column.name());
        List<String> cells = IntStream.range(0, rows)
                .mapToObj(row -> clipped(text(table.row(row).value(position))))
                .toList();
        int width = Math.max(
                width(name), cells.stream().mapToInt(TablePrinter::width).max().orElse(0));
        boolean number = isNumber(column.type());
        List<String> lines = new ArrayList<>();
        lines.add(name + blanks(name, width));
        lines.add("-".repeat(width));
        cells.forEach(cell -> lines.add(number ? blanks(cell, width) + cell : cell + blanks(cell, width)));
        return lines;
    }

    private static String blanks(String cell, int width) {
        return " ".repeat(width - width(cell));
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }

    private static boolean isNumber(ColumnType type) {
        return switch (type.kind()) {
            case INT32, INT64, FLOAT32, FLOAT64, DECIMAL -> true;
            default -> false;
        };
    }

    private static String text(@Nullable Object value) {
        return value instanceof byte[] bytes ? bytes.length + " bytes" : Objects.toString(value, "");
    }

    private static String clipped(String cell) {
        StringBuilder plain = new StringBuilder();
        cell.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .limit(MAX_WIDTH + 1L)
                .forEach(plain::appendCodePoint);
        int count = plain.codePointCount(0, plain.length());
        return count <= MAX_WIDTH
                ? plain.toString()
                : plain.substring(0, plain.offsetByCodePoints(0, MAX_WIDTH - 1)) + "…";
    }
}
