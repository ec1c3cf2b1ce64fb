package io.github.keywharf.internal;

import java.util.List;

/** Lines of a report in aligned columns that fit a terminal of 80 columns: names to the left, figures to the right. */
public final class ReportLines {
    private static final int TERMINAL = 80;
    private static final String BETWEEN = "  ";

    private ReportLines() {}

    /**
     * Returns the lines, each with a line break before it. Names are cut where the figures leave no room for them.
     *
     * @param lines cells, the name first; all lines have the same number
     */
    public static String aligned(List<List<String>> lines) {
        int columns = lines.get(0).size();
        int[] widths = new int[columns];
        for (List<String> line : lines) {
            for (int c = 0; c < columns; c++) {
                widths[c] = Math.max(widths[c], line.get(c).length());
            }
        }
        int figures = 0;
        for (int c = 1; c < columns; c++) {
            figures += BETWEEN.length() + widths[c];
        }
        int names = Math.max(2, Math.min(widths[0], TERMINAL - figures));
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            String name = line.get(0).length() <= names ? line.get(0) : Cut.to(line.get(0), names - 1);
            StringBuilder drawn = new StringBuilder(name).append(" ".repeat(names - name.length()));
            for (int c = 1; c < columns; c++) {
                drawn.append(BETWEEN)
                        .append(" ".repeat(widths[c] - line.get(c).length()))
                        .append(line.get(c));
            }
            text.append('\n').append(drawn.toString().stripTrailing());
        }
        return text.toString();
    }
}
