package io.github.keywharf.table;

import io.github.keywharf.KeywharfException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A view of one row of a {@link ColumnBatch}: immutable, and cheap to create. */
public final class Row {

    private final ColumnBatch batch;
    private final int position;

    Row(ColumnBatch batch, int position) {
        this.batch = batch;
        this.position = position;
    }

    /** Names and types of the columns. */
    public Schema schema() {
        return batch.schema();
    }

    /** The value of a column, counted from 0, as the Java type that {@link ColumnType.Kind} names, or null. */
    public @Nullable Object value(int column) {
        return batch.column(column).value(position);
    }

    /**
     * The value of a named column as the Java type that {@link ColumnType.Kind} names, or null.
     *
     * @throws IllegalArgumentException if there is no such column
     */
    public @Nullable Object value(String column) {
        return batch.column(column).value(position);
    }

    /**
     * The value of a named column, cast to a type, or null.
     *
     * @throws IllegalArgumentException if there is no such column, or the value is of another type
     */
    public <T> @Nullable T value(String column, Class<T> type) {
        Object value = value(column);
        if (value != null && !type.isInstance(value)) {
            throw new IllegalArgumentException("Column '" + column + "' holds a value of type "
                    + value.getClass().getSimpleName() + ", not " + type.getSimpleName());
        }
        return type.cast(value);
    }

    /**
     * The value of a column of booleans.
     *
     * @throws IllegalArgumentException if there is no such column, or it is of another type
     * @throws KeywharfException with code {@code table.no_value} if the row has none; {@link #value(String)} then returns null
     */
    public boolean booleanValue(String column) {
        return present(column, Boolean.class, "booleanValue");
    }

    /**
     * The value of a column of int32.
     *
     * @throws IllegalArgumentException if there is no such column, or it is of another type
     * @throws KeywharfException with code {@code table.no_value} if the row has none; {@link #value(String)} then returns null
     */
    public int intValue(String column) {
        return present(column, Integer.class, "intValue");
    }

    /**
     * The value of a column of int64 or int32.
     *
     * @throws IllegalArgumentException if there is no such column, or it is of another type
     * @throws KeywharfException with code {@code table.no_value} if the row has none; {@link #value(String)} then returns null
     */
    public long longValue(String column) {
        return value(column) instanceof Integer small ? small : present(column, Long.class, "longValue");
    }

    /**
     * The value of a column of float64, float32 or int32.
     *
     * @throws IllegalArgumentException if there is no such column, or it is of another type
     * @throws KeywharfException with code {@code table.no_value} if the row has none; {@link #value(String)} then returns null
     */
    public double doubleValue(String column) {
        Object value = value(column);
        return value instanceof Float || value instanceof Integer
                ? ((Number) value).doubleValue()
                : present(column, Double.class, "doubleValue");
    }

    private <T> T present(String column, Class<T> type, String getter) {
        Object value = value(column);
        if (value == null) {
            throw new KeywharfException(
                    "table.no_value",
                    column,
                    "The row has no value there, so " + getter + " has none to return; use value(\"" + column
                            + "\"), which may be null");
        }
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("Column '" + column + "' is of type "
                    + schema().column(column).type() + ", which " + getter + " does not return; use value(\"" + column
                    + "\")");
        }
        return type.cast(value);
    }

    /** The value of a named column as it is displayed, or null. */
    public @Nullable String string(String column) {
        Object value = value(column);
        return value == null ? null : value.toString();
    }

    /**
     * This row as a record: components take the columns of the same name, in snake case or camel case alike.
     *
     * @throws IllegalArgumentException if a component has no column, or the column holds another type
     */
    public <R extends Record> R as(Class<R> type) {
        return RecordMapper.of(type, schema()).map(this);
    }

    /** The values by column name, in column order; absent ones are null. */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 0; i < schema().size(); i++) {
            values.put(schema().column(i).name(), value(i));
        }
        return values;
    }

    @Override
    public String toString() {
        return toMap().toString();
    }
}
