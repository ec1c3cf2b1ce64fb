package io.github.keywharf.cassandra;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Threads;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
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
    private final List<Thread> threads = new ArrayList<>();
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
        for (int i = 0; i < reading; i++) {
            threads.add(Threads.daemon("keywharf-cassandra-read-" + i, () -> read(queue)));
        }
        threads.forEach(Thread::start);
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
        return scan.query().schema();
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
            throw KeywharfException.interrupted(scan.query().source().subject(), e);
        }
    }

    private static RuntimeException thrown(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return (RuntimeException) failure;
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        items.clear();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "Rows[" + schema() + "]";
    }
}
