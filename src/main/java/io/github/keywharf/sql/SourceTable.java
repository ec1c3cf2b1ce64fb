package io.github.keywharf.sql;

import io.github.keywharf.table.Schema;
import java.util.List;

/**
 * A table of a source.
 *
 * @param name its name, as the source spells it
 * @param schema its columns as they will be read
 * @param key the columns of its primary key, in order; empty when it has none
 * @param estimatedRows how many rows the source believes it has; -1 when it does not know
 * @param estimatedBytes how many bytes it takes in the source; -1 when the source does not know
 * @param readable whether the user of this source may read all of its columns
 */
public record SourceTable(
        String name, Schema schema, List<String> key, long estimatedRows, long estimatedBytes, boolean readable) {

    /** Copies the key. */
    public SourceTable {
        key = List.copyOf(key);
    }
}
