package io.github.keywharf.table;

/** Keeps rows for which a condition is true. */
record FilterPass(Schema schema, BoundCondition condition) implements RowStep.Pass {

    @Override
    public ColumnBatch apply(ColumnBatch batch, RejectListener rejects) {
        return condition.rest(batch);
    }
}
