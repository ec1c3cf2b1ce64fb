package io.github.keywharf.cassandra;

import io.github.keywharf.table.ColumnVector;
import java.nio.ByteBuffer;

/** Values of a vector into the bytes of one CQL type. Thread-safe. */
@FunctionalInterface
interface BulkEncoder {

    /**
     * The bytes of the value at a position that is not null; they may be those of the vector itself.
     *
     * @throws Unfit when the column does not take the value
     */
    ByteBuffer encode(ColumnVector vector, int row) throws Unfit;
}
