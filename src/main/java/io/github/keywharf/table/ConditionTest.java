package io.github.keywharf.table;

import java.util.function.Function;

/** A condition made ready for the columns of some rows. */
interface ConditionTest {

    /** What a row's state is when the condition is false. */
    byte FALSE = 0;

    /** What a row's state is when the condition is true. */
    byte TRUE = 1;

    /** What a row's state is when the condition is neither. */
    byte UNKNOWN = 2;

    /** The state of each row of a batch. */
    byte[] states(ColumnBatch batch);

    /** Whether it may be true for any row of a group; false is a promise. */
    boolean mayBeTrue(Function<Column, ColumnStats> group);

    /** Whether it may be false for any row of a group; false is a promise. */
    boolean mayBeFalse(Function<Column, ColumnStats> group);
}
