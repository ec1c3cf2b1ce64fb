package io.github.keywharf.table;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A view of one row of a {@link ColumnBatch}: cheap to make, immutable, readable. */
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
     * @throws IllegalArgumentException when there is no such column
     */
    public @Nullable Object value(String column) {
        return batch.column(column).value(position);
    }

    /**
     * The value of a named column, cast to a type, or null.
     *
     * @throws IllegalArgumentException when there is no such column, or the value is of another type
     */
    public <T> @Nullable T value(String column, Class<T> type) {
        Object value = value(column);
        if (value != null && !type.isInstance(value)) {
            throw new IllegalArgumentException("Column '" + column + "' holds a "
                    + value.getClass().getSimpleName() + ", not a " + type.getSimpleName());
        }
        return type.cast(value);
    }

    /** The value of a named column as text, as it would be printed, or null. */
    public @Nullable String string(String column) {
        Object value = value(column);
        return value == null ? null : value.toString();
    }

    /**
     * This row as a record: components take the columns of the same name, in snake case or camel case alike.
     *
     * @throws IllegalArgumentException when a component has no column, or the column holds another type
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
