package io.github.keywharf.table;

import io.github.keywharf.CheckReturnValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Some thousand rows, held column by column: the unit in which data moves between sources, formats and sinks.
 *
 * <p>Immutable and thread-safe. All columns have the same number of rows.
 */
public final class ColumnBatch {

    /** Usual number of rows: large enough to amortise a call per batch, small enough to stay near the cache. */
    public static final int DEFAULT_ROWS = 20_000;

    private final Schema schema;
    private final List<ColumnVector> columns;
    private final int size;
    private final @Nullable Origins origins;

    private ColumnBatch(Schema schema, List<ColumnVector> columns, int size, @Nullable Origins origins) {
        this.schema = schema;
        this.columns = columns;
        this.size = size;
        this.origins = origins;
    }

    /**
     * A batch of these columns.
     *
     * @param schema their names and types, in the same order
     * @param columns one vector for each column of the schema
     * @throws IllegalArgumentException if number, length or type of the vectors do not fit
     */
    public static ColumnBatch of(Schema schema, List<ColumnVector> columns) {
        if (schema.size() != columns.size()) {
            throw new IllegalArgumentException(
                    "The schema has " + schema.size() + " columns, but there are " + columns.size() + " vectors");
        }
        int size = columns.isEmpty() ? 0 : columns.get(0).size();
        for (int i = 0; i < columns.size(); i++) {
            ColumnVector vector = columns.get(i);
            if (vector.size() != size || !vector.type().equals(schema.column(i).type())) {
                throw new IllegalArgumentException("Column '" + schema.column(i) + "' has " + vector.size()
                        + " values of type " + vector.type() + " in a batch of " + size + " rows");
            }
        }
        return new ColumnBatch(schema, List.copyOf(columns), size, null);
    }

    /** A batch of the values that the builders collected, one builder for each column of the schema. */
    public static ColumnBatch build(Schema schema, List<? extends ColumnVector.Builder> builders) {
        List<ColumnVector> vectors = new ArrayList<>(builders.size());
        for (ColumnVector.Builder builder : builders) {
            vectors.add(builder.build());
        }
        return of(schema, vectors);
    }

    /** A builder for each column of the schema, with initial room for {@code capacity} rows. */
    public static List<ColumnVector.Builder> builders(Schema schema, int capacity) {
        List<ColumnVector.Builder> builders = new ArrayList<>(schema.size());
        for (Column column : schema) {
            builders.add(ColumnVector.builder(column.type(), capacity));
        }
        return builders;
    }

    /** Names and types of the columns. */
    public Schema schema() {
        return schema;
    }

    /** Number of rows. */
    public int size() {
        return size;
    }

    /** The column at a position, counted from 0. */
    public ColumnVector column(int position) {
        return columns.get(position);
    }

    /**
     * The column of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public ColumnVector column(String name) {
        return columns.get(schema.position(name));
    }

    /**
     * The same rows with these origins.
     *
     * @throws IllegalArgumentException if the number of rows differs
     */
    @CheckReturnValue
    public ColumnBatch withOrigins(Origins value) {
        if (value.size() != size) {
            throw new IllegalArgumentException(
                    "There are origins of " + value.size() + " rows for a batch of " + size + " rows");
        }
        return new ColumnBatch(schema, columns, size, value);
    }

    /**
     * Other columns of the same rows, which keep their origins.
     *
     * @throws IllegalArgumentException if number, length or type of the vectors do not fit
     */
    @CheckReturnValue
    public ColumnBatch withColumns(Schema changed, List<ColumnVector> vectors) {
        ColumnBatch batch = of(changed, vectors);
        return origins == null ? batch : batch.withOrigins(origins);
    }

    /** Origins of the rows, if they are known. */
    public Optional<Origins> origins() {
        return Optional.ofNullable(origins);
    }

    /**
     * A row of the batch as a rejected one.
     *
     * @param row counted from 0
     * @param fallback its origin, if the batch has no origins
     * @param column the column with the refused value; empty for the row as a whole
     * @param reason a sentence for a person
     */
    public RejectedRow rejected(int row, Origin fallback, String column, String reason) {
        Origin origin = origins == null ? fallback : origins.of(row);
        return new RejectedRow(origin.source(), origin.position(), column, reason, row(row).toMap());
    }

    /** A view of one row, counted from 0. */
    public Row row(int position) {
        return new Row(this, Objects.checkIndex(position, size));
    }

    /**
     * The named columns only, in this order.
     *
     * @throws IllegalArgumentException if one of them does not exist
     */
    public ColumnBatch select(List<String> names) {
        List<ColumnVector> chosen = new ArrayList<>(names.size());
        for (String name : names) {
            chosen.add(column(name));
        }
        return new ColumnBatch(schema.select(names), List.copyOf(chosen), size, origins);
    }

    /**
     * The rows at these positions, in this order.
     *
     * @param positions positions of the rows to copy
     * @param count number of entries of {@code positions} to use
     */
    public ColumnBatch gather(int[] positions, int count) {
        List<ColumnVector> chosen = new ArrayList<>(columns.size());
        for (ColumnVector column : columns) {
            chosen.add(column.gather(positions, count));
        }
        return new ColumnBatch(
                schema, List.copyOf(chosen), count, origins == null ? null : origins.gather(positions, count));
    }

    @Override
    public String toString() {
        return "ColumnBatch[" + size + " rows of " + schema + "]";
    }
}
