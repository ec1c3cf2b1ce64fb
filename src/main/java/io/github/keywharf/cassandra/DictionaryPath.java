package io.github.keywharf.cassandra;

import io.github.keywharf.internal.Cut;

/**
 * Where something is: {@code keyspace}, {@code keyspace.table} or {@code keyspace.table.column}. Names of keyspaces and
 * tables hold no dots, so what follows the second dot is the column, dots included.
 *
 * @param keyspace never empty
 * @param table empty for the keyspace itself
 * @param column empty for the table itself
 */
record DictionaryPath(String keyspace, String table, String column) {

    /** The longest path, in characters; a column's name alone may have tens of thousands, but nobody says it. */
    static final int MAX = 1_000;

    static DictionaryPath parse(String path) {
        String[] parts = path.split("\\.", 3);
        boolean empty = false;
        for (String part : parts) {
            empty |= part.isEmpty();
        }
        if (empty || path.length() > MAX) {
            throw new IllegalArgumentException("'" + Cut.to(path, 80)
                    + "' is not a path; write keyspace, keyspace.table or keyspace.table.column, at most " + MAX
                    + " characters");
        }
        return new DictionaryPath(parts[0], parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : "");
    }

    static String of(String keyspace, String table, String column) {
        return keyspace + (table.isEmpty() ? "" : "." + table) + (column.isEmpty() ? "" : "." + column);
    }
}
