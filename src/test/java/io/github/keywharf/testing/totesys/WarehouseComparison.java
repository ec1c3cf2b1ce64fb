package io.github.keywharf.testing.totesys;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An oracle for a Totesys warehouse that shares no code with what filled it: both sides are turned into the same texts by
 * SQL, streamed in the order of their keys, and compared row by row. It checks that
 *
 * <ul>
 *   <li>the newest version of each fact (the one with the highest record id) is the source's row, none is missing, and
 *       none is there that the source has not, except the keys that were {@linkplain #deleted declared deleted};
 *   <li>each dimension is its join in the source, row for row;
 *   <li>{@code dim_date} says what the calendar says, with Monday as day 1;
 *   <li>each reference of a fact resolves, and no version of a fact repeats the one before it.
 * </ul>
 *
 * <p>Setters change this object and return it. {@link #compare} reads only, and may be called often. Not safe for use by
 * many threads.
 */
public final class WarehouseComparison {
    /** ISO 4217 names of the currencies that the generator and {@link TotesysTorture} are used with. */
    public static final Map<String, String> CURRENCY_NAMES = Map.of(
            "GBP", "Pound Sterling",
            "USD", "US Dollar",
            "EUR", "Euro",
            "JPY", "Yen",
            "CHF", "Swiss Franc",
            "CAD", "Canadian Dollar",
            "AUD", "Australian Dollar",
            "SEK", "Swedish Krona");

    private static final int LINES_A_TABLE = 10;
    private static final int FETCH_SIZE = 5_000;

    private final Map<String, String> names = new HashMap<>();
    private final Map<String, Set<Integer>> deleted = new HashMap<>();
    private final Map<String, Set<Integer>> rejected = new HashMap<>();
    private List<WarehouseTable> tables = WarehouseTable.ALL;
    private Map<String, String> currencyNames = CURRENCY_NAMES;
    private @Nullable String locationPlaceholder;
    private String schema = "public";

    /** A comparison of all eleven tables under the names of the specification. */
    public WarehouseComparison() {}

    /** Restricts the comparison to some tables, by their names in the specification. */
    public WarehouseComparison only(String... tableNames) {
        Set<String> wanted = Set.of(tableNames);
        tables = WarehouseTable.ALL.stream()
                .filter(table -> wanted.contains(table.name()))
                .toList();
        if (tables.size() != wanted.size()) {
            throw new IllegalArgumentException("[comparison] not all of " + wanted + " are warehouse tables");
        }
        return this;
    }

    /** The schema of the warehouse's tables, {@code public} by default. */
    public WarehouseComparison schema(String name) {
        schema = Objects.requireNonNull(name, "name");
        return this;
    }

    /** Says that a table of the specification has another name in this warehouse. */
    public WarehouseComparison renamed(String table, String actual) {
        names.put(table, actual);
        return this;
    }

    /** The names expected in {@code dim_currency}, by code; {@link #CURRENCY_NAMES} by default. */
    public WarehouseComparison currencyNames(Map<String, String> namesByCode) {
        currencyNames = Map.copyOf(namesByCode);
        return this;
    }

    /** What {@code dim_staff.location} holds where the department has none; without it, such rows break the comparison. */
    public WarehouseComparison locationPlaceholder(String text) {
        locationPlaceholder = text;
        return this;
    }

    /** Keys of a table that were deleted in the source, and may therefore be in the warehouse still. */
    public WarehouseComparison deleted(String table, Collection<Integer> keys) {
        deleted.computeIfAbsent(table, key -> new HashSet<>()).addAll(keys);
        return this;
    }

    /** Keys of a table whose newest row cannot be loaded; whatever the warehouse has for them passes. */
    public WarehouseComparison rejected(String table, Collection<Integer> keys) {
        rejected.computeIfAbsent(table, key -> new HashSet<>()).addAll(keys);
        return this;
    }

    /**
     * Compares a warehouse with its source. A connection in auto-commit mode is read in one snapshot
     * and left in that mode; on another, the queries join the transaction that is open.
     *
     * @return one line for each difference, at most ten for a table and then their number; empty if there is none
     */
    public List<String> compare(Connection source, Connection warehouse) throws SQLException {
        List<String> differences = new ArrayList<>();
        Snapshot.of(
                source,
                () -> Snapshot.of(warehouse, () -> {
                    for (WarehouseTable table : tables) {
                        List<String> lines = new ArrayList<>();
                        rows(table, source, warehouse, lines);
                        lines.addAll(table.integrity(warehouse, this::actual));
                        differences.addAll(lines.size() <= LINES_A_TABLE ? lines : lines.subList(0, LINES_A_TABLE));
                        if (lines.size() > LINES_A_TABLE) {
                            differences.add(table.name() + ": " + lines.size() + " differences in all");
                        }
                    }
                }));
        return differences;
    }

    private void rows(WarehouseTable table, Connection source, Connection warehouse, List<String> lines)
            throws SQLException {
        String expectedQuery = table.expected();
        if (expectedQuery.isEmpty()) {
            return;
        }
        Set<Integer> gone = deleted.getOrDefault(table.name(), Set.of());
        Set<Integer> skipped = rejected.getOrDefault(table.name(), Set.of());
        try (Statement expectedStatement = streaming(source);
                Statement actualStatement = streaming(warehouse);
                ResultSet expected = expectedStatement.executeQuery(expectedQuery);
                ResultSet actual = actualStatement.executeQuery(table.actual(actual(table.name())))) {
            boolean left = expected.next();
            boolean right = actual.next();
            while (left || right) {
                int expectedKey = left ? expected.getInt(1) : Integer.MAX_VALUE;
                int actualKey = right ? actual.getInt(1) : Integer.MAX_VALUE;
                int key = Math.min(expectedKey, actualKey);
                if (!skipped.contains(key)) {
                    if (expectedKey == actualKey) {
                        same(table, key, expected, actual, lines);
                    } else if (key == expectedKey) {
                        lines.add(table.name() + " " + key + ": missing in the warehouse");
                    } else if (!gone.contains(key)) {
                        lines.add(table.name() + " " + key + ": not in the source");
                    }
                }
                left = (left && key == expectedKey) ? expected.next() : left;
                right = (right && key == actualKey) ? actual.next() : right;
            }
        }
    }

    private void same(WarehouseTable table, int key, ResultSet expected, ResultSet actual, List<String> lines)
            throws SQLException {
        int columns = expected.getMetaData().getColumnCount();
        for (int i = 2; i <= columns; i++) {
            String column = actual.getMetaData().getColumnLabel(i);
            String wanted = wanted(table, column, expected, i);
            String found = actual.getString(i);
            if (!Objects.equals(wanted, found)) {
                lines.add(table.name() + " " + key + ": " + column + " is <" + found + ">, and the source has <"
                        + wanted + ">");
            }
        }
    }

    private @Nullable String wanted(WarehouseTable table, String column, ResultSet expected, int i)
            throws SQLException {
        String text = expected.getString(i);
        if (table.name().equals("dim_currency") && column.equals("currency_name")) {
            return currencyNames.get(text);
        }
        if (table.name().equals("dim_staff") && column.equals("location") && text == null) {
            return locationPlaceholder;
        }
        return text;
    }

    private String actual(String table) {
        return '"' + schema + "\".\"" + names.getOrDefault(table, table) + '"';
    }

    private static Statement streaming(Connection connection) throws SQLException {
        Statement statement = connection.createStatement();
        statement.setFetchSize(FETCH_SIZE);
        return statement;
    }

    /** Runs work in a read-only snapshot of a connection. */
    private interface Snapshot {
        void run() throws SQLException;

        static void of(Connection connection, Snapshot work) throws SQLException {
            boolean autoCommit = connection.getAutoCommit();
            if (autoCommit) {
                connection.setAutoCommit(false);
                Sql.execute(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
            }
            try {
                work.run();
            } finally {
                if (autoCommit) {
                    connection.rollback();
                    connection.setAutoCommit(true);
                }
            }
        }
    }
}
