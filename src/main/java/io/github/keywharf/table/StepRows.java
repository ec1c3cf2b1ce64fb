package io.github.keywharf.table;

import io.github.keywharf.internal.OnePass;
import org.jspecify.annotations.Nullable;

/** Rows that went through a step. Those without an origin are numbered before, so that the numbers stay true after it. */
final class StepRows implements Rows {

    /** The source of rows that have no origin: they have only a number. */
    static final String UNNAMED = "row";

    private final Rows source;
    private final RowStep.Pass pass;
    private final RejectListener rejects;
    private long before;
    private long rejected;
    private long returned;
    private boolean ended;
    private OnePass state = OnePass.OPEN;

    StepRows(Rows source, RowStep.Pass pass, RejectListener rejects) {
        this.source = source;
        this.pass = pass;
        this.rejects = rejects;
    }

    @Override
    public Schema schema() {
        return pass.schema();
    }

    @Override
    public @Nullable ColumnBatch next() {
        state.requireOpen();
        while (!ended && !pass.isDone()) {
            ColumnBatch batch = source.next();
            if (batch == null) {
                break;
            }
            ColumnBatch made = pass.apply(numbered(batch), this::reject);
            before += batch.size();
            returned += made.size();
            ofStep().requireClosed("the step of " + schema(), before, returned);
            if (made.size() > 0) {
                return made;
            }
        }
        ended = true;
        source.close();
        return null;
    }

    private void reject(RejectedRow row) {
        rejected++;
        rejects.rejected(row);
    }

    private LeftOut ofStep() {
        return pass.leftOut().plus(LeftOut.byRejection(rejected));
    }

    @Override
    public LeftOut leftOut() {
        return source.leftOut().plus(ofStep());
    }

    private ColumnBatch numbered(ColumnBatch batch) {
        return batch.origins().isPresent()
                ? batch
                : batch.withOrigins(Origins.consecutive(UNNAMED, before + 1, batch.size()));
    }

    @Override
    public void close() {
        state = OnePass.CLOSED;
        source.close();
    }

    @Override
    public String toString() {
        return "Rows[" + schema() + "]";
    }
}
