package io.github.keywharf.aws;

import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Rows of several files one after the other, of which the next one is open too, so that it can be fetched meanwhile. */
final class FilesAhead {

    /**
     * A file to be read.
     *
     * @param early whether it may wait a long time between being opened and being read
     */
    record Source(Supplier<Rows> rows, boolean early) {}

    private final List<Source> sources;
    private int taken;
    private @Nullable Rows ahead;

    private FilesAhead(List<Source> sources) {
        this.sources = sources;
    }

    static Rows rows(Schema schema, List<Source> sources) {
        FilesAhead files = new FilesAhead(sources);
        return Rows.concat(schema, Collections.nCopies(sources.size(), files::take))
                .onClose(files::close);
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

    private void close() {
        Rows opened = ahead;
        ahead = null;
        if (opened != null) {
            opened.close();
        }
    }
}
