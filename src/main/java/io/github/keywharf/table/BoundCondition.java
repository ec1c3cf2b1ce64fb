package io.github.keywharf.table;

import java.util.function.Function;

/** A {@link Condition} ready for rows of certain columns. Immutable and thread-safe. */
public final class BoundCondition {

    private final ConditionTest test;

    BoundCondition(ConditionTest test) {
        this.test = test;
    }

    /** The rows of a batch for which it is true; the same batch when it is true for all. */
    public ColumnBatch rest(ColumnBatch batch) {
        return rest(batch, batch);
    }

    /**
     * The same rows of another batch.
     *
     * @param batch has the columns that are asked about
     * @param made has the same rows
     */
    public ColumnBatch rest(ColumnBatch batch, ColumnBatch made) {
        byte[] states = test.states(batch);
        int[] positions = new int[states.length];
        int count = 0;
        for (int i = 0; i < states.length; i++) {
            if (states[i] == ConditionTest.TRUE) {
                positions[count++] = i;
            }
        }
        return count == states.length ? made : made.gather(positions, count);
    }

    /**
     * Whether it may be true for any of a group of rows; false is a promise.
     *
     * @param group what is known of a column of the group
     */
    public boolean mayBeTrue(Function<Column, ColumnStats> group) {
        return test.mayBeTrue(group);
    }
}
