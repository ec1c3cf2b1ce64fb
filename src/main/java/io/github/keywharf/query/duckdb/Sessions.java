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
 * the time is up, when the waiting thread is interrupted, and when the engine is closed.
 */
final class Sessions implements AutoCloseable {

    /** Something to do on a connection. */
    interface Work<T> {
        T run(Session session) throws SQLException;
    }

    /** A statement may not have begun when it is cancelled, so it is cancelled until it ends. */
    private static final long CANCEL_MILLIS = 10;

    private final String name;
    private final DuckDBConnection database;
    private final ReadWriteLock registrations = new ReentrantReadWriteLock();
    private final Set<Session> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Sessions(String name, DuckDBConnection database) {
        this.name = name;
        this.database = database;
    }

    /** Runs what reads tables, beside other such work. */
    <T> T run(String subject, @Nullable Duration limit, Work<T> work) {
        return locked(registrations.readLock(), subject, limit, work);
    }

    /** Runs what takes files away from under a table, which waits for what reads it. */
    <T> T runAlone(String subject, Work<T> work) {
        return locked(registrations.writeLock(), subject, null, work);
    }

    private <T> T locked(Lock lock, String subject, @Nullable Duration limit, Work<T> work) {
        requireOpen();
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted(subject, e);
        }
        try {
            requireOpen();
            return await(subject, limit, work);
        } finally {
            lock.unlock();
        }
    }

    private <T> T await(String subject, @Nullable Duration limit, Work<T> work) {
        Session session = open(subject);
        CompletableFuture<T> result = new CompletableFuture<>();
        running.add(session);
        try {
            Threads.daemon("keywharf-duckdb", () -> complete(result, session, work))
                    .start();
            return limit == null ? result.get() : result.get(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw failed(subject, e.getCause());
        } catch (TimeoutException e) {
            stop(session, result);
            throw new KeywharfException(
                    "query.timeout", subject, "The statement was stopped after " + limit + "; allow more time", e);
        } catch (InterruptedException e) {
            stop(session, result);
            throw KeywharfException.interrupted(subject, e);
        } finally {
            running.remove(session);
        }
    }

    private Session open(String subject) {
        try {
            return new Session(database.duplicate());
        } catch (SQLException e) {
            throw DuckDbErrors.of(subject, e);
        }
    }

    private static <T> void complete(CompletableFuture<T> result, Session session, Work<T> work) {
        try (session) {
            T value = work.run(session);
            session.close();
            result.complete(value);
        } catch (Throwable e) {
            result.completeExceptionally(e);
        }
    }

    /** Cancels until the work has ended, since its files are deleted next. */
    private static void stop(Session session, CompletableFuture<?> result) {
        boolean interrupted = false;
        while (!result.isDone()) {
            session.cancel();
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

    /** Stops what runs, waits for its end, and closes the database. */
    @Override
    public void close() {
        closed = true;
        Lock alone = registrations.writeLock();
        while (!tryLock(alone)) {
            running.forEach(Session::cancel);
        }
        try {
            database.close();
        } catch (SQLException e) {
            throw DuckDbErrors.of(name, e);
        } finally {
            alone.unlock();
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
