package io.github.keywharf.aws;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Rows of several files one after the other, of which the next one is open too, so that it can be fetched meanwhile. */
final class FilesAhead implements Rows {

    /**
     * A file to be read.
     *
     * @param early whether it may wait a long time between being opened and being read
     */
    record Source(Supplier<Rows> rows, boolean early) {}

    private final List<Source> sources;
    private final Rows all;
    private int taken;
    private @Nullable Rows ahead;

    FilesAhead(Schema schema, List<Source> sources) {
        this.sources = sources;
        all = Rows.concat(schema, Collections.nCopies(sources.size(), this::take));
    }

    private Rows take() {
        Rows current = ahead == null ? sources.get(taken).rows.get() : ahead;
        ahead = null;
        taken++;
        if (taken < sources.size() && sources.get(taken).early) {
            try {
                ahead = sources.get(taken).rows.get();
            } catch (RuntimeException e) {
                // It fails again in its turn, after the rows of the files before it.
                ahead = null;
            }
        }
        return current;
    }

    @Override
    public Schema schema() {
        return all.schema();
    }

    @Override
    public @Nullable ColumnBatch next() {
        return all.next();
    }

    @Override
    public void close() {
        Rows opened = ahead;
        ahead = null;
        try (all) {
            if (opened != null) {
                opened.close();
            }
        }
    }

    @Override
    public String toString() {
        return all.toString();
    }
}
