package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.table.ColumnBatch;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Takes pieces of the ring from a queue, one after the other, and reads their rows in batches. Several readers may share
 * a queue; each is for one thread.
 */
final class UnloadReader {

    /** What a batch may hold, 8 MB as the server counts them: rows of large values make small batches. */
    static final long BATCH_BYTES = 8L * 1024 * 1024;

    private final UnloadScan scan;
    private final Queue<TokenSpan> spans;
    private final RowDecoder decoder;
    private @Nullable UnloadPages pages;
    private long bytes;

    UnloadReader(UnloadScan scan, Queue<TokenSpan> spans) {
        this.scan = scan;
        this.spans = spans;
        this.decoder = new RowDecoder(scan.query.definitions(), scan.query.types, UnloadQuery.FIRST_PAGE);
    }

    /** The next rows, never an empty batch, or null when the queue is used up. */
    @Nullable
    ColumnBatch next() {
        while (decoder.size() < ColumnBatch.DEFAULT_ROWS && bytes < BATCH_BYTES) {
            if (pages == null) {
                TokenSpan span = spans.poll();
                if (span == null) {
                    break;
                }
                pages = new UnloadPages(scan, span);
            }
            AsyncResultSet page = pages.next();
            if (page == null) {
                pages = null;
                scan.spanRead();
            } else {
                append(page);
            }
        }
        bytes = 0;
        return decoder.size() == 0 ? null : decoder.build();
    }

    private void append(AsyncResultSet page) {
        int rows = page.remaining();
        decoder.turnTo(scan.query.source.subject(), page.getColumnDefinitions());
        for (Row row : page.currentPage()) {
            decoder.append(row);
        }
        bytes += page.getExecutionInfo().getResponseSizeInBytes();
        scan.read(rows);
    }
}
