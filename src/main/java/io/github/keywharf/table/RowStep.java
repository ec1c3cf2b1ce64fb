package io.github.keywharf.table;

import io.github.keywharf.internal.Checks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Something done to rows on their way from a source to a sink: {@code rows.through(step, rejects)}. A row that a step cannot
 * take is rejected under its {@link Origin}, and the rest goes on.
 *
 * <p>A step is immutable and can be used for any number of reads; what it remembers during one of them is in a {@link Pass}.
 */
@FunctionalInterface
public interface RowStep {

    /**
     * One read's worth of a step: each row of a batch comes out, is rejected, or is counted as left out. Not thread-safe.
     */
    interface Pass {

        /** The columns that come out. */
        Schema schema();

        /**
         * Takes the next batch.
         *
         * @param batch of the columns that the pass was opened for
         * @param rejects takes the rows that the step cannot take
         * @return what comes out, perhaps no rows
         */
        ColumnBatch apply(ColumnBatch batch, RejectListener rejects);

        /** Rows of all batches so far that were taken, and neither came out nor were rejected. */
        default LeftOut leftOut() {
            return LeftOut.NONE;
        }

        /** Whether no further batch can give any rows, so that none need be read. */
        default boolean isDone() {
            return false;
        }
    }

    /** Makes one column of a batch. */
    @FunctionalInterface
    interface ColumnMaker {

        /**
         * The column for the rows of a batch.
         *
         * @param rejected takes the rows that are refused; the column has a value for those too, or null
         */
        ColumnVector make(ColumnBatch batch, RowMask rejected);
    }

    /**
     * Fits the step to rows of these columns.
     *
     * @throws IllegalArgumentException when it does not fit them
     */
    Pass open(Schema schema);

    /** This step, and then another. */
    default RowStep then(RowStep next) {
        return all(List.of(this, next));
    }

    /** These steps one after the other. */
    static RowStep all(List<RowStep> steps) {
        List<RowStep> copy = List.copyOf(steps);
        return schema -> {
            List<Pass> passes = new ArrayList<>();
            Schema at = schema;
            for (RowStep step : copy) {
                Pass pass = step.open(at);
                passes.add(pass);
                at = pass.schema();
            }
            return new ChainPass(at, passes);
        };
    }

    /** Keeps these columns only, in this order. */
    static RowStep select(List<String> columns) {
        List<String> copy = List.copyOf(columns);
        if (copy.isEmpty()) {
            throw new IllegalArgumentException("Rows need at least one column");
        }
        return schema -> ColumnsPass.select(schema, copy);
    }

    /**
     * Renames columns.
     *
     * @param names new names by present names; other columns keep theirs
     */
    static RowStep rename(Map<String, String> names) {
        Map<String, String> copy = Map.copyOf(names);
        return schema -> ColumnsPass.rename(schema, copy);
    }

    /** Keeps the rows for which a condition is true. Rows that it leaves out are not rejected. */
    static RowStep filter(Condition condition) {
        return schema -> new FilterPass(schema, condition.bind(schema));
    }

    /** Keeps the first rows only. */
    static RowStep limit(long rows) {
        Checks.notNegative("rows", rows);
        return schema -> new LimitPass(schema, rows);
    }

    /**
     * Removes blanks at both ends of text. Text that is then empty becomes an absent value; if the column is not nullable, the
     * row is rejected.
     *
     * @param columns names of text columns
     */
    static RowStep trim(List<String> columns) {
        return all(columns.stream()
                .<RowStep>map(column -> schema -> ColumnsPass.trim(schema, column))
                .toList());
    }

    /**
     * Replaces absent values of a column, which is then not nullable.
     *
     * @param value a value of the column's type
     */
    static RowStep defaultTo(String column, Object value) {
        Objects.requireNonNull(value, "value");
        return schema -> ColumnsPass.defaultTo(schema, column, value);
    }

    /**
     * Computes a column from each row, at the end or in place of the column of that name. A row for which the function throws
     * an {@link IllegalArgumentException} or {@link ArithmeticException} is rejected with its message, and so is one whose
     * value does not fit the column.
     *
     * @param value returns the value for a row, of the Java type that {@link ColumnType.Kind} names, or null
     */
    static RowStep derive(Column column, Function<Row, @Nullable Object> value) {
        return schema -> ColumnsPass.derive(schema, column, value);
    }

    /** Computes a column like {@link #derive}, but from a whole batch at a time. */
    static RowStep column(Column column, ColumnMaker maker) {
        return schema -> ColumnsPass.of(schema, column, maker);
    }

    /** Rejects rows in which one of these columns has no value; the columns are then not nullable. */
    static RowStep require(List<String> columns) {
        return all(columns.stream()
                .<RowStep>map(column -> schema -> ColumnsPass.require(schema, column))
                .toList());
    }

    /**
     * Keeps the first row of each key. Keys are kept in memory, about a hundred bytes each.
     *
     * @param key columns that make up the key; absent values are equal to each other
     */
    static RowStep distinct(List<String> key) {
        List<String> copy = List.copyOf(key);
        return schema -> new DistinctPass(schema, copy);
    }
}
