package io.github.keywharf.format;

import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.table.BooleanVector;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.DoubleVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import io.github.keywharf.table.Micros;
import io.github.keywharf.table.Schema;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** Writes batches as CSV, value by value from the vectors' arrays. */
final class CsvBatchWriter extends TextBatchWriter {

    /** What ends the input of PostgreSQL's COPY when it stands on a line of its own. */
    private static final byte[] END_OF_COPY = {'\\', '.'};

    private final CsvFormat format;
    private final byte[] nullText;
    private final byte[] lineEnd;

    CsvBatchWriter(ObjectWriter object, String key, Schema schema, boolean header, CsvFormat format) {
        super(object, key, schema);
        this.format = format;
        nullText = format.nullText().getBytes(StandardCharsets.UTF_8);
        lineEnd = format.lineEnd().getBytes(StandardCharsets.UTF_8);
        if (header) {
            int position = 0;
            for (Column column : schema) {
                if (position++ > 0) {
                    out.put(format.separator());
                }
                text(column.name());
            }
            out.write(lineEnd, 0, lineEnd.length);
        }
    }

    @Override
    void append(ColumnBatch batch) {
        Cell[] cells = new Cell[schema.size()];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = cell(batch.column(i));
        }
        char separator = format.separator();
        for (int row = 0; row < batch.size(); row++) {
            for (int i = 0; i < cells.length; i++) {
                if (i > 0) {
                    out.put(separator);
                }
                if (batch.column(i).isNull(row)) {
                    out.write(nullText, 0, nullText.length);
                } else {
                    cells[i].put(row);
                }
            }
            out.write(lineEnd, 0, lineEnd.length);
        }
    }

    private Cell cell(ColumnVector column) {
        ColumnType type = column.type();
        return switch (type.kind()) {
            case BOOLEAN -> row -> out.putText(((BooleanVector) column).booleanAt(row) ? "true" : "false");
            case INT32 -> row -> out.putLong(((IntVector) column).intAt(row));
            case DATE -> row -> out.putDate(((IntVector) column).intAt(row));
            case INT64 -> row -> out.putLong(((LongVector) column).longAt(row));
            case TIME -> row -> out.putTime(((LongVector) column).longAt(row));
            case TIMESTAMP -> row -> timestamp(((LongVector) column).longAt(row));
            case TIMESTAMP_UTC ->
                row -> {
                    timestamp(((LongVector) column).longAt(row));
                    out.putText("+00");
                };
            case FLOAT32 -> row -> out.putText(Float.toString((float) ((DoubleVector) column).doubleAt(row)));
            case FLOAT64 -> row -> out.putText(Double.toString(((DoubleVector) column).doubleAt(row)));
            case DECIMAL ->
                column instanceof LongVector longs
                        ? row -> out.putDecimal(longs.longAt(row), type.scale())
                        : row -> out.putText(decimal(column, row));
            case STRING, JSON ->
                row -> {
                    BytesVector text = (BytesVector) column;
                    text(text.bytes(), text.offset(row), text.length(row));
                };
            case BYTES ->
                row -> {
                    BytesVector bytes = (BytesVector) column;
                    out.putText("\\x");
                    out.putHex(bytes.bytes(), bytes.offset(row), bytes.length(row));
                };
            case UUID -> row -> out.putUuid(((BytesVector) column).bytes(), ((BytesVector) column).offset(row));
            case LIST, MAP, STRUCT -> row -> text(JsonWriter.text(type, column.value(row)));
        };
    }

    private void timestamp(long micros) {
        out.putDate(Math.floorDiv(micros, Micros.PER_DAY));
        out.put(' ');
        out.putTime(Math.floorMod(micros, Micros.PER_DAY));
    }

    private static String decimal(ColumnVector column, int row) {
        return ((BigDecimal) Objects.requireNonNull(column.value(row))).toPlainString();
    }

    private void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        text(utf8, 0, utf8.length);
    }

    private void text(byte[] utf8, int offset, int length) {
        if (!needsQuotes(utf8, offset, length)) {
            out.write(utf8, offset, length);
            return;
        }
        out.put(Csv.QUOTE);
        int begin = offset;
        for (int i = offset; i < offset + length; i++) {
            if (utf8[i] == Csv.QUOTE) {
                out.write(utf8, begin, i + 1 - begin);
                begin = i;
            }
        }
        out.write(utf8, begin, offset + length - begin);
        out.put(Csv.QUOTE);
    }

    private boolean needsQuotes(byte[] utf8, int offset, int length) {
        if (length == 0 && schema.size() == 1) {
            return true;
        }
        if (Arrays.equals(utf8, offset, offset + length, nullText, 0, nullText.length)
                || Arrays.equals(utf8, offset, offset + length, END_OF_COPY, 0, END_OF_COPY.length)
                || (length > 0 && utf8[offset] == (byte) 0xEF)) {
            return true;
        }
        byte separator = (byte) format.separator();
        for (int i = offset; i < offset + length; i++) {
            byte b = utf8[i];
            if (b == separator || b == Csv.QUOTE || b == '\n' || b == '\r') {
                return true;
            }
        }
        return false;
    }

    /** Puts the value of one column at a row where it is not null. */
    @FunctionalInterface
    private interface Cell {
        void put(int row);
    }
}
