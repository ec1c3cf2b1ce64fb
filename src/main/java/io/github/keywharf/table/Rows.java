package io.github.keywharf.table;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A stream of rows with a known schema: single pass, closeable, delivered in batches so that a table larger than memory
 * passes through.
 *
 * <p>Not thread-safe. Whoever takes {@code Rows} closes them; every view below closes them when it is exhausted or
 * closed itself.
 */
public interface Rows extends AutoCloseable {

    /** Names and types of the columns, known before the first row. */
    Schema schema();

    /**
     * The next batch, never empty, or null at the end.
     *
     * @throws io.github.keywharf.KeywharfException when the source fails
     */
    @Nullable
    ColumnBatch next();

    /** Releases what the source holds; closing twice is harmless. */
    @Override
    void close();

    /** The rows one by one; close the stream unless it is read to its end. */
    default Stream<Row> stream() {
        Iterator<Row> rows = new Iterator<>() {
            private @Nullable ColumnBatch batch;
            private int position;

            @Override
            public boolean hasNext() {
                while (batch == null || position == batch.size()) {
                    batch = Rows.this.next();
                    position = 0;
                    if (batch == null) {
                        Rows.this.close();
                        return false;
                    }
                }
                return true;
            }

            @Override
            public Row next() {
                if (!hasNext() || batch == null) {
                    throw new NoSuchElementException();
                }
                return batch.row(position++);
            }
        };
        return StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED | Spliterator.NONNULL), false)
                .onClose(this::close);
    }

    /**
     * The rows as records: a component takes the column of exactly its name, or else of its name in snake case, or else
     * the only one whose name differs in underscores and case alone. Close the stream unless it is read to its end.
     *
     * @throws IllegalArgumentException when a component has no column or could be any of several, or the column holds
     *     another type
     */
    default <R extends Record> Stream<R> records(Class<R> type) {
        RecordMapper<R> mapper = RecordMapper.of(type, schema());
        return stream().map(mapper::map);
    }

    /** Reads all rows into memory and closes these. */
    default Table toTable() {
        try (Rows rows = this) {
            List<ColumnBatch> batches = new ArrayList<>();
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                batches.add(batch);
            }
            return Table.of(rows.schema(), batches);
        }
    }

    /**
     * These rows, read on a thread of their own ahead of whoever takes them, so that reading and what is done with the
     * rows go on at the same time. Closing waits for that thread.
     *
     * @param batches how many batches may wait; each takes memory
     */
    default Rows readAhead(int batches) {
        return ReadAheadRows.of(this, batches);
    }

    /** Rows from batches that are already there. Empty batches are skipped. */
    static Rows of(Schema schema, Iterable<ColumnBatch> batches) {
        Iterator<ColumnBatch> iterator = batches.iterator();
        return new Rows() {
            @Override
            public Schema schema() {
                return schema;
            }

            @Override
            public @Nullable ColumnBatch next() {
                while (iterator.hasNext()) {
                    ColumnBatch batch = iterator.next();
                    if (batch.size() > 0) {
                        return batch;
                    }
                }
                return null;
            }

            @Override
            public void close() {}
        };
    }

    /** No rows of that schema. */
    static Rows empty(Schema schema) {
        return of(schema, List.of());
    }

    /**
     * Rows from records; column names are the components' names in snake case. A {@link java.math.BigDecimal} becomes a
     * decimal(38,9). Reading the rows throws a {@link io.github.keywharf.KeywharfException} with code
     * {@code table.bad_value} at a number that has more digits, or at text with half of a surrogate pair.
     *
     * @throws IllegalArgumentException when a component is of a type that no column takes
     */
    static <R extends Record> Rows ofRecords(Class<R> type, Iterable<R> records) {
        return RecordMapper.rows(type, records);
    }
}
