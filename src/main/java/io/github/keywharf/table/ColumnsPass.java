package io.github.keywharf.table;

import io.github.keywharf.KeywharfException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Computes each column of a batch from the columns of the batch before. */
record ColumnsPass(Schema schema, List<RowStep.ColumnMaker> makers) implements RowStep.Pass {

    static ColumnsPass select(Schema from, List<String> names) {
        return new ColumnsPass(
                from.select(names),
                names.stream().map(name -> unchanged(from.position(name))).toList());
    }

    static ColumnsPass rename(Schema from, Map<String, String> names) {
        names.keySet().forEach(from::position);
        List<Column> columns = from.columns().stream()
                .map(column -> column.withName(names.getOrDefault(column.name(), column.name())))
                .toList();
        return new ColumnsPass(Schema.of(columns), unchanged(from));
    }

    private static List<RowStep.ColumnMaker> unchanged(Schema schema) {
        return IntStream.range(0, schema.size())
                .mapToObj(ColumnsPass::unchanged)
                .toList();
    }

    private static RowStep.ColumnMaker unchanged(int position) {
        return (batch, rejected) -> batch.column(position);
    }

    /** A pass that puts a column in place of the one of its name, or at the end. */
    static ColumnsPass of(Schema from, Column column, RowStep.ColumnMaker maker) {
        List<Column> columns = new ArrayList<>(from.columns());
        List<RowStep.ColumnMaker> makers = new ArrayList<>(unchanged(from));
        if (from.contains(column.name())) {
            columns.set(from.position(column.name()), column);
            makers.set(from.position(column.name()), maker);
        } else {
            columns.add(column);
            makers.add(maker);
        }
        return new ColumnsPass(Schema.of(columns), makers);
    }

    static ColumnsPass derive(Schema from, Column column, Function<Row, @Nullable Object> value) {
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

    static ColumnsPass trim(Schema from, String name) {
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

    static ColumnsPass defaultTo(Schema from, String name, Object value) {
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

    static ColumnsPass require(Schema from, String name) {
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
        for (RowStep.ColumnMaker maker : makers) {
            vectors.add(maker.make(batch, rejected));
        }
        rejected.report(rejects);
        return rejected.rest(batch.withColumns(schema, vectors));
    }
}
