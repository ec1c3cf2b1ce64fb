package io.github.keywharf.sql;

import io.github.keywharf.table.Schema;
import java.util.List;

/**
 * Table of a source.
 *
 * @param name name in the spelling of the source
 * @param schema columns with the types in which they are read
 * @param key columns of the primary key, in order; empty if it has none
 * @param estimatedRows the source's estimate of the number of rows; -1 if unknown
 * @param estimatedBytes size in the source; -1 if unknown
 * @param readable true if the user of this source may read all columns of all rows
 */
public record SourceTable(
        String name, Schema schema, List<String> key, long estimatedRows, long estimatedBytes, boolean readable) {

    /** Copies the key. */
    public SourceTable {
        key = List.copyOf(key);
    }
}
