package examples.quickstart;

import java.util.List;
import java.util.Locale;

/**
 * Draws bars in groups as SVG, with a labelled axis. Colours are the page's variables {@code --series-1} and so on.
 *
 * @param title for those who cannot see it
 * @param axis what the values are, with their unit
 * @param series names of the bars of each group
 * @param groups what stands on the horizontal axis
 */
record BarChart(String title, String axis, List<String> series, List<Group> groups) {
    private static final int WIDTH = 1000;
    private static final int HEIGHT = 320;
    private static final int LEFT = 64;
    private static final int TOP = 14;
    private static final int BOTTOM = 34;
    private static final int TICKS = 5;

    /**
     * Bars side by side.
     *
     * @param name what stands below them
     * @param values one for each series
     */
    record Group(String name, List<Double> values) {}

    String svg() {
        double top = groups.stream()
                .flatMap(group -> group.values().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        double tick = niceTick(top / TICKS);
        double max = Math.max(tick, Math.ceil(top / tick) * tick);
        StringBuilder svg = new StringBuilder();
        svg.append("<svg viewBox='0 0 ")
                .append(WIDTH)
                .append(' ')
                .append(HEIGHT)
                .append("' role='img' aria-label='");
        svg.append(Page.escaped(title)).append("'>");
        for (double value = 0; value <= max + tick / 2; value += tick) {
            double y = y(value, max);
            add(
                    svg,
                    "<line class='%s' x1='%d' x2='%d' y1='%.1f' y2='%.1f'/>",
                    value == 0 ? "base" : "grid",
                    LEFT,
                    WIDTH,
                    y,
                    y);
            add(svg, "<text class='tick end' x='%d' y='%.1f'>%s</text>", LEFT - 8, y + 4, number(value));
        }
        int plot = HEIGHT - TOP - BOTTOM;
        add(
                svg,
                "<text class='axis' transform='translate(13 %d) rotate(-90)'>%s</text>",
                TOP + plot / 2,
                Page.escaped(axis));
        double step = (double) (WIDTH - LEFT) / groups.size();
        for (int g = 0; g < groups.size(); g++) {
            bars(svg, groups.get(g), LEFT + g * step, step, max);
        }
        return svg.append("</svg>").toString();
    }

    private void bars(StringBuilder svg, Group group, double x, double step, double max) {
        double bar = Math.min(24, (step * 0.78) / series.size());
        double from = x + (step - bar * series.size()) / 2;
        for (int s = 0; s < series.size(); s++) {
            double value = group.values().get(s);
            double y = y(value, max);
            double height = HEIGHT - BOTTOM - y;
            double round = Math.min(3, height);
            add(
                    svg,
                    "<path style='fill:var(--series-%d)' d='M%.1f %dv-%.1fq0 -%.1f %.1f -%.1fh%.1fq%.1f 0 %.1f %.1fv%.1fz'>",
                    s + 1,
                    from + s * bar + 1,
                    HEIGHT - BOTTOM,
                    height - round,
                    round,
                    round,
                    round,
                    bar - 2 - 2 * round,
                    round,
                    round,
                    round,
                    height - round);
            add(
                    svg,
                    "<title>%s%s: %s</title></path>",
                    Page.escaped(group.name()),
                    series.size() > 1 ? ", " + Page.escaped(series.get(s)) : "",
                    String.format(Locale.ROOT, "%,.2f", value));
        }
        add(
                svg,
                "<text class='tick middle' x='%.1f' y='%d'>%s</text>",
                x + step / 2,
                HEIGHT - 12,
                Page.escaped(group.name()));
    }

    private static double y(double value, double max) {
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / max);
    }

    private static void add(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }

    /** The next larger of 1, 2 and 5 times a power of ten. */
    private static double niceTick(double atLeast) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(atLeast, 1e-9))));
        double ratio = atLeast / power;
        return power * (ratio <= 1 ? 1 : ratio <= 2 ? 2 : ratio <= 5 ? 5 : 10);
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,d", (long) value)
                : String.format(Locale.ROOT, "%,.1f", value);
    }
}
