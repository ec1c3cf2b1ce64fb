package io.github.keywharf.sharing.usage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.HtmlPage;
import io.github.keywharf.table.Rows;
import java.nio.file.Path;
import java.util.List;

/**
 * A page of HTML with the charts of usage, for a tenant that has no Superset.
 *
 * <pre>{@code
 * UsagePage.of("acme", UsageCharts.platform(), sharedTable.rows()).write(Path.of("usage.html"));
 * }</pre>
 *
 * <p>One file, which needs JavaScript: its script draws the charts from the numbers in the page, and its
 * Content-Security-Policy lets it load nothing and run nothing else. The same rows give the same page, in any order as long
 * as a column has at most {@value ChartFigures#MAX_TEXTS} texts. A trend shows the last {@value ChartFigures#MAX_DAYS} days
 * that have usage, in UTC.
 *
 * <p>Immutable and thread-safe.
 */
public final class UsagePage {

    private static final HtmlPage PAGE = HtmlPage.of(UsagePage.class, "usage.html");

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
        return new UsagePage(tenant, PAGE.with(json(tenant, ChartFigures.of(charts, rows))));
    }

    private static String json(String tenant, List<ChartFigures> all) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("tenant", tenant);
        ArrayNode charts = json.putArray("charts");
        all.forEach(figures -> figures.write(charts.addObject()));
        return json.toString();
    }

    /** The page as text. */
    public String html() {
        return html;
    }

    /** The page as the response of a route; who may see it is for the route to decide. */
    public HttpResponse response() {
        return HttpResponse.page(html, PAGE.policy());
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
