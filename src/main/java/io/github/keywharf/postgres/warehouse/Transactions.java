package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.postgres.internal.session.PgErrors;
import io.github.keywharf.postgres.internal.session.PgSessions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Beginning and ending of the transactions that load. */
final class Transactions {

    /** Enough for the hash tables of a merge of a million rows, which otherwise go through files. */
    private static final String WORK_MEMORY = "64MB";

    /** Longer than any load of others should keep a table locked; without it a load may wait for ever. */
    static final Duration LOCKS = Duration.ofMinutes(10);

    /** The server has it from version 14 on, and not on every system: then it stays as it is. */
    private static final String CHECK_CONNECTION = """
        DO $$ BEGIN
          PERFORM set_config('client_connection_check_interval', '10s', true);
        EXCEPTION WHEN OTHERS THEN NULL;
        END $$\
        """;

    private Transactions() {}

    static LoadContext begin(
            Connection connection,
            EventListener events,
            WarehouseSettings settings,
            LoadContext.Batch batch,
            Duration locks)
            throws SQLException {
        connection.setAutoCommit(false);
        LoadContext context = new LoadContext(
                connection,
                events,
                settings.schema(),
                batch,
                locks,
                settings.versionOf(connection.getMetaData().getDatabaseMajorVersion()),
                settings.pauseForeignKeys(),
                new AtomicInteger());
        settings(context);
        return context;
    }

    /** Sets what holds for the transaction. */
    static void settings(LoadContext context) throws SQLException {
        try (Statement statement = context.connection().createStatement()) {
            statement.execute("SET LOCAL work_mem = '" + WORK_MEMORY + "'; SET LOCAL jit = off; "
                    + PgSessions.unlimited(context.connection()) + "; " + context.lockTimeout());
            statement.execute(CHECK_CONNECTION);
        }
    }

    /**
     * Commits.
     *
     * @throws KeywharfException with code {@code postgres.commit_unknown} when the connection was lost meanwhile, so
     *     that it is not known whether the server has committed
     */
    static void commit(Connection connection, String name, String what) {
        try {
            connection.commit();
        } catch (SQLException e) {
            String state = PgErrors.state(e);
            if (state.startsWith("08") || state.startsWith("57P")) {
                throw KeywharfException.retryable(
                        "postgres.commit_unknown",
                        name,
                        "The connection was lost while " + what + " was committed, so that it may or may not be there;"
                                + " load it again, which is safe: the control tables show whether it is there",
                        e);
            }
            throw PgErrors.of(name, what + " cannot be committed", e);
        }
    }

    /** Undoes what was not committed and lets the connection go. */
    static void close(Connection connection) {
        try (connection) {
            if (!connection.isClosed()) {
                connection.rollback();
            }
        } catch (SQLException e) {
            // The server undoes what a lost connection leaves open.
        }
    }

    /** Closes after a failure. */
    static void abandon(Connection connection, Throwable failure) {
        try (connection) {
            connection.rollback();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }
}
