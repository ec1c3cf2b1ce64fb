package io.github.keywharf.postgres;

import io.github.keywharf.event.EventListener;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Takes connections from the caller's own data source, which stays the caller's. */
final class PgDataSource implements PgConnections {

    private final DataSource source;
    private final EventListener events;
    private volatile String name = "postgres";

    PgDataSource(DataSource source, EventListener events) {
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
            return connection;
        } catch (SQLException e) {
            throw PgErrors.opening(name, e);
        }
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
