package io.github.keywharf.pipeline.star;

import io.github.keywharf.pipeline.zone.BatchRejects;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Table;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A table held in memory to look values up in, by key rather than by place. */
final class LookupTable {

    private final Map<Object, Row> rows = new HashMap<>();

    private final Set<Object> unread = new HashSet<>();

    /** Whether rows could not be read whose keys are not known. */
    private final boolean incomplete;

    /**
     * @param table the rows
     * @param key the column of their keys
     * @param rejected rows of the table that could not be read
     */
    LookupTable(Table table, String key, @Nullable BatchRejects rejected) {
        incomplete = rejected != null
                && (!rejected.allKeys() || !rejected.keyColumn().equals(key));
        if (rejected != null && rejected.keyColumn().equals(key)) {
            unread.addAll(rejected.keys());
        }
        for (Row row : table) {
            Object value = row.value(key);
            if (value != null) {
                rows.put(value, row);
            }
        }
    }

    /** Whether the row of that key is there but could not be read, or may be one of those whose keys are not known. */
    boolean isUnread(@Nullable Object key) {
        return key != null && (unread.contains(key) || (incomplete && !rows.containsKey(key)));
    }

    /** The value of a column in the row of that key; null when there is no row, or no value in it. */
    @Nullable
    Object value(@Nullable Object key, String column) {
        Row row = key == null ? null : rows.get(key);
        return row == null ? null : row.value(column);
    }
}
