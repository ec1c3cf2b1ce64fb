package io.github.keywharf.postgres;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Runs a merge over staged rows. Where the server refuses a row's values, it is found by halving: the rest is merged,
 * and that row is rejected in the server's words.
 */
final class StagedMerge {

    /** How many rows are looked for by halving; when there are more, the table and the rows do not fit each other. */
    static final int MAX_REFUSED = 1_000;

    private final LoadContext context;
    private final String source;
    private final StageTable stage;
    private final String statement;
    private final RejectListener rejects;
    private long inserted;
    private long updated;
    private int refused;

    StagedMerge(LoadContext context, String source, StageTable stage, String statement, RejectListener rejects) {
        this.context = context;
        this.source = source;
        this.stage = stage;
        this.statement = statement;
        this.rejects = rejects;
    }

    /** Merges the rows of these numbers, both included, in order. */
    void run(long first, long last) throws SQLException {
        Connection connection = context.connection();
        Savepoint savepoint = connection.setSavepoint();
        try (PreparedStatement merge = connection.prepareStatement(statement)) {
            merge.setLong(1, first);
            merge.setLong(2, last);
            try (ResultSet counts = merge.executeQuery()) {
                if (counts.next()) {
                    inserted += counts.getLong(1);
                    updated += counts.getLong(2);
                }
            }
            connection.releaseSavepoint(savepoint);
            return;
        } catch (SQLException e) {
            if (!isAboutValues(e)) {
                throw e;
            }
            connection.rollback(savepoint);
            if (first == last) {
                refuse(first, e);
                return;
            }
        }
        long middle = first + (last - first) / 2;
        run(first, middle);
        run(middle + 1, last);
    }

    private static boolean isAboutValues(SQLException e) {
        String state = PgErrors.state(e);
        return state.startsWith("22") || state.startsWith("23") || state.startsWith("44") || state.startsWith("P0");
    }

    private void refuse(long number, SQLException e) throws SQLException {
        if (++refused > MAX_REFUSED) {
            throw new KeywharfException(
                    "postgres.refused",
                    source,
                    "The server refuses more than " + MAX_REFUSED + " rows, the last one because: " + words(e)
                            + "; check the table's constraints and triggers against the rows",
                    e);
        }
        String row = " FROM " + stage.quoted() + " WHERE " + StageTable.NUMBER + " = ?";
        try (PreparedStatement read = context.connection()
                .prepareStatement("SELECT " + StageTable.NUMBER + ", "
                        + Quoted.names(stage.schema().names()) + row)) {
            read.setLong(1, number);
            try (ResultSet found = read.executeQuery()) {
                if (found.next()) {
                    rejects.rejected(new RejectedRow(source, number, column(e), words(e), stage.row(found)));
                }
            }
        }
        context.update(
                "UPDATE " + stage.quoted() + " SET " + StageTable.NUMBER + " = -" + StageTable.NUMBER + " WHERE "
                        + StageTable.NUMBER + " = ?",
                number);
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

    int refused() {
        return refused;
    }
}
