package io.github.keywharf.batch;

import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.HtmlPage;
import java.nio.charset.StandardCharsets;

/** The live page of the statistics. It fetches {@code statistics} beside it every two seconds, and loads nothing else. */
final class StatisticsPage {

    private static final HtmlPage PAGE = HtmlPage.of(StatisticsPage.class, "statistics.html");

    private StatisticsPage() {}

    /**
     * The page; who may see it is for the route to decide.
     *
     * @param statistics as JSON, what it shows first
     */
    static HttpResponse response(String statistics) {
        return HttpResponse.of(200)
                .withHeader("Content-Type", "text/html; charset=utf-8")
                .withHeader("Content-Security-Policy", PAGE.policy() + "; frame-ancestors 'none'")
                .withHeader("X-Content-Type-Options", "nosniff")
                .withHeader("Referrer-Policy", "no-referrer")
                .withHeader("Cache-Control", "no-store")
                .withBody(HttpBody.of(PAGE.with(statistics).getBytes(StandardCharsets.UTF_8)));
    }
}
