package io.github.keywharf.totesys;

import io.github.keywharf.table.Row;
import io.github.keywharf.table.Table;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A table held in memory to look values up in, by key rather than by place. */
final class LookupTable {

    private final Map<Object, Row> rows = new HashMap<>();

    LookupTable(Table table, String key) {
        for (Row row : table) {
            Object value = row.value(key);
            if (value != null) {
                rows.put(value, row);
            }
        }
    }

    /** The value of a column in the row of that key; null when there is no row, or no value in it. */
    @Nullable
    Object value(@Nullable Object key, String column) {
        Row row = key == null ? null : rows.get(key);
        return row == null ? null : row.value(column);
    }
}
