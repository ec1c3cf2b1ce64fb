package examples.quickstart;

import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.Column;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Draws a star schema as SVG: facts in the middle, each with a colour of its own, dimensions on both sides, and a line
 * for each reference. References to the calendar, which most dates are, are badges instead. A table that is pointed at or
 * focused keeps its lines, and the others fade. Colours are the page's variables {@code --fact-1} and so on.
 */
final class StarDiagram {
    private static final int WIDTH = 1120;
    private static final int BOX = 290;
    private static final int HEADER = 28;
    private static final int ROW = 18;
    private static final int PADDING = 6;
    private static final int GAP = 26;
    private static final String CALENDAR = "dim_date";
    private static final int BADGE = 62;

    private final Map<String, Box> boxes = new HashMap<>();
    private final List<WarehouseTable> facts;
    private int height;

    private StarDiagram(List<WarehouseTable> tables) {
        facts = tables.stream().filter(WarehouseTable::isFact).toList();
        List<WarehouseTable> left = new ArrayList<>();
        List<WarehouseTable> right = new ArrayList<>();
        height = stack(facts, (WIDTH - BOX) / 2, 0);
        tables.stream()
                .filter(table -> !table.isFact())
                .sorted(Comparator.comparingDouble(this::middleOfReferences))
                .forEach(table -> (heightOf(left) <= heightOf(right) ? left : right).add(table));
        height = Math.max(height, Math.max(heightOf(left), heightOf(right)));
        for (List<WarehouseTable> side : List.of(left, right)) {
            int spare = (height - heightOf(side)) / Math.max(1, side.size());
            stack(side, side == left ? 0 : WIDTH - BOX, spare);
        }
    }

    private record Box(WarehouseTable table, int x, int y) {
        double rowY(String column) {
            int index = table.schema().position(column) + (table.isFact() ? 1 : 0);
            return y + HEADER + PADDING + (index + 0.5) * ROW;
        }
    }

    static String of(List<WarehouseTable> tables) {
        return new StarDiagram(tables).draw();
    }

    private int stack(List<WarehouseTable> tables, int x, int spare) {
        int y = spare / 2;
        for (WarehouseTable table : tables) {
            boxes.put(table.name(), new Box(table, x, y));
            y += heightOf(table) + GAP + spare;
        }
        return y - spare / 2 - GAP;
    }

    private static int heightOf(WarehouseTable table) {
        return HEADER + 2 * PADDING + ROW * (table.schema().size() + (table.isFact() ? 1 : 0));
    }

    private static int heightOf(List<WarehouseTable> tables) {
        return tables.stream().mapToInt(StarDiagram::heightOf).sum() + GAP * Math.max(0, tables.size() - 1);
    }

    /** Where in the middle column the references to a dimension come from, on average. */
    private double middleOfReferences(WarehouseTable dimension) {
        return facts.stream()
                .flatMap(fact -> fact.references().stream()
                        .filter(reference -> reference.table().equals(dimension.name()))
                        .map(reference -> box(fact).rowY(reference.column())))
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(height);
    }

    private Box box(WarehouseTable table) {
        return boxes.get(table.name());
    }

    /** The same as a table of references. */
    static String table(List<WarehouseTable> tables) {
        StringBuilder html = new StringBuilder(
                "<table><thead><tr><th scope='col'>table<th scope='col'>key<th scope='col'>refers to</thead><tbody>");
        for (WarehouseTable table : tables) {
            String targets = table.references().stream()
                    .map(WarehouseTable.Reference::table)
                    .distinct()
                    .collect(Collectors.joining(", "));
            html.append("<tr><td>")
                    .append(Html.escaped(table.name()))
                    .append("<td>")
                    .append(Html.escaped(table.recordId().orElseGet(() -> String.join(", ", table.key()))))
                    .append("<td>")
                    .append(Html.escaped(targets));
        }
        return html.append("</tbody></table>").toString();
    }

    private String draw() {
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg class='star' viewBox='-6 -6 %d %d' role='group' aria-label='%d facts and their dimensions'><style>",
                WIDTH + 12,
                height + 12,
                facts.size()));
        boxes.keySet().stream().sorted().forEach(name -> svg.append(highlight(name)));
        svg.append("</style>");
        StringBuilder ends = new StringBuilder();
        for (int i = 0; i < facts.size(); i++) {
            for (WarehouseTable.Reference reference : facts.get(i).references()) {
                if (!reference.table().equals(CALENDAR)) {
                    line(svg, ends, facts.get(i), reference, i + 1);
                }
            }
        }
        boxes.values().stream()
                .sorted(Comparator.comparing(Box::x).thenComparing(Box::y))
                .forEach(box -> table(svg, box));
        return svg.append(ends).append("</svg>").toString();
    }

    private static String highlight(String table) {
        return ".star:has(#t-%1$s:is(:hover,:focus)) .link:not(.%1$s){opacity:.12} .star:has(#t-%1$s:is(:hover,:focus)) .link.%1$s{stroke-width:3}"
                        .formatted(table)
                + ".star:has(#t-%1$s:is(:hover,:focus)) .badge.%1$s rect{stroke:var(--accent);stroke-width:2}"
                        .formatted(table);
    }

    private void line(
            StringBuilder svg,
            StringBuilder ends,
            WarehouseTable fact,
            WarehouseTable.Reference reference,
            int colour) {
        Box from = box(fact);
        Box to = boxes.get(reference.table());
        boolean leftwards = to.x() < from.x();
        int x1 = leftwards ? from.x() : from.x() + BOX;
        int x2 = leftwards ? to.x() + BOX : to.x();
        double y1 = from.rowY(reference.column());
        double y2 = to.rowY(reference.target());
        int middle = (x1 + x2) / 2;
        svg.append(String.format(
                Locale.ROOT,
                "<path class='link %s %s' style='stroke:var(--fact-%d)' d='M%d %.1fC%d %.1f %d %.1f %d %.1f'>"
                        + "<title>%s.%s refers to %s</title></path>",
                fact.name(),
                reference.table(),
                colour,
                x1,
                y1,
                middle,
                y1,
                middle,
                y2,
                x2,
                y2,
                fact.name(),
                reference.column(),
                reference.table()));
        dot(ends, x1, y1, colour);
        dot(ends, x2, y2, colour);
    }

    private static void dot(StringBuilder svg, int x, double y, int colour) {
        svg.append(String.format(
                Locale.ROOT, "<circle cx='%d' cy='%.1f' r='3.2' style='fill:var(--fact-%d)'/>", x, y, colour));
    }

    private void table(StringBuilder svg, Box box) {
        WarehouseTable table = box.table();
        int colour = facts.indexOf(table) + 1;
        svg.append(String.format(
                Locale.ROOT,
                "<g id='t-%s' tabindex='0' role='group' aria-label='%s, %d columns'>",
                table.name(),
                table.name(),
                table.schema().size()));
        svg.append(String.format(
                Locale.ROOT,
                "<rect class='box' x='%d' y='%d' width='%d' height='%d' rx='6'/>",
                box.x(),
                box.y(),
                BOX,
                heightOf(table)));
        svg.append(String.format(
                Locale.ROOT,
                "<path class='head' %s d='M%d %dv-%da6 6 0 0 1 6 -6h%da6 6 0 0 1 6 6v%dz'/>",
                colour == 0 ? "" : "style='fill:var(--fact-" + colour + ")'",
                box.x(),
                box.y() + HEADER,
                HEADER - 6,
                BOX - 12,
                HEADER - 6));
        text(svg, colour == 0 ? "name" : "name fact", box.x() + 10, box.y() + 19, table.name());
        int y = box.y() + HEADER + PADDING + 13;
        if (table.recordId().isPresent()) {
            row(svg, box, y, table.recordId().get(), "serial", true);
            y += ROW;
        }
        for (Column column : table.schema()) {
            row(
                    svg,
                    box,
                    y,
                    column.name(),
                    refersToCalendar(table, column) ? "" : column.type().toString(),
                    !table.isFact() && table.key().contains(column.name()));
            if (refersToCalendar(table, column)) {
                badge(svg, table, box.x() + BOX - BADGE - 10, y);
            }
            y += ROW;
        }
        svg.append("</g>");
    }

    private static boolean refersToCalendar(WarehouseTable table, Column column) {
        return table.references().stream()
                .anyMatch(reference ->
                        reference.table().equals(CALENDAR) && reference.column().equals(column.name()));
    }

    private static void badge(StringBuilder svg, WarehouseTable table, int x, int y) {
        svg.append(String.format(
                Locale.ROOT,
                "<g class='badge %s %s'><rect x='%d' y='%d' width='%d' height='16' rx='8'/>"
                        + "<text class='middle' x='%d' y='%d'>%s</text></g>",
                table.name(),
                CALENDAR,
                x,
                y - 12,
                BADGE,
                x + BADGE / 2,
                y,
                CALENDAR));
    }

    private static void row(StringBuilder svg, Box box, int y, String name, String type, boolean key) {
        text(svg, key ? "column key" : "column", box.x() + 10, y, name);
        text(svg, "type", box.x() + BOX - 10, y, type);
    }

    private static void text(StringBuilder svg, String style, int x, int y, String text) {
        svg.append("<text class='")
                .append(style)
                .append("' x='")
                .append(x)
                .append("' y='")
                .append(y)
                .append("'>");
        svg.append(Html.escaped(text)).append("</text>");
    }
}
