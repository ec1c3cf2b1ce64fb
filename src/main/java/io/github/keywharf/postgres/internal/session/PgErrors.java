package io.github.keywharf.postgres.internal.session;

import io.github.keywharf.KeywharfException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link KeywharfException} of what the driver throws, by SQLSTATE (PostgreSQL documentation, appendix A).
 *
 * <p>The server's own words stand in the message where they name objects only. Of errors about values (classes 22 and
 * 23), whose words quote rows, only the kind and the constraint's name are kept; whoever wants the rest finds it in the
 * cause's {@code getServerErrorMessage()}.
 */
public final class PgErrors {

    /** Out of shared memory, of which the table of locks is the part that fills up. */
    public static final String LOCKS_FULL = "53200";

    /** Protocol violation, under which PgBouncer gives all its reasons. */
    private static final String PROTOCOL = "08P01";

    /** A prepared statement is not there, or is there before it was prepared. */
    private static final Set<String> UNPREPARED = Set.of("26000", "42P05");

    private static final String OTHER_SESSION =
            "; a pooler may have handed out another session than the one that prepared the"
                    + " statement: leave the driver's prepareThreshold at 0";

    private static final Set<String> RETRYABLE =
            Set.of("postgres.connection_lost", "postgres.conflict", "postgres.locked");

    private PgErrors() {}

    /**
     * The exception for a statement that failed on an open connection.
     *
     * @param subject what the statement was about, such as a table's name
     * @param doing what failed, as in {@code "The table cannot be read"}
     */
    public static KeywharfException of(String subject, String doing, SQLException e) {
        String state = state(e);
        String code = code(state);
        String problem = doing + ": " + words(state, e) + (UNPREPARED.contains(state) ? OTHER_SESSION : wayOut(code));
        return RETRYABLE.contains(code)
                ? KeywharfException.retryable(code, subject, problem, e)
                : new KeywharfException(code, subject, problem, e);
    }

    /** The exception for a connection that could not be opened to the database of that name. */
    static KeywharfException opening(String name, SQLException e) {
        return TlsErrors.of(name, e).orElseGet(() -> notOpened(name, e));
    }

    private static KeywharfException notOpened(String name, SQLException e) {
        String state = state(e);
        return switch (state) {
            case "28P01", "28000" ->
                new KeywharfException(
                        "postgres.bad_credentials",
                        name,
                        "The server refuses the user or the password; check both, and that the server lets this user"
                                + " connect from here (pg_hba.conf)",
                        e);
            case "3D000" ->
                new KeywharfException(
                        "postgres.no_database", name, "The server has no such database; check its name", e);
            case "53300" ->
                KeywharfException.retryable(
                        "postgres.too_many_connections",
                        name,
                        "The server has no connection left for this user; close some or raise its limit",
                        e);
            default ->
                state.startsWith("08") || state.startsWith("57P") || state.isEmpty()
                        ? KeywharfException.retryable(
                                "postgres.unreachable",
                                name,
                                "The server cannot be reached; check host and port, that it runs, and that the network"
                                        + " and its SSL settings allow the connection"
                                        + (state.equals(PROTOCOL) && said(e) != null
                                                ? "; what answers, maybe a pooler, says: " + said(e)
                                                : ""),
                                e)
                        : of(name, "The connection cannot be opened", e);
        };
    }

    /** The SQLSTATE, empty when there is none. */
    public static String state(SQLException e) {
        String state = e.getSQLState();
        return state == null ? "" : state;
    }

    private static String code(String state) {
        return switch (state) {
            case "42501" -> "postgres.not_permitted";
            case "40001", "40P01" -> "postgres.conflict";
            case "55P03" -> "postgres.locked";
            case "57014" -> "postgres.cancelled";
            case "25006" -> "postgres.read_only";
            case "42P01", "3F000" -> "postgres.no_table";
            default -> {
                String kind = state.length() < 2 ? "" : state.substring(0, 2);
                yield state.startsWith("57P")
                        ? "postgres.connection_lost"
                        : switch (kind) {
                            case "08" -> "postgres.connection_lost";
                            case "22" -> "postgres.bad_value";
                            case "23" -> "postgres.constraint";
                            case "42" -> "postgres.bad_statement";
                            case "53" -> "postgres.out_of_resources";
                            default -> "postgres.failed";
                        };
            }
        };
    }

    private static String wayOut(String code) {
        return switch (code) {
            case "postgres.connection_lost" -> "; check that the server runs, then try again";
            case "postgres.not_permitted" -> "; grant the right to the user, or use another";
            case "postgres.conflict", "postgres.locked" -> "; try again";
            case "postgres.cancelled" ->
                "; raise or lift statement_timeout and transaction_timeout of the role (ALTER ROLE … SET), or see who"
                        + " cancelled it";
            case "postgres.read_only" ->
                "; the server may be a standby, or default_transaction_read_only be set: use the primary, or switch it"
                        + " off";
            case "postgres.out_of_resources" -> "; free some on the server, or give it more, then try again";
            default -> "";
        };
    }

    /** The other side's own words, null where the driver found the fault. */
    private static @Nullable String said(SQLException e) {
        return e instanceof org.postgresql.util.PSQLException driver && driver.getServerErrorMessage() != null
                ? driver.getServerErrorMessage().getMessage()
                : null;
    }

    private static String words(String state, SQLException e) {
        @Nullable String said = said(e);
        if (state.equals(PROTOCOL) && said != null) {
            return "the server, or a pooler before it, ended the connection: " + said;
        }
        if (state.startsWith("08") || state.startsWith("57P")) {
            return "the connection to the server was lost";
        }
        @Nullable String constraint = null;
        if (e instanceof org.postgresql.util.PSQLException driver && driver.getServerErrorMessage() != null) {
            constraint = driver.getServerErrorMessage().getConstraint();
        }
        if (state.startsWith("22")) {
            return "a value is not valid here (SQLSTATE " + state + ")";
        }
        if (state.startsWith("23")) {
            return "a row breaks " + (constraint == null ? "a constraint" : "the constraint '" + constraint + "'")
                    + " (SQLSTATE " + state + ")";
        }
        if (state.equals(LOCKS_FULL)) {
            return "the server has no room for more locks or other shared objects, such as those of the partitions of a"
                    + " table (SQLSTATE " + state + "); raise max_locks_per_transaction";
        }
        return (said == null ? "the server gave no reason" : said)
                + (state.isEmpty() ? "" : " (SQLSTATE " + state + ")");
    }
}
