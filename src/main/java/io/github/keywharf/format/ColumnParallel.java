package io.github.keywharf.format;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Does one job for each column, on the calling thread and on whatever threads an executor lends. An executor that is
 * busy or refuses only costs time: the calling thread takes every job that no other has begun.
 */
final class ColumnParallel {

    private ColumnParallel() {}

    /** Runs the job for 0 to {@code count - 1} and returns when all have ended; the first failure carries the others. */
    static void each(@Nullable Executor executor, int count, IntConsumer job) {
        if (executor == null || count < 2) {
            for (int i = 0; i < count; i++) {
                job.accept(i);
            }
            return;
        }
        begin(executor, count, job).finish();
    }

    /** Lets other threads begin the job for 0 to {@code count - 1}; the round must be finished or given up. */
    static Round begin(Executor executor, int count, IntConsumer job) {
        Round round = new Round(count, job);
        int helpers = Math.min(count, Runtime.getRuntime().availableProcessors()) - 1;
        try {
            for (int i = 0; i < Math.max(helpers, 1); i++) {
                executor.execute(round::work);
            }
        } catch (RuntimeException e) {
            // It refuses, whatever it calls that; the calling thread does what no other has begun.
        }
        return round;
    }

    /** Jobs that were begun. */
    static final class Round {
        private final int count;
        private final IntConsumer job;
        private final AtomicInteger next = new AtomicInteger();
        private int done;
        private @Nullable Throwable failure;

        Round(int count, IntConsumer job) {
            this.count = count;
            this.job = job;
        }

        /** Does what no other thread has begun, and waits for the rest; throws what went wrong in any. */
        void finish() {
            work();
            await();
            if (failure instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (failure instanceof Error error) {
                throw error;
            }
        }

        /** Begins no further job, and waits for those that were begun. */
        void giveUp() {
            int begun = Math.min(next.getAndSet(count), count);
            synchronized (this) {
                done += count - begun;
            }
            await();
        }

        private void work() {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                Throwable thrown = null;
                try {
                    job.accept(i);
                } catch (RuntimeException | Error e) {
                    thrown = e;
                }
                ended(thrown);
            }
        }

        private synchronized void ended(@Nullable Throwable thrown) {
            if (thrown != null) {
                if (failure == null) {
                    failure = thrown;
                } else if (failure != thrown) {
                    failure.addSuppressed(thrown);
                }
            }
            if (++done == count) {
                notifyAll();
            }
        }

        private synchronized void await() {
            boolean interrupted = false;
            while (done < count) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
