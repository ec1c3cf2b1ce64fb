package io.github.keywharf.sharing.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.HtmlPage;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.Browser;
import java.awt.image.BufferedImage;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsagePageTest {
    @TempDir
    private Path directory;

    private static final String HOSTILE = "<img src=x onerror=alert(1)>'\"&\u202e";

    private static UsagePage page(List<SampleUsage> usage) {
        return UsagePage.of("acme", UsageCharts.platform(), SampleUsage.rows(usage));
    }

    private static List<SampleUsage> with(String activity) {
        List<SampleUsage> usage = new ArrayList<>(SampleUsage.some());
        usage.add(new SampleUsage("acme", SampleUsage.START, activity, "info", "rows", "count", 9_000_000));
        return usage;
    }

    private String seenByBrowser(UsagePage page) throws Exception {
        Browser browser = Browser.find(directory);
        return browser.elements(
                page.write(directory.resolve("usage.html")).toUri().toString());
    }

    @Test
    void totals_trends_and_rankings_are_on_the_page() throws Exception {
        assertThat(seenByBrowser(page(SampleUsage.some())))
                .contains("<title>Platform usage: acme</title>", "2026-11-01 to 2026-11-05, days in UTC")
                .contains("<dt>Rows</dt><dd title=\"728,272\">728k</dd>", "<dt>Problems</dt><dd title=\"168\">168</dd>")
                .contains("title=\"2026-11-01, load.finished: 27\"", "title=\"2026-11-01, batch.file.ingested: 27\"")
                .doesNotContain("BatchEvent")
                .contains("<li><i class=\"s1\"></i>it's &lt;b&gt;odd&lt;/b&gt;</li>")
                .contains("<li title=\"it's &lt;b&gt;odd&lt;/b&gt;: 364,120\">")
                .containsPattern("<th scope=\"row\" data-label=\"Day\">2026-11-04</th>(<td [^>]*>0</td>){3}</tr>");
    }

    @Test
    void short_times_are_shown_in_smaller_units_than_hours() throws Exception {
        List<SampleUsage> usage = new ArrayList<>();
        for (long nanoseconds : new long[] {20_000_000L, 1_500_000_000L, 90_000_000_000L, 7_200_000_000_000L}) {
            usage.add(new SampleUsage(
                    "acme", SampleUsage.START, "took " + nanoseconds, "info", "took", "nanoseconds", nanoseconds));
        }

        assertThat(seenByBrowser(page(usage)))
                .contains("<h2>Time by activity</h2>")
                .contains("took 7200000000000</span><b>2 h</b>", "took 90000000000</span><b>1.5 min</b>")
                .contains("took 1500000000</span><b>1.5 s</b>", "took 20000000</span><b>21.6 ms</b>");
    }

    @Test
    void the_order_of_rows_does_not_matter() {
        List<SampleUsage> shuffled = new ArrayList<>(SampleUsage.some());
        Collections.shuffle(shuffled, new Random(1));

        assertThat(page(shuffled).html()).isEqualTo(page(SampleUsage.some()).html());
    }

    @Test
    void a_page_without_usage_says_so() throws Exception {
        assertThat(seenByBrowser(UsagePage.of("acme", UsageCharts.platform(), Rows.empty(UsageLog.SCHEMA))))
                .contains(">No usage yet</p>", "<dt>Rows</dt><dd title=\"0\">0</dd>", "<p>No usage yet.</p>");
    }

    @Test
    void the_response_has_the_policy_of_the_page_and_may_be_neither_framed_nor_cached() {
        UsagePage page = page(with(HOSTILE));

        try (HttpResponse response = page.response()) {
            assertThat(response.header("Content-Security-Policy").orElseThrow())
                    .startsWith("default-src 'none'; style-src 'sha256-")
                    .endsWith("; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
            assertThat(response.header("Cache-Control")).contains("no-store");
            assertThat(response.body().text(1 << 20)).isEqualTo(page.html());
        }
    }

    @Test
    void a_browser_shows_the_charts_and_takes_no_text_for_markup() throws Exception {
        Browser browser = Browser.find(directory);
        String url = page(with(HOSTILE))
                .write(directory.resolve("usage.html"))
                .toUri()
                .toString();

        String seen = browser.elements(url);
        assertThat(seen)
                .contains("<h2>Rows by day</h2>", "&lt;img src=x onerror=alert(1)&gt;'\"&amp;?")
                .doesNotContain("<img");
        assertThat(seen.split("<i class=\"s", -1)).hasSizeGreaterThan(30);

        BufferedImage picture = browser.screenshot(url, 1200, 1400);
        // Bars have the colours of the style sheet, which the policy would keep away if its hash were wrong.
        assertThat(pixels(picture, 0x1f5fad)).isGreaterThan(1_000);
        assertThat(pixels(picture, 0x2b7a36)).isGreaterThan(1_000);
        assertThat(pixels(picture, 0xf4f5f8)).as("the page's ground").isGreaterThan(10_000);
    }

    private static int pixels(BufferedImage picture, int colour) {
        int found = 0;
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                found += (picture.getRGB(x, y) & 0xffffff) == colour ? 1 : 0;
            }
        }
        return found;
    }

    @Test
    void many_days_and_many_texts_are_limited() throws Exception {
        List<SampleUsage> usage = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            usage.add(new SampleUsage(
                    "acme", SampleUsage.START.plus(Duration.ofDays(i)), "activity " + i, "info", "events", "count", 1));
        }
        List<ChartFigures> figures = ChartFigures.of(UsageCharts.platform(), SampleUsage.rows(usage));
        ChartFigures byDay = figures.stream()
                .filter(chart -> chart.chart().title().equals("Events by day"))
                .findFirst()
                .orElseThrow();

        assertThat(figures.get(0).total()).isEqualByComparingTo("1000");
        assertThat(byDay.trend(8)).hasSize(ChartFigures.MAX_DAYS);
        assertThat(byDay.trend(8).lastKey()).hasToString("2029-07-27");
        assertThat(byDay.trend(8).lastEntry().getValue()).hasSize(9).containsEntry(ChartFigures.OTHER, BigDecimal.ONE);
        assertThat(byDay.ranking(8).get(ChartFigures.OTHER)).isEqualByComparingTo("992");
        assertThat(page(usage).html()).hasSizeLessThan(400_000);
        assertThat(seenByBrowser(page(usage))).contains("2028-07-27 to 2029-07-27, days in UTC");
    }

    @Test
    void rows_of_several_tenants_are_not_shown_to_one() {
        List<SampleUsage> usage = new ArrayList<>(SampleUsage.some());
        usage.add(new SampleUsage("globex", SampleUsage.START, "export", "info", "events", "count", 1));
        assertThatThrownBy(() -> page(usage))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("several tenants");
    }

    @Test
    void the_last_day_is_named() throws Exception {
        List<SampleUsage> usage = new ArrayList<>();
        for (int day = 0; day < 21; day++) {
            usage.add(new SampleUsage(
                    "acme", SampleUsage.START.plus(Duration.ofDays(day)), "export", "info", "events", "count", 1));
        }

        assertThat(seenByBrowser(page(usage))).contains("<span>11-01</span>", "<span>11-21</span></div>");
    }

    @Test
    void rows_that_lack_a_column_are_refused() {
        assertThatThrownBy(() -> UsagePage.of(
                        "acme", UsageCharts.platform(), Rows.empty(Schema.of(UsageLog.SCHEMA.column("amount")))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("There is no column");
        assertThatThrownBy(() -> page(List.of()).write(directory.resolve("absent/usage.html")))
                .extracting("code")
                .isEqualTo("sharing.not_written");
    }

    @Test
    void numbers_have_three_digits_and_all_of_them_where_they_are_pointed_at() throws Exception {
        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put("0", "0");
        numbers.put("7", "7");
        numbers.put("999", "999");
        numbers.put("1000", "1k");
        numbers.put("12345", "12.3k");
        numbers.put("999999", "1M");
        numbers.put("1234567890", "1.23G");
        numbers.put("0.5", "0.5");
        numbers.put("2.3456", "2.35");
        numbers.put("-1500", "-1.5k");
        numbers.put("9223372036854775807", "9,220,000T");
        String totals = numbers.keySet().stream()
                .map(number -> "{\"title\": \"n\", \"value\": \"" + number + "\"}")
                .collect(Collectors.joining(", ", "{\"tenant\": \"acme\", \"charts\": [", "]}"));
        Path page = Files.writeString(
                directory.resolve("numbers.html"),
                HtmlPage.of(UsagePage.class, "usage.html").with(totals));

        String seen = Browser.find(directory).elements(page.toUri().toString());

        assertThat(numbers.values()).allMatch(shown -> seen.contains(">" + shown + "</dd>"));
        assertThat(seen).contains("title=\"9,223,372,036,854,775,807\"", "title=\"2.3456\"");
    }

    @Test
    void the_page_can_be_read_by_a_screen_reader() throws Exception {
        assertThat(seenByBrowser(page(SampleUsage.some())))
                .contains("role=\"img\" aria-label=\"Rows by day\"", "<summary>As a table</summary>")
                .contains("<th scope=\"col\">");
        assertThat(page(SampleUsage.some()).html().getBytes(UTF_8)).hasSizeLessThan(60_000);
    }
}
