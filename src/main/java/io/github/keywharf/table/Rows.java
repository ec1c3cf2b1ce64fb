package io.github.keywharf.table;

import io.github.keywharf.KeywharfException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
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
     * @throws IllegalStateException when these are closed, as they are after they were read to the end by a sink, a stream or
     *     a table
     * @throws io.github.keywharf.KeywharfException when the source fails
     */
    @Nullable
    ColumnBatch next();

    /**
     * Rows so far that were read from the source and rejected or left out on the way here, by readers of CSV and JSON lines
     * and by steps; a view returns those of its source. Final once these were read to their end, also after they were closed.
     */
    default LeftOut leftOut() {
        return LeftOut.NONE;
    }

    /** Releases what the source holds; closing twice is harmless. */
    @Override
    void close();

    /** The rows one by one; close the stream unless it is read to its end. */
    default Stream<Row> stream() {
        Iterator<Row> rows = new Iterator<>() {
            private @Nullable ColumnBatch batch;
            private int position;
            private boolean ended;

            @Override
            public boolean hasNext() {
                while (!ended && (batch == null || position == batch.size())) {
                    batch = Rows.this.next();
                    position = 0;
                    if (batch == null) {
                        ended = true;
                        Rows.this.close();
                    }
                }
                return !ended;
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
     *     another type; these are closed then
     */
    default <R extends Record> Stream<R> records(Class<R> type) {
        try {
            RecordMapper<R> mapper = RecordMapper.of(type, schema());
            return stream().map(mapper::map);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
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
     * These rows; the action sees each batch before it is returned. Closing them closes these.
     *
     * @param action what it throws is thrown by {@link #next}
     */
    default Rows peek(Consumer<? super ColumnBatch> action) {
        return map(schema(), batch -> {
            action.accept(batch);
            return batch;
        });
    }

    /**
     * The batches that a function makes of these, one of each. Closing them closes these. Unlike {@link #through}, it numbers no
     * rows and takes no rejected ones.
     *
     * @param schema the columns of the batches that the function returns
     * @param function may return a batch without rows, which is left out; what it throws is thrown by {@link #next}
     */
    default Rows map(Schema schema, UnaryOperator<ColumnBatch> function) {
        return new SuppliedRows(
                schema,
                () -> {
                    ColumnBatch batch = next();
                    return batch == null ? null : function.apply(batch);
                },
                this::leftOut,
                this::close);
    }

    /**
     * These rows; the action is run once, when they are closed, after these are, also when closing these fails.
     *
     * @param action what it throws is thrown by {@link #close}, or suppressed in what closing these threw
     */
    default Rows onClose(Runnable action) {
        SuppliedRows.Closing last = action::run;
        return new SuppliedRows(schema(), this::next, this::leftOut, () -> {
            try (last) {
                close();
            }
        });
    }

    /**
     * These rows; the action is run each time before {@link #next} reads from them, also when there are no more. Closing them
     * closes these.
     *
     * @param action what it throws is thrown by {@link #next}
     */
    default Rows beforeNext(Runnable action) {
        return new SuppliedRows(
                schema(),
                () -> {
                    action.run();
                    return next();
                },
                this::leftOut,
                this::close);
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

    /**
     * These rows after a step; closing them closes these, and so does a step that does not fit.
     *
     * @param rejects takes the rows that the step cannot take
     * @throws IllegalArgumentException when the step does not fit the columns
     * @throws KeywharfException with code {@code table.counts_open}, while the rows are read, when the step lost a row
     */
    default Rows through(RowStep step, RejectListener rejects) {
        try {
            return new StepRows(this, step.open(schema()), rejects);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /**
     * These rows after a step. A row that the step cannot take ends the reading.
     *
     * @throws IllegalArgumentException when the step does not fit the columns
     */
    default Rows through(RowStep step) {
        return through(step, RejectListener.FAIL);
    }

    /** These columns only, in this order; see {@link RowStep#select}. */
    default Rows select(String... columns) {
        return through(RowStep.select(List.of(columns)));
    }

    /** The column under another name; see {@link RowStep#rename}. */
    default Rows rename(String column, String name) {
        return through(RowStep.rename(Map.of(column, name)));
    }

    /** The rows for which the condition is true; see {@link RowStep#filter}. */
    default Rows filter(Condition condition) {
        return through(RowStep.filter(condition));
    }

    /** The first rows only; see {@link RowStep#limit}. */
    default Rows limit(long rows) {
        return through(RowStep.limit(rows));
    }

    /**
     * The rows of several sources one after the other. Each is opened when the one before is read to its end.
     *
     * @param schema the columns that all of them have, whatever the order; further ones are left out
     * @param sources opens them; rows that were opened are closed
     * @throws KeywharfException with code {@code table.schema_mismatch}, while the rows are read, when one of them has other
     *     columns
     */
    static Rows concat(Schema schema, Iterable<? extends Supplier<Rows>> sources) {
        return new ConcatRows(schema, sources.iterator());
    }

    /** Rows from batches that are already there. Empty batches are skipped. */
    static Rows of(Schema schema, Iterable<ColumnBatch> batches) {
        Iterator<ColumnBatch> iterator = batches.iterator();
        return generate(schema, () -> iterator.hasNext() ? iterator.next() : null);
    }

    /**
     * Rows that a function makes batch by batch, on the thread that reads them; see {@link #onClose} for what it holds.
     *
     * @param batches returns the next batch, or null at the end; batches without rows are left out. It is not called any more
     *     when the rows are closed, but may be called again after the end and then returns null again
     */
    static Rows generate(Schema schema, Supplier<@Nullable ColumnBatch> batches) {
        return new SuppliedRows(schema, batches, () -> LeftOut.NONE, () -> {});
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
