package io.github.keywharf.cassandra;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Progress;
import io.github.keywharf.event.Work;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What the readers of one table share: the statement, the pace, the counts and the listener. Thread-safe. */
final class UnloadScan {

    /** How often progress is reported, 200 ms: often enough to move a bar. */
    private static final long TELL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final CassandraContext context;
    final UnloadQuery query;
    private final RowPace pace;
    final Duration patience;
    private final List<String> names;
    final EventListener listener;
    private final String task;
    final Work work;
    private volatile long spans;
    private final LongAdder rows = new LongAdder();
    private final LongAdder spansRead = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final AtomicLong lastReported = new AtomicLong(System.nanoTime() - TELL_NANOS);
    private final AtomicBoolean away = new AtomicBoolean();

    /** Prepares the statements; {@code verb} is what progress says that it does. */
    UnloadScan(CassandraContext context, UnloadSource source, TableScan scan, String verb) {
        this.context = context;
        this.query = new UnloadQuery(context, source, scan);
        this.pace = new RowPace(scan.rowsPerSecond, source.subject());
        this.patience = scan.patience;
        this.names = scan.names(source);
        this.listener = context.listener();
        this.task = verb + " " + source.subject();
        this.work = context.work().started(verb);
    }

    /** Says how many pieces there are in all. */
    void expect(long pieces) {
        spans = pieces;
    }

    /** Counts rows that were read, and waits where they are more than are wanted in the time. */
    void read(int count) {
        rows.add(count);
        long now = System.nanoTime();
        long last = lastReported.get();
        if (now - last >= TELL_NANOS && lastReported.compareAndSet(last, now)) {
            report(false);
        }
        pace.take(count);
    }

    /** Counts rows and pieces that an earlier attempt has read. */
    void skip(long count, long pieces) {
        rows.add(count);
        spansRead.add(pieces);
    }

    void spanRead() {
        spansRead.increment();
    }

    /** Marks the end of all rows. */
    void finish() {
        report(true);
    }

    private void report(boolean finished) {
        long done = rows.sum();
        long read = spansRead.sum();
        long guess = read == 0 ? 0 : Math.max(done, Math.round((double) done * spans / read));
        listener.onEvent(new Progress(work, task, done, finished ? done : guess, "rows", finished));
    }

    /** Counts an attempt that failed in passing; the first of an outage is reported. */
    void delayed(KeywharfException failure) {
        retries.increment();
        if (away.compareAndSet(false, true)) {
            listener.warning(
                    "cassandra.unload.delayed",
                    work,
                    query.source.subject(),
                    "Waiting up to " + patience + " for the server: " + failure.getMessage());
        }
    }

    /** An attempt succeeded after one that failed. */
    void resumed() {
        if (away.compareAndSet(true, false)) {
            listener.info("cassandra.unload.continued", work, query.source.subject(), "The server answers again");
        }
    }

    long retries() {
        return retries.sum();
    }

    /**
     * Asks the server whether the table is still the one that was begun.
     *
     * @return the names of columns that were added meanwhile
     * @throws KeywharfException with code {@code cassandra.schema_changed} when it is not
     */
    List<String> checkUnchanged() {
        UnloadSource begun = query.source;
        UnloadSource now;
        try {
            now = UnloadSource.read(context, begun.keyspace(), begun.table());
        } catch (KeywharfException e) {
            throw e.is(CassandraManager.NO_TABLE) ? begun.changed("it was dropped", e) : e;
        }
        now.checkSame(begun, names);
        return now.added(begun);
    }
}
