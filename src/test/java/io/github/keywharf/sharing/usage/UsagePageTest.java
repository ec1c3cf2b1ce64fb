package io.github.keywharf.sharing.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.Sha256;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.Browser;
import java.awt.image.BufferedImage;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @Test
    void totals_trends_and_rankings_are_on_the_page() {
        assertThat(page(SampleUsage.some()).html())
                .contains("<title>Platform usage: acme</title>", "2026-11-01 to 2026-11-05, days in UTC")
                .contains("<dt>Rows</dt><dd title=\"728,336\">728k</dd>", "<dt>Problems</dt><dd title=\"168\">168</dd>")
                .contains("<title>2026-11-01, Load.Finished: 27</title>")
                .contains("<rect class=\"s2\" width=\"10\" height=\"10\" rx=\"2\"/></svg>it&#39;s")
                .contains("<title>it&#39;s &lt;b&gt;odd&lt;/b&gt;: 364,120</title>")
                .contains("<tr><th scope=\"row\">2026-11-04</th><td>0</td><td>0</td><td>0</td></tr>");
    }

    @Test
    void the_order_of_rows_does_not_matter() {
        List<SampleUsage> shuffled = new ArrayList<>(SampleUsage.some());
        Collections.shuffle(shuffled, new Random(1));

        assertThat(page(shuffled).html()).isEqualTo(page(SampleUsage.some()).html());
    }

    @Test
    void a_page_without_usage_says_so() {
        assertThat(UsagePage.of("acme", UsageCharts.platform(), Rows.empty(UsageLog.SCHEMA))
                        .html())
                .contains("<p>No usage yet</p>", "<dt>Rows</dt><dd title=\"0\">0</dd>", "<p>No usage yet.</p>");
    }

    @Test
    void the_page_loads_nothing_and_runs_nothing() {
        UsagePage page = page(with(HOSTILE));
        String style = page.html().replaceAll("(?s).*<style>(.*)</style>.*", "$1");

        assertThat(page(SampleUsage.some()).html())
                .doesNotContain(
                        "<script", "http://", "https://", "url(", "@import", " src=", " style=", "href=", " on");
        assertThat(page.html())
                .doesNotContain("<img")
                .containsPattern("&lt;img src=x onerror=alert\\(1\\)&gt;&#39;&quot;&amp;\\?")
                .contains("content=\"default-src 'none'; style-src '" + Sha256.forPolicy(style) + "'; base-uri 'none'");
        try (HttpResponse response = page.response()) {
            assertThat(response.header("Content-Security-Policy").orElseThrow())
                    .startsWith("default-src 'none'; style-src 'sha256-")
                    .endsWith("; frame-ancestors 'none'");
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
        assertThat(seen).contains("<h2>Rows by day</h2>").doesNotContain("<img", "<b>");
        assertThat(seen.split("<rect ", -1)).hasSizeGreaterThan(30);

        BufferedImage picture = browser.screenshot(url, 1200, 1400);
        // Bars have the colours of the style sheet, which the policy would keep away if its hash were wrong.
        assertThat(pixels(picture, 0x1f5fad)).isGreaterThan(1_000);
        assertThat(pixels(picture, 0x2b7a36)).isGreaterThan(1_000);
        assertThat(pixels(picture, 0xf6f6f4)).as("the page's ground").isGreaterThan(10_000);
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
    void many_days_and_many_texts_are_limited() {
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
        assertThat(page(usage).html()).hasSizeLessThan(400_000).contains("2028-07-27 to 2029-07-27");
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
    void the_name_of_the_last_day_is_whole() {
        List<SampleUsage> usage = new ArrayList<>();
        for (int day = 0; day < 21; day++) {
            usage.add(new SampleUsage(
                    "acme", SampleUsage.START.plus(Duration.ofDays(day)), "export", "info", "events", "count", 1));
        }
        String html = page(usage).html();
        List<Double> middles = Pattern.compile("class=\"middle\" x=\"([0-9.]+)\"[^>]*>11-21<")
                .matcher(html)
                .results()
                .map(name -> Double.valueOf(name.group(1)))
                .toList();
        // 5 characters of some 7 units each, around their middle.
        assertThat(html).contains("viewBox=\"0 0 560 ");
        assertThat(middles).isNotEmpty().allMatch(middle -> middle < 560 - 17);
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

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "7, 7",
        "999, 999",
        "1000, 1k",
        "12345, 12.3k",
        "999999, 1M",
        "1234567890, 1.23G",
        "0.5, 0.5",
        "2.3456, 2.35",
        "-1500, -1.5k",
        "9223372036854775807, '9,220,000T'"
    })
    void numbers_have_three_digits(BigDecimal number, String shown) {
        assertThat(UsageSvg.number(number)).isEqualTo(shown);
    }

    @Test
    void the_page_can_be_read_by_a_screen_reader_and_on_a_phone() {
        assertThat(page(SampleUsage.some()).html())
                .contains("<html lang=\"en\">", "role=\"img\" aria-label=\"Rows by day\"", "width=device-width")
                .contains("<summary>As a table</summary>", "prefers-color-scheme: dark", "<th scope=\"col\">");
        assertThat(page(SampleUsage.some()).html().getBytes(UTF_8)).hasSizeLessThan(60_000);
    }
}
