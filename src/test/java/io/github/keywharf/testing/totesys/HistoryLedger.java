package io.github.keywharf.testing.totesys;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Tables in memory that are written to a database with COPY once the history is complete. */
final class HistoryLedger implements Ledger {
    private static final int FLUSH_CHARS = 1 << 16;

    private final Map<String, Map<Integer, @Nullable Object[]>> tables = new HashMap<>();
    private final Map<String, List<Integer>> ids = new HashMap<>();
    private final Map<String, Integer> sequences = new HashMap<>();
    private final Map<String, List<Integer>> unpaidByDate = new HashMap<>();

    HistoryLedger() {
        TotesysSchema.TABLES.forEach(table -> {
            tables.put(table, new LinkedHashMap<>());
            ids.put(table, new ArrayList<>());
            sequences.put(table, 0);
        });
    }

    @Override
    public int nextId(String table) {
        return sequences.merge(table, 1, Integer::sum);
    }

    @Override
    public void insert(String table, @Nullable Object... row) {
        int id = (Integer) Objects.requireNonNull(row[0]);
        rows(table).put(id, row);
        Objects.requireNonNull(ids.get(table)).add(id);
        if (table.equals("payment")) {
            String date = (String) Objects.requireNonNull(row[TotesysSchema.index("payment", "payment_date")]);
            unpaidByDate.computeIfAbsent(date, key -> new ArrayList<>()).add(id);
        }
    }

    @Override
    public void edit(String table, int id, String column, Object value) {
        @Nullable Object[] row = rows(table).get(id);
        int index = TotesysSchema.index(table, column);
        if (row != null && !value.equals(row[index])) {
            row[index] = value;
            moveToEnd(table, id, row);
        }
    }

    @Override
    public void payDue(LocalDateTime at) {
        List<Integer> due = unpaidByDate.remove(at.toLocalDate().toString());
        for (int id : due == null ? List.<Integer>of() : due) {
            @Nullable Object[] row = Objects.requireNonNull(rows("payment").get(id));
            row[TotesysSchema.index("payment", "paid")] = true;
            row[TotesysSchema.index("payment", "last_updated")] = at;
            moveToEnd("payment", id, row);
        }
    }

    /** An updated row gets a new place in the database too, so rows do not lie in the order of their ids. */
    private void moveToEnd(String table, int id, @Nullable Object[] row) {
        rows(table).remove(id);
        rows(table).put(id, row);
    }

    @Override
    public List<Integer> ids(String table) {
        return Objects.requireNonNull(ids.get(table));
    }

    @Override
    public int lastId(String table) {
        return Objects.requireNonNull(sequences.get(table));
    }

    @Override
    public void commit() {
        // Everything is written together, by copyTo.
    }

    /** Writes all tables into an empty schema and sets its sequences. */
    void copyTo(Connection connection) throws SQLException {
        Sql.transaction(connection, () -> {
            for (String table : TotesysSchema.TABLES) {
                copy(connection, table);
                Sql.execute(connection, "ANALYZE " + table);
                if (lastId(table) > 0) {
                    Sql.value(
                            connection,
                            Long.class,
                            "SELECT setval(?::regclass, ?)",
                            TotesysSchema.sequence(table),
                            (long) lastId(table));
                }
            }
        });
    }

    private void copy(Connection connection, String table) throws SQLException {
        CopyIn copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY " + table + " (" + String.join(", ", TotesysSchema.columns(table)) + ") FROM STDIN");
        try {
            StringBuilder text = new StringBuilder(FLUSH_CHARS + 1024);
            for (@Nullable Object[] row : rows(table).values()) {
                appendRow(text, row);
                if (text.length() > FLUSH_CHARS) {
                    flush(copy, text);
                }
            }
            flush(copy, text);
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private static void flush(CopyIn copy, StringBuilder text) throws SQLException {
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        copy.writeToCopy(bytes, 0, bytes.length);
        text.setLength(0);
    }

    private static void appendRow(StringBuilder text, @Nullable Object[] row) {
        for (int i = 0; i < row.length; i++) {
            if (i > 0) {
                text.append('\t');
            }
            Object value = row[i];
            text.append(
                    value == null
                            ? "\\N"
                            : value.toString()
                                    .replace("\\", "\\\\")
                                    .replace("\t", "\\t")
                                    .replace("\n", "\\n")
                                    .replace("\r", "\\r"));
        }
        text.append('\n');
    }

    private Map<Integer, @Nullable Object[]> rows(String table) {
        return Objects.requireNonNull(tables.get(table), table);
    }
}
