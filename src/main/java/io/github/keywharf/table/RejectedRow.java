package io.github.keywharf.table;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row that could not be taken, with all that is needed to see why and to repair it.
 *
 * @param source where it came from: a file, an object's key, a table
 * @param position its number in the source, counted from 1 (for text files the line); 0 where there is none
 * @param column the column whose value was refused; empty when the row as a whole was
 * @param reason why, as a sentence for a person
 * @param row the values by column name as they were; absent ones are null
 */
public record RejectedRow(
        String source, long position, String column, String reason, Map<String, @Nullable Object> row) {

    /** Copies the row. */
    public RejectedRow {
        row = Collections.unmodifiableMap(new LinkedHashMap<>(row));
    }

    @Override
    public String toString() {
        return "[" + source + (position > 0 ? ":" + position : "") + "] " + (column.isEmpty() ? "" : column + ": ")
                + reason;
    }
}
