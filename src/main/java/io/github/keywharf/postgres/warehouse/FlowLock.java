package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.internal.session.Jdbc;
import io.github.keywharf.postgres.internal.session.PgErrors;
import io.github.keywharf.sql.Warehouse;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The advisory lock under which one batch of a flow is loaded at a time, and the end of a session that holds it although
 * its owner has lost the right to load: such as that of a process which is stopped, or whose host is gone.
 */
final class FlowLock {

    private static final Logger LOG = LoggerFactory.getLogger(FlowLock.class);

    /** How often a session is ended before the load gives up. */
    private static final int ATTEMPTS = 3;

    private static final String HOLDERS = """
        FROM (SELECT hashtextextended(?, 0) AS k) k, pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND l.classid::bigint = ((k.k >> 32) & 4294967295) AND l.objid::bigint = (k.k & 4294967295)
          AND l.pid <> pg_backend_pid()\
        """;

    private FlowLock() {}

    /** What is locked for a flow. */
    private static String subject(String flow) {
        return "flow " + flow;
    }

    /**
     * Locks the flows of a load in its open transaction, which is begun again where a session had to be ended.
     *
     * @param takeover null where the caller has no right that others have lost, and waits as long as for any lock
     */
    static void take(LoadContext context, String name, Warehouse.@Nullable Takeover takeover) throws SQLException {
        List<String> flows = context.batch().flows();
        for (int attempt = 1; ; attempt++) {
            String waiting = flows.get(0);
            try {
                if (takeover != null) {
                    context.update(LoadContext.lockTimeout(takeover.patience()));
                }
                for (String flow : flows) {
                    waiting = flow;
                    context.lock(subject(flow));
                }
                if (takeover != null) {
                    context.update(context.lockTimeout());
                }
                return;
            } catch (SQLException e) {
                if (takeover == null || !PgErrors.state(e).equals("55P03") || attempt > ATTEMPTS) {
                    throw e;
                }
                context.connection().rollback();
                takeover.check().run();
                end(context, name, waiting);
                context.connection().commit();
                Transactions.settings(context);
            }
        }
    }

    private static void end(LoadContext context, String name, String flow) throws SQLException {
        String lock = context.lockName(subject(flow));
        for (Holder holder : Jdbc.list(
                context.connection(),
                "SELECT l.pid, coalesce(a.usename::text, '?'), coalesce(host(a.client_addr), 'local') " + HOLDERS,
                row -> new Holder(row.getInt(1), row.getString(2), row.getString(3)),
                lock)) {
            end(context, name, flow, lock, holder);
        }
    }

    private record Holder(int pid, String user, String address) {}

    private static void end(LoadContext context, String name, String flow, String lock, Holder holder)
            throws SQLException {
        int pid = holder.pid();
        String session = "session " + pid + " of user '" + holder.user() + "' from " + holder.address();
        // Once more with the lock, as the session may have ended, and another have got its number.
        try {
            Jdbc.execute(
                    context.connection(),
                    "SELECT pg_terminate_backend(l.pid) " + HOLDERS + " AND l.pid = ?",
                    lock,
                    pid);
            LOG.atWarn()
                    .addKeyValue("warehouse", name)
                    .addKeyValue("flow", flow)
                    .log("Ended the {}, whose load had gone on although its lease was over", session);
        } catch (SQLException e) {
            throw new KeywharfException(
                    "postgres.load_blocked",
                    name,
                    "The " + session + " is loading '" + flow + "' although its lease is over, and this user may not"
                            + " end it; stop the process it belongs to, or run SELECT pg_terminate_backend(" + pid
                            + ") as a user that may, such as one with the role pg_signal_backend",
                    e);
        }
    }
}
