package io.github.keywharf.format;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowMask;
import io.github.keywharf.table.RowStep;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.VectorBuilder;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Turns a column into another type by way of its text. */
final class RetypePass implements RowStep.Pass {

    private final Schema schema;
    private final int position;
    private final Column column;
    private final TextValues values;
    private final boolean isText;

    RetypePass(Schema from, String name, ColumnType type, TextValues values) {
        position = from.position(name);
        Column old = from.column(position);
        isText = old.type().kind() == ColumnType.Kind.STRING || old.type().kind() == ColumnType.Kind.JSON;
        switch (old.type().kind()) {
            case BYTES, LIST, MAP, STRUCT ->
                throw new IllegalArgumentException("Column '" + old + "' has no text to read as " + type);
            default -> column = new Column(name, type, old.nullable());
        }
        List<Column> columns = new ArrayList<>(from.columns());
        columns.set(position, column);
        schema = Schema.of(columns);
        this.values = isText ? values : TextValues.STANDARD;
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public ColumnBatch apply(ColumnBatch batch, RejectListener rejects) {
        RowMask rejected = new RowMask(batch, "row", 0);
        List<ColumnVector> vectors = new ArrayList<>(schema.size());
        for (int i = 0; i < schema.size(); i++) {
            vectors.add(i == position ? retyped(batch.column(i), rejected) : batch.column(i));
        }
        rejected.report(rejects);
        return rejected.rest(batch.withColumns(schema, vectors));
    }

    private ColumnVector retyped(ColumnVector from, RowMask rejected) {
        VectorBuilder builder = ColumnVector.builder(column.type(), from.size());
        FieldParser parser = values.parser(builder);
        for (int row = 0; row < from.size(); row++) {
            Object value = from.value(row);
            String text = value instanceof BigDecimal number ? number.toPlainString() : String.valueOf(value);
            char[] characters = text.toCharArray();
            if (value == null || (isText && values.isNull(characters, 0, characters.length))) {
                builder.appendNull();
                if (!column.nullable()) {
                    rejected.reject(row, column.name(), "has no value, but one is required");
                }
            } else if (!parser.append(characters, 0, characters.length)) {
                builder.appendNull();
                rejected.reject(row, column.name(), Rejects.reason(text, column.type()));
            }
        }
        return builder.build();
    }
}
