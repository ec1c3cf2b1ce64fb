package io.github.keywharf.format;

import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnVector;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The batches of row groups, in order. Each column of a batch is a job of its own: the calling thread does those of the batch
 * that it asks for, and the threads that are lent do whatever comes next, some batches ahead and into the next row group. No
 * thread waits for another while there is a job. What fails is thrown when its batch is asked for.
 */
final class BatchesAhead implements AutoCloseable {

    /** Where row groups come from; never asked by two threads at a time. */
    interface Groups {
        /** The next row group, or null after the last. */
        @Nullable
        RowGroup next();

        /** Whether there is memory for the next row group beside the last one. */
        boolean fitsBeside();
    }

    /** The most batches that are read ahead, and the most that they take in memory if they are more than one. */
    private static final int MOST_AHEAD = 4;

    private static final long MOST_BYTES = 16L * 1024 * 1024;

    private final Groups groups;
    private final int columns;
    private final @Nullable Executor executor;
    private final int mostHelpers;
    private final int mostAhead;
    /** Of each column, the number of the batch it is read into next, and whether a thread is at it. */
    private final long[] at;

    private final boolean[] busy;
    private final Deque<Batch> begun = new ArrayDeque<>();
    private @Nullable RowGroup group;
    private long batches;
    private long bytesOfLast;
    private boolean opening;
    private boolean ended;
    private int helpers;
    private int working;
    private long done;

    /** @param oneAhead whether no more than one batch is read ahead, as its size in memory is not known */
    BatchesAhead(Groups groups, int columns, @Nullable Executor executor, boolean oneAhead) {
        this.groups = groups;
        this.columns = columns;
        this.executor = executor;
        mostHelpers = Math.max(1, Math.min(columns, Runtime.getRuntime().availableProcessors()) - 1);
        mostAhead = oneAhead ? 1 : MOST_AHEAD;
        at = new long[columns];
        busy = new boolean[columns];
    }

    /** Some rows of a row group, all of whose columns have been read when it is handed over. */
    static final class Batch {
        private final long number;
        private final @Nullable RowGroup from;
        private final boolean last;
        private final ColumnVector[] vectors;
        private int left;
        private @Nullable Throwable failure;

        /** The number of its first row in the file, from 1 on. */
        final long first;

        /** How many rows it has. */
        final int rows;

        private Batch(long number, RowGroup from, int columns) {
            this.number = number;
            this.from = from;
            rows = from.startBatch();
            last = from.rowsLeft() == 0;
            first = from.firstRow(rows);
            vectors = new ColumnVector[columns];
            left = columns;
        }

        /** Stands where reading ended with a failure. */
        private Batch(long number, Throwable failure) {
            this.number = number;
            this.failure = failure;
            from = null;
            last = true;
            first = 0;
            rows = 0;
            vectors = new ColumnVector[0];
        }

        ColumnVector[] vectors() {
            return vectors;
        }

        private long bytes() {
            long bytes = 0;
            for (ColumnVector vector : vectors) {
                bytes += (long) Long.BYTES * rows + (vector instanceof BytesVector text ? text.bytes().length : 0);
            }
            return bytes;
        }
    }

    /** The next column of a batch; without a batch, the next row group is to be opened. */
    private record Job(@Nullable Batch batch, int column) {}

    /** The next batch, or null after the last. Throws what went wrong with it on any thread. */
    @Nullable
    Batch next() {
        boolean interrupted = false;
        try {
            while (true) {
                Job job = null;
                Batch first;
                synchronized (this) {
                    first = begun.peekFirst();
                    if (first == null && ended) {
                        return null;
                    }
                    if (first == null || first.left > 0) {
                        job = take(first == null);
                        if (job == null) {
                            interrupted |= awaitJob();
                            continue;
                        }
                    } else {
                        begun.removeFirst();
                        bytesOfLast = first.bytes();
                    }
                }
                if (job == null) {
                    throwFailure(first.failure);
                    // They read on while the caller looks at this batch.
                    lend();
                    return first;
                }
                run(job);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void throwFailure(@Nullable Throwable failure) {
        if (failure instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (failure instanceof Error error) {
            throw error;
        }
    }

    /** Has the threads that are lent begin, if there is something to do for them. */
    private void lend() {
        if (executor == null) {
            return;
        }
        for (int i = 0; i < mostHelpers; i++) {
            synchronized (this) {
                if ((ended && begun.isEmpty()) || helpers == mostHelpers) {
                    return;
                }
                helpers++;
            }
            try {
                executor.execute(this::help);
            } catch (RuntimeException e) {
                // It refuses, whatever it calls that; the calling thread does it all.
                synchronized (this) {
                    helpers--;
                }
                return;
            }
        }
    }

    private void help() {
        while (true) {
            Job job;
            synchronized (this) {
                job = take(true);
                if (job == null) {
                    helpers--;
                    return;
                }
            }
            run(job);
        }
    }

    /** The job that is needed first among those that can be done now, or null; it is the caller's from now on. */
    private @Nullable Job take(boolean opens) {
        Job job = column();
        if (job == null && !ended && !opening && begun.size() < ahead()) {
            RowGroup current = group;
            if (current != null && current.rowsLeft() > 0) {
                begun.add(new Batch(batches++, current, columns));
                job = column();
            } else if (opens && (begun.isEmpty() || groups.fitsBeside())) {
                opening = true;
                // Its buffers go before those of the next one are fetched, once its batches are read.
                group = null;
                job = new Job(null, 0);
            }
        }
        working += job == null ? 0 : 1;
        return job;
    }

    private int ahead() {
        if (executor == null) {
            return 1;
        }
        // The first batch says how much memory others will take.
        return bytesOfLast == 0 ? 1 : (int) Math.max(1, Math.min(mostAhead, MOST_BYTES / bytesOfLast));
    }

    private @Nullable Job column() {
        for (Batch batch : begun) {
            for (int column = 0; batch.left > 0 && column < columns; column++) {
                if (at[column] == batch.number && !busy[column]) {
                    busy[column] = true;
                    return new Job(batch, column);
                }
            }
            if (batch.failure != null) {
                // Some columns of it have not gone on.
                return null;
            }
        }
        return null;
    }

    private void run(Job job) {
        Batch batch = job.batch();
        RowGroup opened = null;
        Throwable failure = null;
        try {
            if (batch == null) {
                opened = groups.next();
            } else if (batch.from != null) {
                batch.vectors[job.column()] = batch.from.read(job.column(), batch.rows, batch.last);
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        synchronized (this) {
            working--;
            done++;
            if (batch == null) {
                opening = false;
                group = opened;
                ended |= opened == null;
                if (failure != null) {
                    begun.add(new Batch(batches++, failure));
                }
            } else {
                busy[job.column()] = false;
                at[job.column()]++;
                batch.left--;
                ended |= failure != null;
                if (failure != null) {
                    if (batch.failure == null) {
                        batch.failure = failure;
                    } else if (batch.failure != failure) {
                        batch.failure.addSuppressed(failure);
                    }
                }
            }
            notifyAll();
        }
        if (batch == null) {
            lend();
        }
    }

    /** Waits until a job has ended, also when this thread is interrupted; returns whether it was. */
    private synchronized boolean awaitJob() {
        boolean interrupted = false;
        for (long before = done; done == before; ) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }

    /** Begins no further job, and waits for those that other threads are at. */
    @Override
    public synchronized void close() {
        ended = true;
        begun.clear();
        group = null;
        boolean interrupted = false;
        while (working > 0) {
            interrupted |= awaitJob();
        }
        // A row group that was being opened when this was closed.
        group = null;
        begun.clear();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
