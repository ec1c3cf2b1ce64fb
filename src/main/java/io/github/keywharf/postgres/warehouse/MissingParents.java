package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.postgres.internal.session.PgErrors;
import io.github.keywharf.postgres.internal.session.Quoted;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Staged rows of a table that refers to itself, whose parents may be staged too. The server checks a foreign key at the
 * end of each statement, so that a part of the rows may be refused which is accepted together with the others.
 */
final class MissingParents {

    private final LoadContext context;
    private final TargetTable target;
    private final StageTable stage;
    private final List<TargetTable.ForeignKey> keys;

    MissingParents(LoadContext context, TargetTable target, StageTable stage) {
        this.context = context;
        this.target = target;
        this.stage = stage;
        this.keys = target.foreignKeys().stream()
                .filter(key -> isStaged(key.columns()) && (!key.toItself() || isStaged(key.targets())))
                .toList();
    }

    /** Whether a row may refer to another one of the same load. */
    boolean arePossible() {
        return target.refersToItself();
    }

    private boolean isStaged(List<String> columns) {
        return columns.stream().allMatch(stage::isAsDeclared);
    }

    /**
     * Gives a row a number that is greater by a span, and so those after it, up to the end, whose key is the same, so that
     * rows of one key stay in order; gives how many.
     */
    long setAside(long row, long end, long span, List<String> key) throws SQLException {
        String number = stage.number();
        String names = Quoted.names(key);
        return context.update("UPDATE " + stage.quoted() + " SET " + number + " = " + number + " + " + span + " WHERE "
                + number + " = " + row
                + (key.isEmpty()
                        ? ""
                        : " OR (" + number + " BETWEEN " + (row + 1) + " AND " + end + " AND (" + names
                                + ") IN (SELECT " + names + " FROM " + stage.quoted() + " WHERE " + number + " = "
                                + row + "))"));
    }

    /** The columns by which rows of this table refer to each other, on the side referred to, as far as they are staged. */
    List<String> referredTo() {
        return keys.stream()
                .filter(TargetTable.ForeignKey::toItself)
                .map(TargetTable.ForeignKey::targets)
                .findFirst()
                .orElse(List.of());
    }

    /**
     * The numbers, from the first to the last, of rows whose parents are neither in the tables referred to nor staged; no
     * more than a limit. None where triggers may change rows before they are written.
     */
    List<Long> find(long first, long last, int limit) throws SQLException {
        List<Long> found = new ArrayList<>();
        if (keys.isEmpty() || target.suppresses()) {
            return found;
        }
        Connection connection = context.connection();
        Savepoint savepoint = connection.setSavepoint();
        String staged = " BETWEEN " + first + " AND " + last;
        String orphans = keys.stream().map(key -> isOrphan(key, staged)).collect(Collectors.joining(" OR "));
        try (PreparedStatement select = connection.prepareStatement("SELECT s." + stage.number() + " FROM "
                + stage.quoted() + " s WHERE s." + stage.number() + staged + " AND (" + orphans + ") ORDER BY 1 LIMIT "
                + limit)) {
            try (ResultSet numbers = select.executeQuery()) {
                while (numbers.next()) {
                    found.add(numbers.getLong(1));
                }
            }
        } catch (SQLException e) {
            if (!PgErrors.state(e).equals("42501")) {
                throw e;
            }
            // Whoever may only insert does not see the parents; the rows are then found one by one.
            connection.rollback(savepoint);
        }
        connection.releaseSavepoint(savepoint);
        return found;
    }

    private String isOrphan(TargetTable.ForeignKey key, String staged) {
        String orphan = key.columns().stream()
                        .map(column -> "s." + Quoted.name(column) + " IS NOT NULL AND ")
                        .collect(Collectors.joining())
                + "NOT EXISTS (SELECT FROM " + key.table() + " p WHERE " + refers(key, "p") + ")";
        return key.toItself()
                ? "(" + orphan + " AND NOT EXISTS (SELECT FROM " + stage.quoted() + " p WHERE p." + stage.number()
                        + staged + " AND " + refers(key, "p") + "))"
                : "(" + orphan + ")";
    }

    private String refers(TargetTable.ForeignKey key, String parent) {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < key.columns().size(); i++) {
            pairs.add(parent + "." + Quoted.name(key.targets().get(i)) + " = s."
                    + Quoted.name(key.columns().get(i)));
        }
        return String.join(" AND ", pairs);
    }
}
