package io.github.keywharf.postgres.internal.copy;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Schema;

/** Batches that are made of the messages of a COPY to the client, each of which has whole rows. */
public interface CopyMessages {

    /** Columns of the batches. */
    Schema schema();

    /** Number of rows for which there is room. */
    int capacity();

    /** How many rows wait to be built, rejected ones included. */
    int size();

    /** Takes the rows of a message. */
    void take(byte[] message);

    /**
     * Whether all rows have come.
     *
     * @param sent rows that the server says it has sent
     */
    boolean isComplete(long sent);

    /** The rows that wait. */
    ColumnBatch build();

    /** These, for what follows, with room for more rows. */
    CopyMessages withCapacity(int rows);
}
