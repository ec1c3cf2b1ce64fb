package io.github.keywharf.format;

import io.github.keywharf.table.ColumnBatch;

/** A condition made ready for the columns of one file. */
interface FilterTest {

    /** What a row's state is when the condition is false. */
    byte FALSE = 0;

    /** What a row's state is when the condition is true. */
    byte TRUE = 1;

    /** What a row's state is when the condition is neither. */
    byte UNKNOWN = 2;

    /** The state of each row of a batch. */
    byte[] states(ColumnBatch batch);

    /** Whether it may be true for any row of a row group; false is a promise. */
    boolean mayBeTrue(FilterStatistics group);

    /** Whether it may be false for any row of a row group; false is a promise. */
    boolean mayBeFalse(FilterStatistics group);
}
