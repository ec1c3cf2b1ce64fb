package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads a result to its end, whatever the size of its pages, where all rows are few enough to be held. */
final class AllPages {
    private AllPages() {}

    /** All rows of a result, from its first page on. */
    static CompletionStage<List<Row>> of(AsyncResultSet first) {
        return collect(first, new ArrayList<>());
    }

    private static CompletionStage<List<Row>> collect(AsyncResultSet page, List<Row> rows) {
        page.currentPage().forEach(rows::add);
        return page.hasMorePages()
                ? page.fetchNextPage().thenCompose(next -> collect(next, rows))
                : CompletableFuture.completedFuture(rows);
    }
}
