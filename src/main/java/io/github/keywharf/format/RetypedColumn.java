package io.github.keywharf.format;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.DoubleVector;
import io.github.keywharf.table.RowMask;
import io.github.keywharf.table.RowStep;
import io.github.keywharf.table.Schema;
import java.math.BigDecimal;

/**
 * Turns a column into another type: numbers into numbers by their value, all else by way of its text.
 *
 * @param position of the column in the rows that come in
 * @param column as it becomes
 * @param values how text is read
 * @param isText whether the values are text already, some of which may stand for none
 */
record RetypedColumn(int position, Column column, TextValues values, boolean isText) implements RowStep.ColumnMaker {

    static RowStep.Pass open(Schema from, String name, ColumnType type, TextValues values) {
        int position = from.position(name);
        Column old = from.column(position);
        boolean isText =
                old.type().kind() == ColumnType.Kind.STRING || old.type().kind() == ColumnType.Kind.JSON;
        Column column = switch (old.type().kind()) {
            case BYTES, LIST, MAP, STRUCT ->
                throw new IllegalArgumentException("Column '" + old + "' has no text to read as " + type);
            default -> new Column(name, type, old.nullable());
        };
        TextValues read = isText ? values : TextValues.STANDARD;
        return RowStep.column(column, new RetypedColumn(position, column, read, isText))
                .open(from);
    }

    @Override
    public ColumnVector make(ColumnBatch batch, RowMask rejected) {
        ColumnVector from = batch.column(position);
        ColumnVector.Builder builder = ColumnVector.builder(column.type(), from.size());
        FieldParser parser = values.parser(builder);
        for (int row = 0; row < from.size(); row++) {
            Object value = from.value(row);
            if (value instanceof Number number && isNumber(column.type())) {
                if (!appendExactly(builder, number)) {
                    builder.appendNull();
                    rejected.reject(row, column.name(), Rejects.reason(String.valueOf(value), column.type()));
                }
                continue;
            }
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

    private static boolean isNumber(ColumnType type) {
        return switch (type.kind()) {
            case INT32, INT64, FLOAT32, FLOAT64, DECIMAL -> true;
            default -> false;
        };
    }

    /** Appends a number to a column that holds it exactly; false when it does not. */
    private static boolean appendExactly(ColumnVector.Builder builder, Number number) {
        boolean isFloating = number instanceof Double || number instanceof Float;
        double floating = number.doubleValue();
        if (isFloating && !Double.isFinite(floating)) {
            return switch (builder.type().kind()) {
                case FLOAT32, FLOAT64 -> appended(builder, floating);
                default -> false;
            };
        }
        BigDecimal exact = number instanceof BigDecimal decimal
                ? decimal
                : isFloating ? new BigDecimal(floating) : BigDecimal.valueOf(number.longValue());
        try {
            switch (builder.type().kind()) {
                case INT32 -> builder.appendValue(exact.intValueExact());
                case INT64 -> builder.appendValue(exact.longValueExact());
                // A floating number is taken for the decimal that it is printed as: 0.1 is 0.1.
                case DECIMAL -> builder.appendValue(isFloating ? new BigDecimal(number.toString()) : exact);
                case FLOAT32 -> {
                    return isSame(exact, exact.floatValue()) && appended(builder, exact.floatValue());
                }
                default -> {
                    return isSame(exact, exact.doubleValue()) && appended(builder, exact.doubleValue());
                }
            }
            return true;
        } catch (ArithmeticException e) {
            return false;
        }
    }

    private static boolean isSame(BigDecimal exact, double made) {
        return Double.isFinite(made) && new BigDecimal(made).compareTo(exact) == 0;
    }

    private static boolean appended(ColumnVector.Builder builder, double value) {
        ((DoubleVector.Builder) builder).append(value);
        return true;
    }
}
