package io.github.keywharf.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Draws a {@link Table} with aligned columns: numbers to the right, everything else to the left. */
final class TablePrinter {

    static final int MAX_ROWS = 20;
    private static final int MAX_WIDTH = 40;

    private TablePrinter() {}

    static String print(Table table, int rows) {
        int columns = table.schema().size();
        int shown = Math.min(table.size(), rows);
        List<String[]> lines = new ArrayList<>(shown);
        int[] widths = new int[columns];
        for (int c = 0; c < columns; c++) {
            widths[c] = width(clipped(table.schema().column(c).name()));
        }
        for (int r = 0; r < shown; r++) {
            Row row = table.row(r);
            String[] cells = new String[columns];
            for (int c = 0; c < columns; c++) {
                cells[c] = clipped(text(row.value(c)));
                widths[c] = Math.max(widths[c], width(cells[c]));
            }
            lines.add(cells);
        }
        StringBuilder text = new StringBuilder();
        if (columns > 0) {
            head(text, table, widths);
        }
        for (String[] cells : lines) {
            for (int c = 0; c < columns; c++) {
                pad(text, cells[c], widths[c], isNumber(table.schema().column(c).type()), c);
            }
            text.append('\n');
        }
        String noun = table.size() == 1 ? " row" : " rows";
        text.append(String.format(Locale.ROOT, "(%,d%s", table.size(), noun));
        return text.append(shown < table.size() ? ", the first " + shown + " shown)" : ")")
                .toString();
    }

    private static void head(StringBuilder text, Table table, int[] widths) {
        for (int c = 0; c < widths.length; c++) {
            pad(text, clipped(table.schema().column(c).name()), widths[c], false, c);
        }
        text.append('\n');
        for (int c = 0; c < widths.length; c++) {
            text.append(c == 0 ? "" : "-+-").append("-".repeat(widths[c]));
        }
        text.append('\n');
    }

    private static void pad(StringBuilder text, String cell, int width, boolean right, int column) {
        String blanks = " ".repeat(width - width(cell));
        text.append(column == 0 ? "" : " | ").append(right ? blanks + cell : cell + blanks);
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

    private static String text(@org.jspecify.annotations.Nullable Object value) {
        return value == null ? "" : value instanceof byte[] bytes ? bytes.length + " bytes" : value.toString();
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
