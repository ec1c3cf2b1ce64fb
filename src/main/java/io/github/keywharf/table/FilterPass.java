package io.github.keywharf.table;

/** Keeps rows for which a condition is true. */
final class FilterPass implements RowStep.Pass {

    private final Schema schema;
    private final BoundCondition condition;
    private long leftOut;

    FilterPass(Schema schema, BoundCondition condition) {
        this.schema = schema;
        this.condition = condition;
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public ColumnBatch apply(ColumnBatch batch, RejectListener rejects) {
        ColumnBatch kept = condition.rest(batch);
        leftOut += batch.size() - kept.size();
        return kept;
    }

    @Override
    public LeftOut leftOut() {
        return LeftOut.byFilter(leftOut);
    }
}
