package io.github.keywharf.table;

import java.util.List;

/** Passes one after the other. */
record ChainPass(Schema schema, List<RowStep.Pass> passes) implements RowStep.Pass {

    @Override
    public ColumnBatch apply(ColumnBatch batch, RejectListener rejects) {
        ColumnBatch made = batch;
        for (RowStep.Pass pass : passes) {
            made = pass.apply(made, rejects);
        }
        return made;
    }

    @Override
    public LeftOut leftOut() {
        return passes.stream().map(RowStep.Pass::leftOut).reduce(LeftOut.NONE, LeftOut::plus);
    }

    @Override
    public boolean isDone() {
        return passes.stream().anyMatch(RowStep.Pass::isDone);
    }
}
