package examples.quickstart;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Table;

/** The small pieces that the page is made of. */
final class Html {
    private Html() {}

    static String section(String title, String text, String content) {
        return "<section><h2>" + title + "</h2><p>" + text + "</p>" + content + "</section>";
    }

    /** What is wider than the screen of a phone, and is scrolled there instead of shrunk. */
    static String scrolled(String label, String content) {
        return "<div class='scroll' tabindex='0' role='region' aria-label='" + escaped(label) + "'>" + content
                + "</div>";
    }

    /** What a chart shows, for those who cannot see it. */
    static String asTable(String table) {
        return "<details><summary>As a table</summary>" + table + "</details>";
    }

    static String table(Table table) {
        StringBuilder html = new StringBuilder("<table><thead><tr>");
        for (Column column : table.schema()) {
            html.append(isNumber(column.type()) ? "<th scope='col' class='right'>" : "<th scope='col'>")
                    .append(escaped(column.name().replace('_', ' ')));
        }
        html.append("</thead><tbody>");
        for (Row row : table) {
            html.append("<tr>");
            for (int c = 0; c < table.schema().size(); c++) {
                Object value = row.value(c);
                html.append(isNumber(table.schema().column(c).type()) ? "<td class='right'>" : "<td>")
                        .append(value == null ? "" : escaped(value.toString()));
            }
        }
        if (table.size() == 0) {
            html.append("<tr><td colspan='").append(table.schema().size()).append("'>no rows");
        }
        return html.append("</tbody></table>").toString();
    }

    private static boolean isNumber(ColumnType type) {
        return switch (type.kind()) {
            case INT32, INT64, DECIMAL -> true;
            default -> false;
        };
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;");
    }
}
