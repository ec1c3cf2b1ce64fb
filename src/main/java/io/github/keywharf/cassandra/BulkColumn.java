package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.type.DataType;
import io.github.keywharf.table.Column;

/**
 * A column of the rows and the column of the table that it goes into.
 *
 * @param position the column's position in the rows
 * @param source the column in the rows
 * @param name the column in the table
 * @param type its type there
 * @param role what it is there
 * @param encoder turns values into bytes
 */
record BulkColumn(int position, Column source, CqlIdentifier name, DataType type, Role role, BulkEncoder encoder) {

    /** What a column is in its table. */
    enum Role {
        PARTITION,
        CLUSTERING,
        STATIC,
        REGULAR;

        boolean isKey() {
            return this == PARTITION || this == CLUSTERING;
        }
    }
}
