package io.github.keywharf.query.duckdb;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Threads;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Runs work on connections of one database, each piece on a thread of its own, so that whoever waits for it can stop it: when
 * the time is up, when the waiting thread is interrupted, and when the engine is closed. Work that does not end when it is
 * cancelled goes on behind, and nobody waits for it.
 */
final class Sessions implements AutoCloseable {

    /** Something to do on a connection. */
    interface Work<T> {
        T run(Session session) throws SQLException;
    }

    /** A statement may not have begun when it is cancelled, so it is cancelled until it ends. */
    private static final long CANCEL_MILLIS = 10;

    /** Time that cancelled work has to end. DuckDB does not interrupt a single call of a function, however long it takes. */
    static final Duration GRACE = Duration.ofSeconds(2);

    private final String name;
    private final DuckDBConnection database;
    private final ReadWriteLock registrations = new ReentrantReadWriteLock();
    private final Set<Task<?>> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Sessions(String name, DuckDBConnection database) {
        this.name = name;
        this.database = database;
    }

    /** Runs what reads tables, beside other such work. */
    <T> T run(String subject, @Nullable Duration limit, Work<T> work) {
        return await(registrations.readLock(), subject, limit, work);
    }

    /** Runs what takes files away from under a table, which waits for what reads it. */
    <T> T runAlone(String subject, Work<T> work) {
        return await(registrations.writeLock(), subject, null, work);
    }

    private <T> T await(Lock lock, String subject, @Nullable Duration limit, Work<T> work) {
        requireOpen();
        Task<T> task = new Task<>(lock, subject, work);
        running.add(task);
        try {
            task.thread.start();
            return limit == null
                    ? task.result.get()
                    : task.result.get(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw failed(subject, e.getCause());
        } catch (TimeoutException e) {
            task.stop();
            throw new KeywharfException(
                    "query.timeout", subject, "The statement was stopped after " + limit + "; allow more time", e);
        } catch (InterruptedException e) {
            task.stop();
            throw KeywharfException.interrupted(subject, e);
        } finally {
            running.remove(task);
        }
    }

    private Session open(String subject) {
        try {
            return new Session(database.duplicate());
        } catch (SQLException e) {
            throw DuckDbErrors.of(subject, e);
        }
    }

    /** Work on a thread of its own, which holds the lock until the work has ended, though nobody waits for it any longer. */
    private final class Task<T> {

        private final CompletableFuture<T> result = new CompletableFuture<>();
        private final Lock lock;
        private final String subject;
        private final Work<T> work;
        private final Thread thread = Threads.daemon("keywharf-duckdb", this::run);
        private volatile @Nullable Session session;
        private volatile boolean stopped;

        Task(Lock lock, String subject, Work<T> work) {
            this.lock = lock;
            this.subject = subject;
            this.work = work;
        }

        private void run() {
            try {
                T value = locked();
                result.complete(value);
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        }

        private T locked() throws SQLException, InterruptedException {
            lock.lockInterruptibly();
            try (Session opened = opened()) {
                return work.run(opened);
            } finally {
                lock.unlock();
            }
        }

        private Session opened() throws InterruptedException {
            requireOpen();
            Session opened = open(subject);
            session = opened;
            if (stopped) {
                opened.cancel();
            }
            return opened;
        }

        void cancel() {
            stopped = true;
            Session opened = session;
            if (opened == null) {
                // It waits for the lock, or is about to see that it is stopped.
                thread.interrupt();
            } else {
                opened.cancel();
            }
        }

        /** Cancels until the work has ended, since its files are deleted next, or will not end by being cancelled. */
        void stop() {
            boolean interrupted = false;
            long end = System.nanoTime() + GRACE.toNanos();
            while (!result.isDone() && System.nanoTime() < end) {
                cancel();
                try {
                    result.get(CANCEL_MILLIS, TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException | TimeoutException e) {
                    // It has ended, or is cancelled once more.
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private RuntimeException failed(String subject, @Nullable Throwable cause) {
        if (closed) {
            return closedWith(cause);
        }
        if (cause instanceof SQLException e) {
            return DuckDbErrors.of(subject, e);
        }
        if (cause instanceof RuntimeException e) {
            return e;
        }
        return new KeywharfException("query.failed", subject, "DuckDB failed: " + cause + "; see the cause", cause);
    }

    /** The error of whoever uses an engine that is closed. */
    KeywharfException closedWith(@Nullable Throwable cause) {
        return new KeywharfException("query.closed", name, "The engine is closed; open another one", cause);
    }

    void requireOpen() {
        if (closed) {
            throw closedWith(null);
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Stops what runs, waits for its end, though not longer than a grace, and closes the database. */
    @Override
    public void close() {
        closed = true;
        Lock alone = registrations.writeLock();
        long end = System.nanoTime() + GRACE.toNanos();
        boolean locked = tryLock(alone);
        while (!locked && System.nanoTime() < end) {
            running.forEach(Task::cancel);
            locked = tryLock(alone);
        }
        running.forEach(task -> task.result.completeExceptionally(closedWith(null)));
        try {
            // A connection that still works keeps its database for itself.
            database.close();
        } catch (SQLException e) {
            throw DuckDbErrors.of(name, e);
        } finally {
            if (locked) {
                alone.unlock();
            }
        }
    }

    private static boolean tryLock(Lock lock) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return lock.tryLock(CANCEL_MILLIS, TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
