package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The rows of a result, page after page: the next page is asked for while this one is read. Not thread-safe. */
final class PagedRows implements Rows {
    private final String subject;
    private final RowDecoder decoder;
    private @Nullable AsyncResultSet page;
    private @Nullable CompletionStage<AsyncResultSet> nextPage;

    PagedRows(String subject, AsyncResultSet first) {
        this.subject = subject;
        this.decoder = new RowDecoder(first.getColumnDefinitions(), Math.max(first.remaining(), 1));
        turnTo(first);
    }

    private void turnTo(AsyncResultSet result) {
        page = result;
        nextPage = result.hasMorePages() ? result.fetchNextPage() : null;
    }

    @Override
    public Schema schema() {
        return decoder.schema();
    }

    @Override
    public @Nullable ColumnBatch next() {
        while (page != null) {
            for (Row row : page.currentPage()) {
                decoder.append(row);
            }
            if (nextPage == null) {
                page = null;
            } else {
                turnTo(Waiting.on(subject, "The next page cannot be read", nextPage));
            }
            if (decoder.size() > 0) {
                return decoder.build();
            }
        }
        return null;
    }

    @Override
    public void close() {
        page = null;
        nextPage = null;
    }
}
