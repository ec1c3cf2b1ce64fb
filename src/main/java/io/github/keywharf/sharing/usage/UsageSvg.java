package io.github.keywharf.sharing.usage;

import io.github.keywharf.internal.Cut;
import io.github.keywharf.internal.Html;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;

/** Draws a chart as SVG, with classes of the page's style sheet, and its numbers as a table beside it. */
final class UsageSvg {

    private static final int WIDTH = 560;
    private static final int HEIGHT = 230;
    private static final int LEFT = 48;
    private static final int TOP = 8;
    private static final int BOTTOM = 22;
    private static final int TICKS = 4;
    private static final int NAMES = 6;

    /** Half of how wide the name of a day is. */
    private static final int HALF_DAY = 18;

    private static final int BAR = 26;
    private static final int NAME_WIDTH = 190;
    private static final int NUMBER_WIDTH = 56;
    private static final int NAME_CHARACTERS = 30;
    private static final int MAX_TEXT = 200;

    private static final double MAX_BAR_WIDTH = 48;

    private final StringBuilder html = new StringBuilder();
    private final Map<String, Integer> colours;

    private UsageSvg(Map<String, Integer> colours) {
        this.colours = colours;
    }

    /** A text of someone else. */
    static String text(String text) {
        return Html.escaped(Cut.printable(text, MAX_TEXT));
    }

    /**
     * The trend.
     *
     * @param colours the numbers of those that texts had in charts before, by text; gets more
     */
    static String trend(ChartFigures figures, Map<String, Integer> colours) {
        NavigableMap<LocalDate, Map<String, BigDecimal>> days = figures.trend(UsageChart.MAX_SERIES);
        if (days.isEmpty()) {
            return "<p>No usage yet.</p>";
        }
        List<String> series = List.copyOf(days.firstEntry().getValue().keySet());
        UsageSvg svg = new UsageSvg(coloured(series, colours));
        svg.bars(figures.chart().title(), days, series);
        if (figures.chart().by().isPresent()) {
            svg.legend(series);
        }
        svg.table("Day", series, days);
        return svg.html.toString();
    }

    static String ranking(ChartFigures figures) {
        Map<String, BigDecimal> ranking = figures.ranking(UsageChart.MAX_BARS);
        if (ranking.isEmpty()) {
            return "<p>No usage yet.</p>";
        }
        UsageSvg svg = new UsageSvg(Map.of());
        svg.ranked(figures.chart().title(), ranking);
        return svg.html.toString();
    }

    private void bars(String title, NavigableMap<LocalDate, Map<String, BigDecimal>> days, List<String> series) {
        double top = days.values().stream()
                .mapToDouble(day -> day.values().stream()
                        .mapToDouble(BigDecimal::doubleValue)
                        .filter(value -> value > 0)
                        .sum())
                .max()
                .orElse(0);
        double tick = niceTick(top / TICKS);
        double max = Math.max(tick, Math.ceil(top / tick) * tick);
        open(title, HEIGHT);
        for (int line = 0; line * tick <= max * 1.001; line++) {
            double y = y(line * tick, max);
            add(
                    "<line class=\"%s\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
                    line == 0 ? "base" : "grid", LEFT, WIDTH, y, y);
            add(
                    "<text class=\"end\" x=\"%d\" y=\"%.1f\">%s</text>",
                    LEFT - 6, y + 4, number(BigDecimal.valueOf(line * tick)));
        }
        double step = (double) (WIDTH - LEFT) / days.size();
        double width = Math.min(step * 0.8, MAX_BAR_WIDTH);
        int named = (days.size() + NAMES - 1) / NAMES;
        int at = 0;
        for (Map.Entry<LocalDate, Map<String, BigDecimal>> day : days.entrySet()) {
            double x = LEFT + at * step;
            double below = 0;
            for (int s = 0; s < series.size(); s++) {
                BigDecimal value = day.getValue().getOrDefault(series.get(s), BigDecimal.ZERO);
                if (value.signum() > 0) {
                    double above = below + value.doubleValue();
                    add(
                            "<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"><title>%s</title></rect>",
                            colour(series.get(s)),
                            x + (step - width) / 2,
                            y(above, max),
                            width,
                            y(below, max) - y(above, max),
                            text(day.getKey() + (series.get(s).isEmpty() ? "" : ", " + series.get(s)) + ": "
                                    + exact(value)));
                    below = above;
                }
            }
            if (at % named == 0) {
                add(
                        "<text class=\"middle\" x=\"%.1f\" y=\"%d\">%s</text>",
                        Math.min(x + step / 2, WIDTH - HALF_DAY),
                        HEIGHT - 6,
                        day.getKey().toString().substring(5));
            }
            at++;
        }
        html.append("</svg>");
    }

    private void ranked(String title, Map<String, BigDecimal> ranking) {
        double max = Math.max(
                1e-9,
                ranking.values().stream()
                        .mapToDouble(BigDecimal::doubleValue)
                        .max()
                        .orElse(0));
        open(title, ranking.size() * BAR);
        int room = WIDTH - NAME_WIDTH - NUMBER_WIDTH;
        int y = 0;
        for (Map.Entry<String, BigDecimal> bar : ranking.entrySet()) {
            double width = Math.max(0, bar.getValue().doubleValue()) / max * room;
            String name = Cut.printable(bar.getKey(), MAX_TEXT);
            add(
                    "<text class=\"end name\" x=\"%d\" y=\"%d\">%s<title>%s</title></text>",
                    NAME_WIDTH - 8,
                    y + 17,
                    // The end of a dotted name says more than its beginning.
                    Html.escaped(
                            name.length() <= NAME_CHARACTERS
                                    ? name
                                    : "…" + name.substring(name.length() - NAME_CHARACTERS + 1)),
                    Html.escaped(name));
            add(
                    "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.2f\" height=\"%d\"><title>%s</title></rect>",
                    bar.getKey().equals(ChartFigures.OTHER) ? "s8" : "s0",
                    NAME_WIDTH,
                    y + 4,
                    width,
                    BAR - 8,
                    Html.escaped(name + ": " + exact(bar.getValue())));
            add("<text x=\"%.1f\" y=\"%d\">%s</text>", NAME_WIDTH + width + 6, y + 17, number(bar.getValue()));
            y += BAR;
        }
        html.append("</svg>");
    }

    private void legend(List<String> series) {
        html.append("<ul>");
        for (int s = 0; s < series.size(); s++) {
            add(
                    "<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"%s\" width=\"10\" height=\"10\" rx=\"2\"/></svg>%s</li>",
                    colour(series.get(s)), text(series.get(s)));
        }
        html.append("</ul>");
    }

    private void table(String first, List<String> series, NavigableMap<LocalDate, Map<String, BigDecimal>> days) {
        html.append("<details><summary>As a table</summary><div class=\"scroll\" tabindex=\"0\"><table><thead><tr>");
        add("<th scope=\"col\">%s</th>", first);
        series.forEach(name -> add("<th scope=\"col\">%s</th>", name.isEmpty() ? "Amount" : text(name)));
        html.append("</tr></thead><tbody>");
        days.descendingMap().forEach((day, values) -> {
            add("<tr><th scope=\"row\">%s</th>", day);
            series.forEach(name -> add("<td>%s</td>", exact(values.getOrDefault(name, BigDecimal.ZERO))));
            html.append("</tr>");
        });
        html.append("</tbody></table></div></details>");
    }

    private void open(String title, int height) {
        add("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", WIDTH, height, text(title));
    }

    private void add(String format, Object... values) {
        html.append(String.format(Locale.ROOT, format, values));
    }

    private String colour(String text) {
        return "s" + colours.getOrDefault(text, UsageChart.MAX_SERIES);
    }

    /** A text keeps its colour from chart to chart, unless another one of the same chart has it. */
    private static Map<String, Integer> coloured(List<String> series, Map<String, Integer> known) {
        Map<String, Integer> chosen = new HashMap<>();
        for (String text : series) {
            if (!text.equals(ChartFigures.OTHER)) {
                int colour = known.getOrDefault(text, known.size() % UsageChart.MAX_SERIES);
                while (chosen.containsValue(colour)) {
                    colour = (colour + 1) % UsageChart.MAX_SERIES;
                }
                chosen.put(text, colour);
                known.putIfAbsent(text, colour);
            }
        }
        return chosen;
    }

    private static double y(double value, double max) {
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / max);
    }

    /** The next larger of 1, 2 and 5 times a power of ten. */
    private static double niceTick(double atLeast) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(atLeast, 1e-9))));
        double ratio = atLeast / power;
        return power * (ratio <= 1 ? 1 : ratio <= 2 ? 2 : ratio <= 5 ? 5 : 10);
    }

    /** All digits, in groups of three. */
    static String exact(BigDecimal value) {
        BigDecimal plain = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
        return String.format(Locale.ROOT, "%,." + Math.max(0, plain.scale()) + "f", plain);
    }

    /** Three digits, with k, M, G or T for thousands and so on. */
    static String number(BigDecimal value) {
        String[] units = {"", "k", "M", "G", "T"};
        BigDecimal rounded = value.round(new MathContext(3, RoundingMode.HALF_UP));
        int unit = 0;
        while (rounded.abs().compareTo(BigDecimal.valueOf(1000)) >= 0 && unit < units.length - 1) {
            rounded = rounded.movePointLeft(3);
            unit++;
        }
        return exact(rounded) + units[unit];
    }
}
