package io.github.keywharf.pipeline;

import io.github.keywharf.pipeline.zone.BatchRejects;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Rows of one batch by source table: an {@link Extraction} while it reads the source, or an {@link IngestedBatch}. */
interface BatchRows {

    /** Number, time and kind of the batch. */
    BatchTerms terms();

    /** Tables in the order to transform them. */
    List<String> tables();

    /** Returns true if the rows of a table are all that it has. */
    boolean isComplete(String table);

    /**
     * Tables that values are looked up in, as far as the batch has them whole.
     *
     * @param unreadable by table, receives rows of its file that cannot be read
     */
    Map<String, Table> lookups(Function<String, RejectListener> unreadable);

    /** Rows that the extraction could not read, by table; complete for a table once its rows were read. */
    Map<String, BatchRejects> rejected();

    /**
     * Rows of a table, or null if the batch has none of it. They can be read again once they were read to their end.
     *
     * @param unreadable receives rows of the file that cannot be read
     */
    @Nullable
    Rows rows(String table, RejectListener unreadable);

    /**
     * Keys of the deleted rows of a table, known once its rows were read, or null if there are none.
     *
     * @param unreadable receives rows of the file that cannot be read
     */
    @Nullable
    Rows deletions(String table, RejectListener unreadable);
}
