package io.github.keywharf.postgres.internal.session;

import java.sql.Connection;
import java.sql.SQLException;

/** What sessions have in common, and their ends. */
public final class PgSessions {

    private static final int TRANSACTION_TIMEOUT_SINCE = 17;

    /** So that the server notices within two minutes that this host is gone, and undoes the transaction. */
    private static final String KEEPALIVES =
            "SET LOCAL tcp_keepalives_idle = 60; SET LOCAL tcp_keepalives_interval = 10;"
                    + " SET LOCAL tcp_keepalives_count = 6";

    /** So that the server's texts of values do not depend on the role, the database or this JVM's time zone. */
    public static final String TEXTS =
            "SET LOCAL TimeZone = 'UTC'; SET LOCAL IntervalStyle = postgres; SET LOCAL DateStyle = ISO;"
                    + " SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = hex;"
                    + " SET LOCAL lc_monetary = 'C'";

    /** So that names of objects come with their schema. */
    public static final String WITHOUT_PATH = "SET LOCAL search_path = ''";

    /** So that such texts are understood; a day with its month first is refused, as far as it shows. */
    public static final String READ_TEXTS = "SET LOCAL lc_monetary = 'C'; SET LOCAL IntervalStyle = postgres;"
            + " SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL xmloption = content";

    /** So that texts without an offset mean the same on each host. */
    public static final String IN_UTC = "SET LOCAL TimeZone = 'UTC'";

    private PgSessions() {}

    /**
     * Settings of a transaction that takes as long as its rows do: a role's limits are for the statements of people. It is
     * for SET to begin with, which takes no snapshot.
     */
    public static String unlimited(Connection connection) throws SQLException {
        boolean limitsTransactions = connection.getMetaData().getDatabaseMajorVersion() >= TRANSACTION_TIMEOUT_SINCE;
        return "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; "
                + (limitsTransactions ? "SET LOCAL transaction_timeout = 0; " : "") + KEEPALIVES;
    }

    /** Undoes what is open and closes the connection, which may serve again; a broken one stays silent. */
    public static void end(Connection connection) {
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
    public static void abort(Connection connection) {
        try (connection) {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // It was broken already.
        }
    }
}
