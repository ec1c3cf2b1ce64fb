package io.github.keywharf.table;

import java.util.stream.IntStream;

/** Keeps the first rows. */
final class LimitPass implements RowStep.Pass {

    private final Schema schema;
    private long left;
    private long beyond;

    LimitPass(Schema schema, long rows) {
        this.schema = schema;
        this.left = rows;
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public ColumnBatch apply(ColumnBatch batch, RejectListener rejects) {
        int kept = (int) Math.min(left, batch.size());
        left -= kept;
        beyond += batch.size() - kept;
        return kept == batch.size()
                ? batch
                : batch.gather(IntStream.range(0, kept).toArray(), kept);
    }

    @Override
    public LeftOut leftOut() {
        return LeftOut.byLimit(beyond);
    }

    @Override
    public boolean isDone() {
        return left == 0;
    }
}
