package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.internal.OnePass;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rows of a result, page after page: the next page is asked for while this one is read. Not thread-safe. */
final class PagedRows implements Rows {
    private final String subject;
    private final Function<AsyncResultSet, CompletionStage<AsyncResultSet>> fetch;
    private final RowDecoder decoder;
    private @Nullable AsyncResultSet page;
    private @Nullable CompletionStage<AsyncResultSet> nextPage;
    private @Nullable ColumnBatch peeked;
    private OnePass state = OnePass.OPEN;

    PagedRows(
            String subject,
            AsyncResultSet first,
            Function<AsyncResultSet, CompletionStage<AsyncResultSet>> fetch,
            Map<String, ColumnType> columnTypes) {
        this.subject = subject;
        this.fetch = fetch;
        this.decoder = new RowDecoder(first.getColumnDefinitions(), columnTypes, Math.max(first.remaining(), 1));
        this.page = first;
    }

    @Override
    public Schema schema() {
        return decoder.schema();
    }

    /** The first page's rows without asking for the next page, or null when it has none; {@link #next} gives them too. */
    @Nullable
    ColumnBatch peek() {
        if (peeked == null && page != null) {
            peeked = decoded(page);
        }
        return peeked;
    }

    @Override
    public @Nullable ColumnBatch next() {
        state.requireOpen();
        while (page != null || nextPage != null) {
            AsyncResultSet current = turned();
            page = null;
            nextPage = current.hasMorePages() ? fetch.apply(current) : null;
            ColumnBatch batch = peeked == null ? decoded(current) : peeked;
            peeked = null;
            if (batch != null) {
                return batch;
            }
        }
        return null;
    }

    @SuppressWarnings("NullAway") // asked only while one of the two is there
    private AsyncResultSet turned() {
        return page != null ? page : Waiting.on(subject, "The next page cannot be read", nextPage);
    }

    private @Nullable ColumnBatch decoded(AsyncResultSet result) {
        decoder.turnTo(subject, result.getColumnDefinitions());
        for (Row row : result.currentPage()) {
            decoder.append(row);
        }
        return decoder.size() == 0 ? null : decoder.build();
    }

    @Override
    public void close() {
        state = OnePass.CLOSED;
        page = null;
        nextPage = null;
        peeked = null;
    }

    @Override
    public String toString() {
        return "Rows[" + schema() + "]";
    }
}
