package io.github.keywharf.table;

import io.github.keywharf.KeywharfException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Replaces the values of one column, or adds a column; the other columns do not change. */
record ValuesPass(Schema schema, int position, RowStep.ColumnMaker maker) implements RowStep.Pass {

    /** A pass that puts a column in place of the one of its name, or at the end. */
    static ValuesPass of(Schema from, Column column, RowStep.ColumnMaker maker) {
        List<Column> columns = new ArrayList<>(from.columns());
        int position = from.contains(column.name()) ? from.position(column.name()) : columns.size();
        if (position == columns.size()) {
            columns.add(column);
        } else {
            columns.set(position, column);
        }
        return new ValuesPass(Schema.of(columns), position, maker);
    }

    static ValuesPass derive(Schema from, Column column, Function<Row, @Nullable Object> value) {
        return of(from, column, (batch, rejected) -> {
            ColumnVector.Builder builder = ColumnVector.builder(column.type(), batch.size());
            for (int row = 0; row < batch.size(); row++) {
                try {
                    Object computed = value.apply(batch.row(row));
                    builder.appendValue(computed);
                    if (computed == null && !column.nullable()) {
                        rejected.reject(row, column.name(), "has no value, but one is required");
                    }
                } catch (IllegalArgumentException | ArithmeticException e) {
                    builder.appendNull();
                    rejected.reject(row, column.name(), "cannot be computed: " + e.getMessage());
                } catch (KeywharfException e) {
                    if (!e.is(BytesVector.BAD_VALUE)) {
                        throw e;
                    }
                    builder.appendNull();
                    rejected.reject(row, column.name(), "cannot be computed: " + e.getMessage());
                }
            }
            return builder.build();
        });
    }

    static ValuesPass trim(Schema from, String name) {
        int position = from.position(name);
        Column column = from.column(position);
        if (column.type().kind() != ColumnType.Kind.STRING) {
            throw new IllegalArgumentException("Column '" + column + "' is not text, so it cannot be trimmed");
        }
        return of(from, column, (batch, rejected) -> {
            BytesVector text = (BytesVector) batch.column(position);
            return mayHaveBlanks(text) ? trimmed(text, column, rejected) : text;
        });
    }

    private static boolean mayHaveBlanks(BytesVector text) {
        for (int row = 0; row < text.size(); row++) {
            int length = text.length(row);
            int at = text.offset(row);
            if (!text.isNull(row)
                    && (length == 0 || !isInk(text.bytes()[at]) || !isInk(text.bytes()[at + length - 1]))) {
                return true;
            }
        }
        return false;
    }

    /** True if the byte is a whole character of UTF-8, and not a blank. */
    private static boolean isInk(byte character) {
        return character > ' ';
    }

    private static ColumnVector trimmed(BytesVector text, Column column, RowMask rejected) {
        ColumnVector.Builder builder = ColumnVector.builder(column.type(), text.size());
        for (int row = 0; row < text.size(); row++) {
            String left = text.isNull(row) ? "" : text.stringAt(row).strip();
            builder.appendValue(left.isEmpty() ? null : left);
            if (left.isEmpty() && !column.nullable()) {
                rejected.reject(row, column.name(), "has no value but blanks, and one is required");
            }
        }
        return builder.build();
    }

    static ValuesPass defaultTo(Schema from, String name, Object value) {
        int position = from.position(name);
        Column old = from.column(position);
        ColumnVector.Builder trial = ColumnVector.builder(old.type(), 1);
        trial.appendValue(value);
        return of(from, Column.required(name, old.type()), (batch, rejected) -> {
            ColumnVector vector = batch.column(position);
            if (!vector.hasNulls()) {
                return vector;
            }
            ColumnVector.Builder builder = ColumnVector.builder(old.type(), vector.size());
            for (int row = 0; row < vector.size(); row++) {
                builder.appendValue(vector.isNull(row) ? value : vector.value(row));
            }
            return builder.build();
        });
    }

    static ValuesPass require(Schema from, String name) {
        int position = from.position(name);
        Column old = from.column(position);
        return of(from, Column.required(name, old.type()), (batch, rejected) -> {
            ColumnVector vector = batch.column(position);
            for (int row = 0; vector.hasNulls() && row < vector.size(); row++) {
                if (vector.isNull(row)) {
                    rejected.reject(row, name, "has no value, but one is required");
                }
            }
            return vector;
        });
    }

    @Override
    public ColumnBatch apply(ColumnBatch batch, RejectListener rejects) {
        RowMask rejected = new RowMask(batch, StepRows.UNNAMED, 0);
        List<ColumnVector> vectors = new ArrayList<>(schema.size());
        for (int i = 0; i < batch.schema().size(); i++) {
            vectors.add(i == position ? maker.make(batch, rejected) : batch.column(i));
        }
        if (position == vectors.size()) {
            vectors.add(maker.make(batch, rejected));
        }
        rejected.report(rejects);
        return rejected.rest(batch.withColumns(schema, vectors));
    }
}
