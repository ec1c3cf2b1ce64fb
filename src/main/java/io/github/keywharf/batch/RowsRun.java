package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One way of rows from a file to a sink: counts them, and hands on each rejected row as it stands in the file. */
final class RowsRun implements AutoCloseable {

    /** How many rows a sink may reject; they are looked up in the file at the end, and wait for that in memory. */
    static final int MAX_SINK_REJECTS = 100_000;

    private static final int MAX_REASON = 500;

    private final IngestJob job;
    private final RowsPlan plan;
    private final RowsSource source;
    private final String name;
    private final OriginalRows originals;
    private final AtomicLong read = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();
    private final Map<Long, RejectedRow> ofStep = new LinkedHashMap<>();
    private final Map<Long, RejectedRow> ofSink = new TreeMap<>();
    private @Nullable Rows opened;

    RowsRun(IngestJob job, RowsPlan plan, RowsSource source) {
        this.job = job;
        this.plan = plan;
        this.source = source;
        name = job.file().name();
        originals = new OriginalRows(source);
    }

    /** The rows as they are read. */
    Rows open() {
        Rows rows = source.rows(this::unreadable);
        opened = rows;
        return rows.beforeNext(() -> {
                    if (Thread.currentThread().isInterrupted()) {
                        throw KeywharfException.interrupted(name, null);
                    }
                    flushSteps();
                })
                .peek(batch -> job.progress(read.addAndGet(batch.size())));
    }

    /** Takes rows that the reader rejects. */
    private void unreadable(RejectedRow row) {
        read.incrementAndGet();
        reject(declared(row));
    }

    /** Without further columns of the file, which a repaired row must not have, unless the row is not even divided well. */
    private RejectedRow declared(RejectedRow row) {
        Schema schema = opened == null ? plan.schema().orElse(null) : opened.schema();
        if (schema == null || row.column().isEmpty()) {
            return row;
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>(row.row());
        values.keySet().removeIf(column -> !schema.contains(column));
        return new RejectedRow(row.source(), row.position(), row.column(), row.reason(), values);
    }

    /** Takes rows that a step rejects, on the thread that reads; they are handed on before the next batch is read. */
    RejectListener stepRejects() {
        return row -> {
            if (!isOfFile(row) || ofStep.putIfAbsent(row.position(), row) != null) {
                reject(row);
            }
        };
    }

    /** Takes rows that the sink rejects, on any thread and in any order. */
    RejectListener sinkRejects() {
        return row -> {
            if (isOfFile(row)) {
                note(row);
            } else {
                reject(row);
            }
        };
    }

    private void note(RejectedRow row) {
        boolean isFirst;
        synchronized (ofSink) {
            if (ofSink.size() == MAX_SINK_REJECTS) {
                throw new KeywharfException(
                        "batch.too_many_rejects",
                        name,
                        "The target refuses more than " + MAX_SINK_REJECTS + " rows, the last one because of "
                                + Cut.to(row.column() + ": " + row.reason(), MAX_REASON)
                                + "; correct the profile's schema and steps, or the table");
            }
            RejectedRow bare = new RejectedRow(
                    row.source(), row.position(), row.column(), Cut.to(row.reason(), MAX_REASON), Map.of());
            isFirst = ofSink.putIfAbsent(row.position(), bare) == null;
        }
        if (!isFirst) {
            reject(row);
        }
    }

    private boolean isOfFile(RejectedRow row) {
        return row.position() > 0 && row.source().equals(name);
    }

    private void reject(RejectedRow row) {
        rejected.incrementAndGet();
        job.rejects().rejected(row);
    }

    /** Hands on what the steps rejected; of those that are not found, what they had become. */
    private void flushSteps() {
        originals.find(ofStep, this::reject);
        ofStep.values().forEach(this::reject);
        ofStep.clear();
    }

    /** Hands on what is left, after the sink has written all rows. */
    void end() {
        flushSteps();
        synchronized (ofSink) {
            try (OriginalRows again = new OriginalRows(source)) {
                again.find(ofSink, this::reject);
            }
            ofSink.values().forEach(this::reject);
            ofSink.clear();
        }
        job.progress(read());
    }

    /** Rows of the source so far, rejected ones included. */
    long read() {
        return read.get();
    }

    /** How many rows were rejected and handed on. */
    long rejected() {
        return rejected.get();
    }

    @Override
    public void close() {
        originals.close();
        if (opened != null) {
            opened.close();
        }
    }
}
