package io.github.keywharf.postgres;

import java.sql.Connection;
import java.sql.SQLException;

/** What sessions have in common, and their ends. */
final class PgSessions {

    /** So that the server notices within two minutes that this host is gone, and undoes the transaction. */
    static final String KEEPALIVES = "SET LOCAL tcp_keepalives_idle = 60; SET LOCAL tcp_keepalives_interval = 10;"
            + " SET LOCAL tcp_keepalives_count = 6";

    /** So that the server's texts of values do not depend on the role, the database or this JVM's time zone. */
    static final String TEXTS =
            "SET LOCAL TimeZone = 'UTC'; SET LOCAL IntervalStyle = postgres; SET LOCAL DateStyle = ISO;"
                    + " SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = hex";

    private PgSessions() {}

    /** Undoes what is open and closes the connection, which may serve again; a broken one stays silent. */
    static void end(Connection connection) {
        try (connection) {
            if (!connection.isClosed() && !connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            abort(connection);
        }
    }

    /** Cuts the connection off, whatever it is doing, so that it never serves again. */
    static void abort(Connection connection) {
        try (connection) {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // It was broken already.
        }
    }
}
