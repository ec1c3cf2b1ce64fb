package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.internal.session.PgErrors;
import io.github.keywharf.postgres.internal.session.Quoted;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.Origin;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.WrittenOrigins;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Runs a merge over staged rows. Where the server refuses a row's values, it is found by halving: the rest is merged,
 * and that row is rejected in the server's words.
 *
 * <p>In a table that refers to itself, a part of the rows may be refused for want of a row in another part. There, the bad
 * rows are found first, by merges that are rolled back, then those whose parents do not come, and all others are merged
 * together. Where no row is found in this way, rows that want their parents are set aside one by one, under greater numbers,
 * and tried again as long as fewer remain.
 */
final class StagedMerge {

    /** How many rows are looked for by halving; when there are more, the table and the rows do not fit each other. */
    static final int MAX_REFUSED = 1_000;

    /** The server's function that checks new rows against policies. */
    private static final String POLICY_CHECK = "ExecWithCheckOptions";

    private final LoadContext context;
    private final WrittenOrigins origins;
    private final String table;
    private final StageTable stage;
    private final String statement;
    private final RejectListener rejects;
    private final MissingParents parents;
    private final List<String> order;
    private boolean waits;
    private long span;
    private long end;
    private long aside;
    private long alone;
    private long inserted;
    private long updated;
    private LeftOut leftOut = LeftOut.NONE;
    private int refused;

    /**
     * Prepares a merge.
     *
     * @param origins where the rows came from
     * @param table that refuses them, for errors
     * @param statement with two parameters, the first and the last number of the rows it takes
     * @param parents finds what rows refer to
     * @param order columns by which rows are one after the other where their values are equal; empty where none are
     */
    StagedMerge(
            LoadContext context,
            WrittenOrigins origins,
            String table,
            StageTable stage,
            String statement,
            RejectListener rejects,
            MissingParents parents,
            List<String> order) {
        this.context = context;
        this.origins = origins;
        this.table = table;
        this.stage = stage;
        this.statement = statement;
        this.rejects = rejects;
        this.parents = parents;
        this.order = order;
    }

    /** Merges the rows from number 1 to this one, in order. */
    void run(long last) throws SQLException {
        span = last;
        SQLException e = merge(1, last, true);
        if (e != null) {
            stage.index(span);
        }
        waits = parents.arePossible();
        long before = Long.MAX_VALUE;
        for (long first = 1; e != null; e = merge(first, end(first), true)) {
            int found = refused;
            if (waits && isMissing(e)) {
                refuseOrphans(first);
            } else if (waits) {
                refuseBad(first, end(first), e);
            }
            if (refused == found) {
                aside = 0;
                alone = 0;
                end = end(first);
                split(first, end, e);
                if (aside == 0) {
                    return;
                }
                waits = aside < before;
                before = aside;
                first += span;
            }
        }
    }

    private long end(long first) {
        return first + span - 1;
    }

    private void halve(long first, long last) throws SQLException {
        SQLException e = merge(first, last, true);
        if (e != null) {
            split(first, last, e);
        }
    }

    private void split(long first, long last, SQLException e) throws SQLException {
        if (first < last) {
            long middle = first + (last - first) / 2;
            halve(first, middle);
            halve(middle + 1, last);
        } else if (waits && isMissing(e)) {
            if (++alone > MAX_REFUSED) {
                throw tooMany(e);
            }
            aside += parents.setAside(first, end, span, order);
        } else {
            refuse(first, e);
        }
    }

    /** Merges rows; gives the error, after which nothing is merged, when it is about their values. */
    private @Nullable SQLException merge(long first, long last, boolean keep) throws SQLException {
        Connection connection = context.connection();
        Savepoint savepoint = connection.setSavepoint();
        SQLException refusal = null;
        stage.resetCounters();
        try (PreparedStatement merge = connection.prepareStatement(statement)) {
            merge.setLong(1, first);
            merge.setLong(2, last);
            try (ResultSet counts = merge.executeQuery()) {
                if (keep && counts.next()) {
                    inserted += counts.getLong(1);
                    updated += counts.getLong(2);
                    leftOut = leftOut.plus(stage.counted());
                }
            }
        } catch (SQLException e) {
            if (!isAboutValues(e)) {
                throw e;
            }
            refusal = e;
        }
        if (refusal != null || !keep) {
            connection.rollback(savepoint);
        }
        // Released, or each would stay open in the server beneath all that follow.
        connection.releaseSavepoint(savepoint);
        return refusal;
    }

    /** Refuses rows whose parents are neither there nor to come. */
    private void refuseOrphans(long first) throws SQLException {
        for (long number : parents.find(first, end(first), MAX_REFUSED + 1)) {
            SQLException e = merge(number, number, false);
            if (e != null) {
                refuse(number, e);
            }
        }
    }

    /** Refuses rows for what is wrong with themselves; whether their parents are there shows when all others are tried. */
    private void refuseBad(long first, long last, SQLException e) throws SQLException {
        if (first == last) {
            refuse(first, e);
            return;
        }
        long middle = first + (last - first) / 2;
        SQLException left = merge(first, middle, false);
        if (left != null && !isMissing(left)) {
            refuseBad(first, middle, left);
        }
        SQLException right = merge(middle + 1, last, false);
        if (right != null && !isMissing(right)) {
            refuseBad(middle + 1, last, right);
        }
    }

    private static boolean isMissing(SQLException e) {
        return PgErrors.state(e).equals("23503");
    }

    /** Whether a statement failed for the values of its rows. */
    static boolean isAboutValues(SQLException e) {
        String state = PgErrors.state(e);
        return state.startsWith("22")
                || state.startsWith("23")
                || state.startsWith("44")
                || state.startsWith("P0")
                || (state.equals("42501") && isOfPolicy(e));
    }

    /** Whether a row breaks a policy of row level security; a missing right has the same SQLSTATE. */
    private static boolean isOfPolicy(SQLException e) {
        return e instanceof PSQLException server
                && server.getServerErrorMessage() != null
                && POLICY_CHECK.equals(server.getServerErrorMessage().getRoutine());
    }

    private void refuse(long number, SQLException e) throws SQLException {
        if (++refused > MAX_REFUSED) {
            throw tooMany(e);
        }
        Origin origin = origins.of((number - 1) % span + 1);
        String row = " FROM " + stage.quoted() + " WHERE " + stage.number() + " = ?";
        try (PreparedStatement read = context.connection()
                .prepareStatement("SELECT " + stage.number() + ", "
                        + Quoted.names(stage.schema().names()) + row)) {
            read.setLong(1, number);
            try (ResultSet found = read.executeQuery()) {
                if (found.next()) {
                    rejects.rejected(
                            new RejectedRow(origin.source(), origin.position(), column(e), words(e), stage.row(found)));
                }
            }
        }
        context.update(
                "UPDATE " + stage.quoted() + " SET " + stage.number() + " = -" + stage.number() + " WHERE "
                        + stage.number() + " = ?",
                number);
    }

    private KeywharfException tooMany(SQLException e) {
        return new KeywharfException(
                "postgres.refused",
                table,
                "The server refuses more than " + MAX_REFUSED + " rows, the last one because: " + words(e)
                        + "; check the table's constraints and triggers against the rows",
                e);
    }

    private static String column(SQLException e) {
        ServerErrorMessage said = e instanceof PSQLException server ? server.getServerErrorMessage() : null;
        return said == null || said.getColumn() == null ? "" : said.getColumn();
    }

    private static String words(SQLException e) {
        ServerErrorMessage said = e instanceof PSQLException server ? server.getServerErrorMessage() : null;
        return said == null || said.getMessage() == null ? "SQLSTATE " + PgErrors.state(e) : said.getMessage();
    }

    long inserted() {
        return inserted;
    }

    long updated() {
        return updated;
    }

    /** Rows that the merge left out, as they are in the table already or another one of their key is. */
    LeftOut leftOut() {
        return leftOut;
    }

    int refused() {
        return refused;
    }
}
