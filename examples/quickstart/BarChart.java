package examples.quickstart;

import java.util.List;
import java.util.Locale;

/**
 * Draws bars as a small SVG with a labelled axis, to stand beside others of its kind.
 *
 * @param title for those who cannot see it
 * @param bars from left to right
 */
record BarChart(String title, List<Bar> bars) {
    private static final int WIDTH = 340;
    private static final int HEIGHT = 190;
    private static final int LEFT = 40;
    private static final int RIGHT = 12;
    private static final int TOP = 10;
    private static final int BOTTOM = 24;
    private static final int TICKS = 4;

    /** Names that fit below the bars without touching. */
    private static final int NAMES = 5;

    /** One bar, with what stands below it. */
    record Bar(String name, double value) {}

    String svg() {
        double top = bars.stream().mapToDouble(Bar::value).max().orElse(1);
        double tick = niceTick(top / TICKS);
        double max = Math.max(tick, Math.ceil(top / tick) * tick);
        StringBuilder svg = new StringBuilder();
        add(svg, "<svg viewBox='0 0 %d %d' role='img' aria-label='%s'>", WIDTH, HEIGHT, Html.escaped(title));
        for (double value = 0; value <= max + tick / 2; value += tick) {
            double y = y(value, max);
            String line = value == 0 ? "base" : "grid";
            add(svg, "<line class='%s' x1='%d' x2='%d' y1='%.1f' y2='%.1f'/>", line, LEFT, WIDTH, y, y);
            add(svg, "<text class='tick end' x='%d' y='%.1f'>%s</text>", LEFT - 6, y + 4, number(value));
        }
        double step = (double) (WIDTH - LEFT - RIGHT) / Math.max(1, bars.size());
        int named = (bars.size() + NAMES - 1) / NAMES;
        for (int b = 0; b < bars.size(); b++) {
            Bar bar = bars.get(b);
            double y = y(bar.value(), max);
            double x = LEFT + b * step;
            add(
                    svg,
                    "<rect class='column-bar' x='%.1f' y='%.1f' width='%.1f' height='%.1f'><title>%s: %,.2f</title></rect>",
                    x + step * 0.12,
                    y,
                    step * 0.76,
                    HEIGHT - BOTTOM - y,
                    Html.escaped(bar.name()),
                    bar.value());
            if (b % named == 0) {
                add(
                        svg,
                        "<text class='tick middle' x='%.1f' y='%d'>%s</text>",
                        x + step / 2,
                        HEIGHT - 7,
                        Html.escaped(bar.name()));
            }
        }
        return svg.append("</svg>").toString();
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
