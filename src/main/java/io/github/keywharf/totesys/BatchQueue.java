package io.github.keywharf.totesys;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Threads;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands batches from a producer on a thread of its own to a consumer that may give up; the producer goes on to its end
 * in any case.
 */
final class BatchQueue implements AutoCloseable {

    private static final int WAITING = 3;

    private final Schema schema;
    private final BlockingQueue<ColumnBatch> queue = new ArrayBlockingQueue<>(WAITING);
    private @Nullable Thread producer;
    private volatile boolean ended;
    private volatile boolean abandoned;
    private volatile @Nullable Throwable failure;
    private @Nullable ColumnBatch first;

    BatchQueue(Schema schema) {
        this.schema = schema;
    }

    /** Starts the producer, which calls {@link #put}. */
    void produce(Runnable work) {
        producer = Threads.daemon("keywharf-produce", () -> {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                failure = e;
            } finally {
                ended = true;
            }
        });
        producer.start();
    }

    /** Hands a batch over; drops it when the consumer has given up. Called by the producer. */
    void put(ColumnBatch batch) {
        boolean handed = batch.size() == 0;
        while (!handed && !abandoned) {
            try {
                handed = queue.offer(batch, 50, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw KeywharfException.interrupted("rows", e);
            }
        }
    }

    /** Waits until there is a batch or the producer has ended; returns whether there is one. */
    boolean awaitFirst() {
        first = take();
        return first != null;
    }

    private @Nullable ColumnBatch take() {
        try {
            while (true) {
                ColumnBatch batch = queue.poll(2, TimeUnit.MILLISECONDS);
                if (batch != null) {
                    return batch;
                }
                if (ended) {
                    batch = queue.poll();
                    if (batch == null) {
                        rethrow();
                    }
                    return batch;
                }
            }
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted("rows", e);
        }
    }

    private void rethrow() {
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        if (failure instanceof Error error) {
            throw error;
        }
    }

    /** What the producer hands over, as rows; closing them gives up the rest. */
    Rows rows() {
        return Rows.generate(schema, () -> {
                    ColumnBatch batch = first;
                    first = null;
                    return batch == null ? take() : batch;
                })
                .onClose(this::abandon);
    }

    private void abandon() {
        abandoned = true;
        queue.clear();
    }

    /** Waits for the producer to end, and throws what it threw. */
    void finish() {
        abandon();
        join();
        rethrow();
    }

    private void join() {
        Thread thread = producer;
        boolean interrupted = false;
        while (thread != null && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        abandon();
        join();
    }
}
