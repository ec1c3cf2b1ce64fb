package io.github.keywharf.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Draws a {@link Table} with aligned columns: numbers to the right, everything else to the left. */
final class TablePrinter {

    static final int MAX_ROWS = 20;
    static final int TERMINAL_WIDTH = 80;
    private static final int MAX_WIDTH = 40;
    /** The narrowest that a column of text is cut to. */
    private static final int LEAST_WIDTH = 8;

    private static final String BETWEEN = " | ";

    private TablePrinter() {}

    static String print(Table table, int rows, int terminal) {
        int all = table.schema().size();
        int shown = Math.min(table.size(), rows);
        List<String[]> lines = new ArrayList<>(shown);
        int[] widths = new int[all];
        for (int c = 0; c < all; c++) {
            widths[c] = width(clipped(table.schema().column(c).name(), MAX_WIDTH));
        }
        for (int r = 0; r < shown; r++) {
            Row row = table.row(r);
            String[] cells = new String[all];
            for (int c = 0; c < all; c++) {
                cells[c] = clipped(text(row.value(c)), MAX_WIDTH);
                widths[c] = Math.max(widths[c], width(cells[c]));
            }
            lines.add(cells);
        }
        narrow(table.schema(), widths, terminal);
        int columns = fitting(widths, terminal);
        StringBuilder text = new StringBuilder();
        if (columns > 0) {
            head(text, table, Arrays.copyOf(widths, columns));
        }
        for (String[] cells : lines) {
            for (int c = 0; c < columns; c++) {
                String cell = clipped(cells[c], widths[c]);
                String blanks = blanks(cell, widths[c]);
                text.append(c == 0 ? "" : BETWEEN)
                        .append(isNumber(table.schema().column(c).type()) ? blanks + cell : cell + blanks);
            }
            text.append('\n');
        }
        String noun = table.size() == 1 ? " row" : " rows";
        text.append(String.format(Locale.ROOT, "(%,d%s", table.size(), noun));
        text.append(shown < table.size() ? ", the first " + shown + " shown" : "");
        if (columns < all) {
            text.append(", ").append(all - columns).append(all - columns == 1 ? " more column" : " more columns");
        }
        return text.append(')').toString();
    }

    /** Cuts columns of text, the widest first, until all columns fit. */
    private static void narrow(Schema schema, int[] widths, int terminal) {
        while (total(widths, widths.length) > terminal) {
            int widest = -1;
            for (int c = 0; c < widths.length; c++) {
                boolean isText = schema.column(c).type().kind() == ColumnType.Kind.STRING;
                if (isText && widths[c] > LEAST_WIDTH && (widest < 0 || widths[c] > widths[widest])) {
                    widest = c;
                }
            }
            if (widest < 0) {
                return;
            }
            widths[widest]--;
        }
    }

    /** Number of columns from the left that fit, at least one. */
    private static int fitting(int[] widths, int terminal) {
        int columns = widths.length;
        while (columns > 1 && total(widths, columns) > terminal) {
            columns--;
        }
        return columns;
    }

    private static long total(int[] widths, int columns) {
        return Arrays.stream(widths, 0, columns).asLongStream().sum()
                + (long) BETWEEN.length() * Math.max(0, columns - 1);
    }

    private static void head(StringBuilder text, Table table, int[] widths) {
        for (int c = 0; c < widths.length; c++) {
            String name = clipped(table.schema().column(c).name(), widths[c]);
            text.append(c == 0 ? "" : BETWEEN).append(name).append(blanks(name, widths[c]));
        }
        text.append('\n');
        for (int c = 0; c < widths.length; c++) {
            text.append(c == 0 ? "" : "-+-").append("-".repeat(widths[c]));
        }
        text.append('\n');
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

    private static String clipped(String cell, int most) {
        StringBuilder plain = new StringBuilder();
        cell.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .limit(most + 1L)
                .forEach(plain::appendCodePoint);
        int count = plain.codePointCount(0, plain.length());
        return count <= most ? plain.toString() : plain.substring(0, plain.offsetByCodePoints(0, most - 1)) + "…";
    }
}
