package io.github.keywharf.pipeline;

import io.github.keywharf.pipeline.star.StarTable;
import io.github.keywharf.pipeline.zone.BatchFile;
import io.github.keywharf.table.Rows;

/** Receives the star tables of a batch while they are made. */
interface StarSink {

    /** Receives nothing: the files of the processed zone are enough. */
    StarSink NONE = new StarSink() {
        @Override
        public void load(StarTable star, Rows rows) {}

        @Override
        public void delete(StarTable star, BatchFile keys) {}
    };

    /**
     * Takes the rows of a star table, or as many of them as it can; the others are written without it.
     *
     * @param rows stay open
     */
    void load(StarTable star, Rows rows);

    /** Takes the keys of deleted rows, in a file of the processed zone. */
    void delete(StarTable star, BatchFile keys);
}
