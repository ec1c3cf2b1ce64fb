package io.github.keywharf.postgres.internal.session;

import io.github.keywharf.event.EventListener;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/** Takes connections from the caller's own data source, which stays the caller's. */
public final class PgDataSource implements PgConnections {

    private final DataSource source;
    private final EventListener events;
    private volatile String name = "postgres";

    public PgDataSource(DataSource source, EventListener events) {
        this.source = source;
        this.events = events;
    }

    @Override
    public EventListener events() {
        return events;
    }

    @Override
    public Connection open() {
        try {
            Connection connection = source.getConnection();
            if (!connection.getAutoCommit()) {
                connection.setAutoCommit(true);
            }
            name = nameOf(connection);
            return unprepared(connection);
        } catch (SQLException e) {
            throw PgErrors.opening(name, e);
        }
    }

    /**
     * The connection with no statements prepared on the server until it is closed: a pooler may run the next transaction in
     * another server session, where a statement of the same name is another.
     */
    private static Connection unprepared(Connection connection) throws SQLException {
        PGConnection driver = connection.unwrap(PGConnection.class);
        int threshold = driver.getPrepareThreshold();
        driver.setPrepareThreshold(0);
        return (Connection) Proxy.newProxyInstance(
                PgDataSource.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close") && !connection.isClosed()) {
                        driver.setPrepareThreshold(threshold);
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static String nameOf(Connection connection) throws SQLException {
        String url = connection.getMetaData().getURL();
        int start = url.indexOf("//");
        int end = url.indexOf('?');
        return start < 0 ? "postgres" : url.substring(start + 2, end < 0 ? url.length() : end);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void close() {}
}
