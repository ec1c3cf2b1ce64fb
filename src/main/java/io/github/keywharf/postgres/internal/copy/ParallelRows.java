package io.github.keywharf.postgres.internal.copy;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Rows of several parts, each of which is read on a thread of its own; a batch of one comes after a batch of another. */
public final class ParallelRows implements Rows {

    /** Batches of each part that are read before they are wanted. */
    private static final int AHEAD = 2;

    private final List<Rows> parts;
    private final Deque<Rows> unfinished;

    private ParallelRows(List<Rows> parts) {
        this.parts = parts;
        this.unfinished = new ArrayDeque<>(parts);
    }

    /** Opens the parts. One part alone is read on the thread that takes it. */
    public static Rows open(List<Supplier<Rows>> parts) {
        if (parts.size() == 1) {
            return parts.get(0).get();
        }
        List<Rows> open = new ArrayList<>();
        try {
            parts.forEach(part -> open.add(part.get().readAhead(AHEAD)));
        } catch (RuntimeException | Error e) {
            open.forEach(Rows::close);
            throw e;
        }
        return new ParallelRows(open);
    }

    @Override
    public Schema schema() {
        return parts.get(0).schema();
    }

    @Override
    public @Nullable ColumnBatch next() {
        for (Rows part = unfinished.poll(); part != null; part = unfinished.poll()) {
            ColumnBatch batch = part.next();
            if (batch != null) {
                unfinished.add(part);
                return batch;
            }
        }
        return null;
    }

    @Override
    public LeftOut leftOut() {
        return parts.stream().map(Rows::leftOut).reduce(LeftOut.NONE, LeftOut::plus);
    }

    @Override
    public void close() {
        parts.forEach(Rows::close);
    }

    @Override
    public String toString() {
        return "Rows[" + schema() + "]";
    }
}
