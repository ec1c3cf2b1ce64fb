package io.github.keywharf.postgres.internal.session;

import io.github.keywharf.event.EventListener;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a few connections for the next caller, because signing in (SCRAM) costs more than a small query. A connection
 * that comes back is reset ({@code DISCARD ALL}); one that is taken again is checked first.
 */
public final class PgPool implements PgConnections {

    /** As many as a small flow uses concurrently; more would hold server processes for nothing. */
    static final int MAX_IDLE = 4;

    private static final int CHECK_SECONDS = 5;

    private final PgConnections fresh;
    private final EventListener events;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private boolean closed;

    public PgPool(PgConnections fresh, EventListener events) {
        this.fresh = fresh;
        this.events = events;
    }

    @Override
    public EventListener events() {
        return events;
    }

    @Override
    public Connection open() {
        for (Connection kept = take(); kept != null; kept = take()) {
            if (works(kept)) {
                return handle(kept);
            }
            closeQuietly(kept);
        }
        return handle(fresh.open());
    }

    private synchronized @Nullable Connection take() {
        if (closed) {
            throw new IllegalStateException("The database " + fresh.name() + " is closed");
        }
        return idle.pollLast();
    }

    private static boolean works(Connection connection) {
        try {
            return connection.isValid(CHECK_SECONDS);
        } catch (SQLException e) {
            return false;
        }
    }

    private void giveBack(Connection connection) {
        if (!reset(connection) || !keep(connection)) {
            closeQuietly(connection);
        }
    }

    private synchronized boolean keep(Connection connection) {
        if (closed || idle.size() == MAX_IDLE) {
            return false;
        }
        idle.addLast(connection);
        return true;
    }

    private static boolean reset(Connection connection) {
        try {
            if (connection.isClosed()) {
                return false;
            }
            if (!connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
            if (connection.isReadOnly()) {
                connection.setReadOnly(false);
            }
            try (Statement statement = connection.createStatement()) {
                statement.execute("DISCARD ALL");
            }
            connection.clearWarnings();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // It is of no use to anyone any more, closed or not.
        }
    }

    private Connection handle(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                PgPool.class.getClassLoader(), new Class<?>[] {Connection.class}, new Handle(connection));
    }

    @Override
    public String name() {
        return fresh.name();
    }

    @Override
    public void close() {
        Deque<Connection> kept;
        synchronized (this) {
            closed = true;
            kept = new ArrayDeque<>(idle);
            idle.clear();
        }
        kept.forEach(PgPool::closeQuietly);
        fresh.close();
    }

    /** A connection of the driver's, whose closing gives it back. */
    private final class Handle implements InvocationHandler {

        private final Connection connection;
        private boolean given;

        Handle(Connection connection) {
            this.connection = connection;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            switch (method.getName()) {
                case "close" -> {
                    if (!given) {
                        given = true;
                        giveBack(connection);
                    }
                    return null;
                }
                case "isClosed" -> {
                    return given || connection.isClosed();
                }
                case "equals" -> {
                    return arguments != null && proxy == arguments[0];
                }
                case "hashCode" -> {
                    return System.identityHashCode(proxy);
                }
                case "toString" -> {
                    return "Connection[" + name() + "]";
                }
                default -> {
                    if (given) {
                        throw new SQLException("The connection is closed", "08003");
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }
            }
        }
    }
}
