package io.github.keywharf.sharing.usage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.Sha256;
import io.github.keywharf.table.Rows;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A page of HTML with the charts of usage, for a tenant that has no Superset.
 *
 * <pre>{@code
 * UsagePage.of("acme", UsageCharts.platform(), sharedTable.rows()).write(Path.of("usage.html"));
 * }</pre>
 *
 * <p>One file: style and charts are in it, it has no script, and its Content-Security-Policy lets it load nothing. The same rows
 * give the same page, in any order as long as a column has at most {@value ChartFigures#MAX_TEXTS} texts. A trend shows the last {@value ChartFigures#MAX_DAYS} days that have usage, in UTC.
 *
 * <p>Immutable and thread-safe.
 */
public final class UsagePage {

    private static final String CSS = style();
    private static final String POLICY =
            "default-src 'none'; style-src '" + Sha256.forPolicy(CSS) + "'; base-uri 'none'; form-action 'none'";

    private final String tenant;
    private final String html;

    private UsagePage(String tenant, String html) {
        this.tenant = tenant;
        this.html = html;
    }

    /**
     * A page of rows, which are read to their end and closed.
     *
     * @param tenant whose usage it is, as the page shows it
     * @param charts what to show; its table's name does not matter
     * @param rows have the columns of the charts, perhaps others too; only rows of that tenant
     * @throws IllegalArgumentException when a column is missing, or a column {@value UsageLog#TENANT} has several tenants
     */
    public static UsagePage of(String tenant, UsageCharts charts, Rows rows) {
        UsageCharts.checkTitle(tenant);
        return new UsagePage(tenant, html(tenant, ChartFigures.of(charts, rows)));
    }

    private static String html(String tenant, List<ChartFigures> all) {
        StringBuilder html = new StringBuilder(1 << 16);
        String title = "Platform usage: " + UsageSvg.text(tenant);
        html.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta http-equiv=\"Content-Security-Policy\" content=\"")
                .append(POLICY)
                .append("\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .append("<meta name=\"referrer\" content=\"no-referrer\"><title>")
                .append(title)
                .append("</title><style>")
                .append(CSS)
                .append("</style></head><body><header><h1>")
                .append(title)
                .append("</h1><p>")
                .append(period(all))
                .append("</p></header>\n<dl>");
        all.stream()
                .filter(figures -> figures.chart().shape() == UsageChart.Shape.TOTAL)
                .forEach(figures -> html.append("<div><dt>")
                        .append(UsageSvg.text(figures.chart().title()))
                        .append("</dt><dd title=\"")
                        .append(UsageSvg.exact(figures.total()))
                        .append("\">")
                        .append(UsageSvg.number(figures.total()))
                        .append("</dd></div>"));
        html.append("</dl>\n<main>");
        Map<String, Integer> colours = new HashMap<>();
        all.stream()
                .filter(figures -> figures.chart().shape() != UsageChart.Shape.TOTAL)
                .forEach(figures -> html.append("\n<section><h2>")
                        .append(UsageSvg.text(figures.chart().title()))
                        .append("</h2>")
                        .append(
                                figures.chart().shape() == UsageChart.Shape.TREND
                                        ? UsageSvg.trend(figures, colours)
                                        : UsageSvg.ranking(figures))
                        .append("</section>"));
        return html.append("\n</main></body></html>\n").toString();
    }

    private static String period(List<ChartFigures> all) {
        List<LocalDate> ends = all.stream()
                .filter(figures -> figures.chart().shape() == UsageChart.Shape.TREND)
                .map(figures -> figures.trend(1))
                .filter(days -> !days.isEmpty())
                .flatMap(days -> Stream.of(days.firstKey(), days.lastKey()))
                .sorted()
                .toList();
        Optional<LocalDate> first = ends.stream().findFirst();
        return first.map(day -> day + " to " + ends.get(ends.size() - 1) + ", days in UTC")
                .orElse("No usage yet");
    }

    private static String style() {
        try (InputStream css = UsagePage.class.getResourceAsStream("usage.css")) {
            if (css == null) {
                throw new IllegalStateException("The resource usage.css is not on the class path");
            }
            return new String(css.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The page as text. */
    public String html() {
        return html;
    }

    /** The page as the response of a route; who may see it is for the route to decide. */
    public HttpResponse response() {
        return HttpResponse.of(200)
                .withHeader("Content-Type", "text/html; charset=utf-8")
                .withHeader("Content-Security-Policy", POLICY + "; frame-ancestors 'none'")
                .withHeader("X-Content-Type-Options", "nosniff")
                .withHeader("Referrer-Policy", "no-referrer")
                .withHeader("Cache-Control", "no-store")
                .withBody(HttpBody.of(html.getBytes(UTF_8)));
    }

    /**
     * Writes the page, in place of a file that is there.
     *
     * @return the file
     * @throws KeywharfException with code {@code sharing.not_written}
     */
    public Path write(Path file) {
        return SupersetBundle.write(file, html.getBytes(UTF_8));
    }

    @Override
    public String toString() {
        return "UsagePage[" + tenant + ", " + html.length() + " characters]";
    }
}
