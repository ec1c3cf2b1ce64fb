package io.github.keywharf.table;

import java.util.function.Function;

/** A {@link Condition} ready for rows of certain columns. Immutable and thread-safe. */
public final class BoundCondition {

    private final ConditionPredicate predicate;

    BoundCondition(ConditionPredicate predicate) {
        this.predicate = predicate;
    }

    /** Rows of a batch for which the condition is true; the same batch if it is true for all. */
    public ColumnBatch rest(ColumnBatch batch) {
        return rest(batch, batch);
    }

    /**
     * Rows of a second batch for which the condition is true in the first.
     *
     * @param batch has the columns that the condition reads
     * @param result has the same rows, perhaps with other columns
     */
    public ColumnBatch rest(ColumnBatch batch, ColumnBatch result) {
        byte[] states = predicate.states(batch);
        int[] positions = new int[states.length];
        int count = 0;
        for (int i = 0; i < states.length; i++) {
            if (states[i] == ConditionPredicate.TRUE) {
                positions[count++] = i;
            }
        }
        return count == states.length ? result : result.gather(positions, count);
    }

    /**
     * False only if the condition is true for no row of a group.
     *
     * @param group returns the statistics of a column in the group
     */
    public boolean mayBeTrue(Function<Column, ColumnStats> group) {
        return predicate.mayBeTrue(group);
    }
}
