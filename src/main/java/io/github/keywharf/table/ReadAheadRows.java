package io.github.keywharf.table;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.OnePass;
import io.github.keywharf.internal.Threads;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads rows on a thread of its own, a bounded number of batches ahead of whoever takes them. */
final class ReadAheadRows implements Rows {

    /** What the reading thread hands over: a batch, the end, or a failure. */
    private record Item(
            @Nullable ColumnBatch batch, @Nullable Throwable failure) {}

    private final Rows rows;
    private final BlockingQueue<Item> queue;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;
    private volatile OnePass state = OnePass.OPEN;
    private boolean finished;

    ReadAheadRows(Rows rows, int batches) {
        this.rows = rows;
        this.queue = new ArrayBlockingQueue<>(batches);
        this.thread = Threads.daemon("keywharf-read-ahead", this::read);
    }

    static Rows of(Rows rows, int batches) {
        ReadAheadRows ahead = new ReadAheadRows(rows, batches);
        ahead.thread.start();
        return ahead;
    }

    private void read() {
        Item last = new Item(null, null);
        try (rows) {
            for (ColumnBatch batch = rows.next(); batch != null && state == OnePass.OPEN; batch = rows.next()) {
                hand(new Item(batch, null));
            }
        } catch (Throwable e) { // whatever it is, who waits for rows must not wait for ever
            last = new Item(null, e);
        } finally {
            hand(last);
            ended.countDown();
        }
    }

    private void hand(Item item) {
        boolean handed = false;
        while (!handed && state == OnePass.OPEN) {
            try {
                handed = queue.offer(item, 100, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                // Only what reads on this thread can have interrupted it, and reports so by its failure. The flag is
                // cleared now, so that the item can be handed over.
                handed = false;
            }
        }
    }

    @Override
    public Schema schema() {
        return rows.schema();
    }

    @Override
    public @Nullable ColumnBatch next() {
        state.requireOpen();
        if (finished) {
            return null;
        }
        Item item = take();
        if (item.batch() == null) {
            finished = true;
        }
        if (item.failure() instanceof RuntimeException failure) {
            throw failure;
        }
        if (item.failure() instanceof Error failure) {
            throw failure;
        }
        if (item.failure() != null) {
            throw new IllegalStateException("Reading ahead failed", item.failure());
        }
        return item.batch();
    }

    @Override
    public LeftOut leftOut() {
        return finished ? rows.leftOut() : LeftOut.NONE;
    }

    private Item take() {
        try {
            return queue.take();
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted("rows", e);
        }
    }

    @Override
    public void close() {
        state = OnePass.CLOSED;
        finished = true;
        queue.clear();
        boolean interrupted = false;
        while (ended.getCount() > 0) {
            try {
                ended.await();
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
