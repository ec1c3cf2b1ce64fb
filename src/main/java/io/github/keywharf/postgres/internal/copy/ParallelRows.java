package io.github.keywharf.postgres.internal.copy;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.Origins;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Rows of several parts, each of which is read on a thread of its own; a batch of one comes after a batch of another. */
public final class ParallelRows implements Rows {

    /** Batches of each part that are read before they are wanted. */
    private static final int AHEAD = 2;

    private final List<Rows> parts;
    private final Deque<Rows> unfinished;
    private final Runnable atEnd;

    private ParallelRows(List<Rows> parts, Runnable atEnd) {
        this.parts = parts;
        this.atEnd = atEnd;
        this.unfinished = new ArrayDeque<>(parts);
    }

    /**
     * Opens the parts. One part alone is read on the thread that takes it.
     *
     * @param atEnd runs when several parts have been read
     */
    public static Rows open(List<Supplier<Rows>> parts, Runnable atEnd) {
        if (parts.size() == 1) {
            return parts.get(0).get();
        }
        List<Rows> open = new ArrayList<>();
        try {
            for (Supplier<Rows> part : parts) {
                open.add(part.get());
                open.set(open.size() - 1, open.get(open.size() - 1).readAhead(AHEAD));
            }
        } catch (RuntimeException | Error e) {
            open.forEach(Rows::close);
            throw e;
        }
        return new ParallelRows(open, atEnd);
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
                // Each part counts its rows from 1.
                Optional<Origins> origins = batch.origins();
                return origins.isPresent() ? batch.withOrigins(origins.get().withoutPositions()) : batch;
            }
        }
        atEnd.run();
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
