package io.github.keywharf.table;

import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/**
 * Rows held in memory: they can be read many times, and are displayed as a table.
 *
 * <p>Immutable and thread-safe.
 */
public final class Table implements Iterable<Row> {

    private final Schema schema;
    private final List<ColumnBatch> batches;
    private final int size;

    private Table(Schema schema, List<ColumnBatch> batches) {
        this.schema = schema;
        this.batches = List.copyOf(batches);
        this.size = this.batches.stream().mapToInt(ColumnBatch::size).reduce(0, Math::addExact);
    }

    /** A table of these batches, which must have that schema. */
    public static Table of(Schema schema, List<ColumnBatch> batches) {
        for (ColumnBatch batch : batches) {
            if (!batch.schema().equals(schema)) {
                throw new IllegalArgumentException(
                        "A batch of " + batch.schema() + " does not fit a table of " + schema);
            }
        }
        return new Table(schema, batches);
    }

    /** Names and types of the columns. */
    public Schema schema() {
        return schema;
    }

    /** Number of rows. */
    public int size() {
        return size;
    }

    /** The rows in batches. */
    public List<ColumnBatch> batches() {
        return batches;
    }

    /** A view of one row, counted from 0. */
    public Row row(int position) {
        int rest = Objects.checkIndex(position, size);
        for (ColumnBatch batch : batches) {
            if (rest < batch.size()) {
                return batch.row(rest);
            }
            rest -= batch.size();
        }
        throw new IndexOutOfBoundsException(position);
    }

    /** The rows as records; see {@link Rows#records}. */
    public <R extends Record> List<R> records(Class<R> type) {
        return rows().records(type).toList();
    }

    /** The rows as a stream to hand to a sink; can be called many times. */
    public Rows rows() {
        return Rows.of(schema, batches);
    }

    @Override
    public Iterator<Row> iterator() {
        return rows().stream().iterator();
    }

    /**
     * The first rows drawn as a table of all columns, as wide as they are.
     *
     * @param rows how many to draw at most
     */
    public String print(int rows) {
        return TablePrinter.print(this, rows, Integer.MAX_VALUE);
    }

    /**
     * The first 20 rows drawn as a table in at most 80 columns: text is cut, then columns at the end are left out and
     * counted. It begins with a line break, so that the heading is in line with the rows where a shell prints
     * {@code $1 ==>} before it.
     */
    @Override
    public String toString() {
        return "\n" + TablePrinter.print(this, TablePrinter.MAX_ROWS, TablePrinter.TERMINAL_WIDTH);
    }
}
