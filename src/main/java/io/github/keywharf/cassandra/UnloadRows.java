package io.github.keywharf.cassandra;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Threads;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a whole table, read by several threads, each at a piece of the ring of its own. A batch is of one thread, so
 * the rows of a partition stay together and in order.
 */
final class UnloadRows implements Rows {

    /** What a reading thread hands over: a batch, its end, or its failure. */
    private record Item(
            @Nullable ColumnBatch batch, @Nullable Throwable failure) {}

    private final UnloadScan scan;
    private final boolean whole;
    private final BlockingQueue<Item> items;
    private final ExecutorService threads;
    private int reading;
    private boolean closed;

    /**
     * Starts the threads.
     *
     * @param whole whether the end of these rows is the end of the scan, which is then checked and reported
     */
    UnloadRows(UnloadScan scan, List<TokenSpan> spans, int readers, boolean whole) {
        this.scan = scan;
        this.whole = whole;
        Queue<TokenSpan> queue = new ConcurrentLinkedQueue<>(spans);
        reading = Math.min(readers, spans.size());
        items = new ArrayBlockingQueue<>(Math.max(1, reading));
        threads = Executors.newFixedThreadPool(Math.max(1, reading), Threads.named("keywharf-cassandra-read"));
        for (int i = 0; i < reading; i++) {
            threads.execute(() -> read(queue));
        }
        threads.shutdown();
    }

    private void read(Queue<TokenSpan> spans) {
        try {
            Item last;
            try {
                UnloadReader reader = new UnloadReader(scan, spans);
                for (ColumnBatch batch = reader.next(); batch != null; batch = reader.next()) {
                    items.put(new Item(batch, null));
                }
                last = new Item(null, null);
            } catch (RuntimeException | Error e) {
                last = new Item(null, e);
            }
            items.put(last);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Schema schema() {
        return scan.query.schema;
    }

    @Override
    public @Nullable ColumnBatch next() {
        while (reading > 0 && !closed) {
            Item item = take();
            if (item.batch() != null) {
                return item.batch();
            }
            if (item.failure() != null) {
                close();
                throw thrown(item.failure());
            }
            if (--reading == 0 && whole) {
                scan.checkUnchanged();
                scan.finish();
            }
        }
        return null;
    }

    private Item take() {
        try {
            return items.take();
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted(scan.query.source.subject(), e);
        }
    }

    /** The failure of another thread, to be thrown here. */
    static RuntimeException thrown(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return (RuntimeException) failure;
    }

    @Override
    public void close() {
        closed = true;
        end(threads);
        items.clear();
    }

    /** Interrupts threads and waits until they have ended. */
    static void end(ExecutorService threads) {
        threads.shutdownNow();
        boolean interrupted = Thread.interrupted();
        for (boolean ended = false; !ended; ) {
            try {
                ended = threads.awaitTermination(1, TimeUnit.DAYS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "Rows[" + schema() + "]";
    }
}
