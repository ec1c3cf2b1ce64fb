package io.github.keywharf.format;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.BooleanVector;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.DoubleVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes values as JSON: typed ones from a vector's arrays, nested ones and values of no known type from objects. */
final class JsonWriter {

    /** Beyond it an exponent is written, so that a number of a few characters never becomes one of millions. */
    private static final int MAX_PLAIN_SCALE = 100;

    private JsonWriter() {}

    /** Refuses maps whose keys have no form as text. */
    static void check(String object, Schema schema) {
        schema.columns().forEach(column -> check(object, column.name(), column.type()));
    }

    private static void check(String object, String column, ColumnType type) {
        if (type.kind() == ColumnType.Kind.MAP
                && !type.children().get(0).type().children().isEmpty()) {
            throw new KeywharfException(
                    "format.unsupported_type",
                    object,
                    "cannot hold column '" + column + "', as a " + type
                            + " has keys that are not text in JSON; write it to Parquet");
        }
        type.children().forEach(child -> check(object, column, child.type()));
    }

    /** Writes the value at a position, which must not be null. */
    static void write(JsonGenerator json, ColumnVector column, int row) throws IOException {
        switch (column.type().kind()) {
            case BOOLEAN -> json.writeBoolean(((BooleanVector) column).booleanAt(row));
            case INT32 -> json.writeNumber(((IntVector) column).intAt(row));
            case INT64 -> json.writeNumber(((LongVector) column).longAt(row));
            case FLOAT32 -> json.writeNumber((float) ((DoubleVector) column).doubleAt(row));
            case FLOAT64 -> json.writeNumber(((DoubleVector) column).doubleAt(row));
            case STRING -> {
                BytesVector text = (BytesVector) column;
                json.writeUTF8String(text.bytes(), text.offset(row), text.length(row));
            }
            case BYTES -> {
                BytesVector bytes = (BytesVector) column;
                json.writeBinary(bytes.bytes(), bytes.offset(row), bytes.length(row));
            }
            case JSON -> json.writeRawValue(onOneLine(((BytesVector) column).stringAt(row)));
            case LIST, MAP, STRUCT -> write(json, column.type(), column.value(row));
            default -> write(json, column.value(row));
        }
    }

    /** A nested value as JSON text. */
    static String text(ColumnType type, @Nullable Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JsonValues.FACTORY.createGenerator(text)) {
            write(json, type, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, ColumnType type, @Nullable Object value) throws IOException {
        if (value == null) {
            json.writeNull();
            return;
        }
        switch (type.kind()) {
            case LIST -> {
                json.writeStartArray();
                for (Object element : (List<?>) value) {
                    write(json, type.children().get(0).type(), element);
                }
                json.writeEndArray();
            }
            case MAP -> {
                json.writeStartObject();
                for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                    json.writeFieldName(
                            entry.getKey() instanceof byte[] bytes
                                    ? Base64.getEncoder().encodeToString(bytes)
                                    : String.valueOf(entry.getKey()));
                    write(json, type.children().get(1).type(), entry.getValue());
                }
                json.writeEndObject();
            }
            case STRUCT -> {
                json.writeStartObject();
                for (Column field : type.children()) {
                    json.writeFieldName(field.name());
                    write(json, field.type(), ((Map<?, ?>) value).get(field.name()));
                }
                json.writeEndObject();
            }
            case JSON -> json.writeRawValue(onOneLine((String) value));
            default -> write(json, value);
        }
    }

    /** Writes a value by its class: numbers, booleans, lists and maps as such, bytes in Base64, the rest as text. */
    static void write(JsonGenerator json, @Nullable Object value) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Boolean bool) {
            json.writeBoolean(bool);
        } else if (value instanceof BigDecimal decimal) {
            json.writeNumber(
                    Math.abs(decimal.scale()) <= MAX_PLAIN_SCALE ? decimal.toPlainString() : decimal.toString());
        } else if (value instanceof Float single) {
            json.writeNumber(single);
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else if (value instanceof Number number) {
            json.writeNumber(number.toString());
        } else if (value instanceof byte[] bytes) {
            json.writeBinary(bytes);
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            for (Object element : list) {
                write(json, element);
            }
            json.writeEndArray();
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName(String.valueOf(entry.getKey()));
                write(json, entry.getValue());
            }
            json.writeEndObject();
        } else {
            json.writeString(Objects.toString(value));
        }
    }

    /** JSON text without line ends: they can only stand between tokens, where a blank does as well. */
    private static String onOneLine(String text) {
        return text.indexOf('\n') < 0 && text.indexOf('\r') < 0
                ? text
                : text.replace('\n', ' ').replace('\r', ' ');
    }
}
