package io.github.keywharf.salesforce;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.OnePass;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Origins;
import io.github.keywharf.table.Rows;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads a query job: waits for it, reads its pages, and counts the rows against what the server says. */
final class SalesforceBulkRows {
    private static final long REPORT_EVERY = Duration.ofMillis(200).toNanos();

    private final SalesforceBulkQuery query;
    private final SalesforceBulkJob job;
    private @Nullable SalesforceBulkDownload download;
    private @Nullable SalesforceBulkPages pages;
    private @Nullable Rows page;
    private boolean unchecked;
    private long lastReported = System.nanoTime();
    private long expected;
    private long read;
    private boolean complete;
    private OnePass state = OnePass.OPEN;
    private boolean ended;

    /** @param resumed whether it is to be seen whether the job's columns are those of the query */
    SalesforceBulkRows(SalesforceBulkQuery query, SalesforceBulkJob job, boolean resumed) {
        this.query = query;
        this.job = job;
        this.unchecked = resumed;
    }

    Rows rows() {
        return Rows.generate(query.schema(), this::next).onClose(this::close);
    }

    private @Nullable ColumnBatch next() {
        // A job that was not waited for long enough may be waited for again; a page that failed is gone.
        if (pages != null) {
            state.requireOpen();
        }
        if (ended) {
            return null;
        }
        state = OnePass.FAILED;
        try {
            ColumnBatch batch = advance(begun());
            state = OnePass.OPEN;
            return batch;
        } catch (KeywharfException e) {
            throw e.subject().equals(job.subject())
                    ? e
                    : e.about(job.subject(), e.getMessage() + "; the job stays for 7 days and can be read again");
        }
    }

    private SalesforceBulkPages begun() {
        SalesforceBulkPages there = pages;
        if (there != null) {
            return there;
        }
        SalesforceBulkJob.Info info = job.await(query.options(), 0);
        complete = true;
        if (info.state() != SalesforceBulkJob.State.JOB_COMPLETE) {
            throw job.failed(info);
        }
        expected = info.processed();
        if (expected < 0) {
            throw job.bad("calls the job complete and does not say of how many rows");
        }
        SalesforceBulkDownload into =
                SalesforceBulkDownload.open(query.calls(), query.options().directory());
        download = into;
        there = new SalesforceBulkPages(query.calls(), job, into, query.options());
        pages = there;
        return there;
    }

    private @Nullable ColumnBatch advance(SalesforceBulkPages from) {
        while (true) {
            Rows current = page;
            if (current == null) {
                Path next = from.next();
                if (next == null) {
                    finish();
                    return null;
                }
                current = opened(next);
                page = current;
            }
            ColumnBatch batch = current.next();
            if (batch != null) {
                ColumnBatch known = batch.withOrigins(Origins.consecutive(job.subject(), read + 1, batch.size()));
                read += batch.size();
                report();
                return known;
            }
            leave();
        }
    }

    private Rows opened(Path file) {
        if (unchecked && !SalesforceBulkCsv.isHeaded(file, query.schema())) {
            throw job.other("has other columns than " + query.schema().names());
        }
        unchecked = false;
        return SalesforceBulkCsv.rows(file, query.schema(), job.subject())
                .onClose(() -> SalesforceBulkDownload.delete(file));
    }

    private void finish() {
        if (read != expected) {
            throw new KeywharfException(
                    SalesforceErrors.COUNT_MISMATCH,
                    job.subject(),
                    "The job has " + expected + " rows, but its results have " + read
                            + "; what was read is not all: read the job again, and do not use these rows");
        }
        unchecked = false;
        ended = true;
    }

    private void report() {
        long now = System.nanoTime();
        if (now - lastReported >= REPORT_EVERY) {
            lastReported = now;
            job.progress("read " + job.title(), read, expected, "rows", false);
        }
    }

    private void leave() {
        if (page != null) {
            page.close();
            page = null;
        }
    }

    private void close() {
        leave();
        if (pages != null) {
            pages.close();
            job.progress("read " + job.title(), read, expected, "rows", true);
        }
        if (download != null) {
            download.close();
        }
        // A job that may be one of another query is not ours to delete.
        if (state == OnePass.FAILED || unchecked) {
            return;
        }
        if (!complete) {
            job.abandon();
        }
        job.delete();
    }
}
