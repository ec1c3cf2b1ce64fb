package io.github.keywharf.batch;

import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.HtmlPage;

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
        return HttpResponse.page(PAGE.with(statistics), PAGE.policy());
    }
}
