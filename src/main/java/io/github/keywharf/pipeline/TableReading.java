package io.github.keywharf.pipeline;

import io.github.keywharf.table.Table;

/** What was read of a table that is joined to others. */
sealed interface TableReading {

    /** What changed in the table. */
    record Changes(Table rows) implements TableReading {}

    /**
     * All that the table has.
     *
     * @param rows that could be read
     * @param count of rows, with those that could not
     */
    record Whole(Table rows, long count) implements TableReading {}

    /** Nothing: the table is left out of the batch. */
    record Stopped(String reason) implements TableReading {}
}
