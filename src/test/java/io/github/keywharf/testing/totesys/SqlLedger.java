package io.github.keywharf.testing.totesys;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A database that is written with ordinary statements, one transaction for each thing the application does. */
final class SqlLedger implements Ledger {
    private final Connection connection;
    private final Map<String, List<Integer>> ids = new HashMap<>();
    private final Map<String, Integer> lastIds = new HashMap<>();

    /** The connection must not be in auto-commit mode. */
    SqlLedger(Connection connection) {
        this.connection = connection;
    }

    @Override
    public int nextId(String table) throws SQLException {
        int id = Sql.number(connection, "SELECT nextval(?::regclass)", TotesysSchema.sequence(table));
        lastIds.put(table, id);
        return id;
    }

    @Override
    public void insert(String table, @Nullable Object... row) throws SQLException {
        Sql.update(connection, insertStatement(table), row);
        List<Integer> known = ids.get(table);
        if (known != null && row[0] instanceof Integer id) {
            known.add(id);
        }
    }

    static String insertStatement(String table) {
        List<String> places = new ArrayList<>();
        for (String column : TotesysSchema.columns(table)) {
            places.add(
                    switch (column) {
                        case "transaction_type" -> "?::\"TransactionType\"";
                        case "payment_type_name" -> "?::\"PaymentTypeName\"";
                        default -> "?";
                    });
        }
        return "INSERT INTO " + table + " (" + String.join(", ", TotesysSchema.columns(table)) + ") VALUES ("
                + String.join(", ", places) + ")";
    }

    @Override
    public void edit(String table, int id, String column, Object value) throws SQLException {
        int index = TotesysSchema.index(table, column);
        String name = TotesysSchema.columns(table).get(index);
        Sql.update(
                connection,
                "UPDATE " + table + " SET " + name + " = ? WHERE " + TotesysSchema.key(table) + " = ? AND " + name
                        + " <> ?",
                value,
                id,
                value);
    }

    @Override
    public void payDue(LocalDateTime at) throws SQLException {
        Sql.update(
                connection,
                "UPDATE payment SET paid = true, last_updated = ? WHERE payment_date = ? AND NOT paid AND created_at < ?",
                at,
                at.toLocalDate().toString(),
                at);
    }

    @Override
    public List<Integer> ids(String table) throws SQLException {
        List<Integer> known = ids.get(table);
        if (known == null) {
            String key = TotesysSchema.key(table);
            known = Sql.ints(connection, "SELECT " + key + " FROM " + table + " ORDER BY " + key);
            ids.put(table, known);
        }
        return known;
    }

    @Override
    public int lastId(String table) throws SQLException {
        Integer known = lastIds.get(table);
        if (known == null) {
            known = Sql.number(connection, "SELECT coalesce(max(" + TotesysSchema.key(table) + "), 0) FROM " + table);
            lastIds.put(table, known);
        }
        return known;
    }

    @Override
    public void commit() throws SQLException {
        connection.commit();
    }
}
