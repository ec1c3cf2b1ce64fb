package io.github.keywharf.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads JSON values into columns of any type, nested ones included. */
final class JsonValues {

    static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Leaves fields out that a struct does not have. */
    static final JsonValues LENIENT = new JsonValues(true);

    private final boolean takeUnknownKeys;

    /** @param takeUnknownKeys whether fields that a struct does not have are left out in place of being refused */
    JsonValues(boolean takeUnknownKeys) {
        this.takeUnknownKeys = takeUnknownKeys;
    }

    /**
     * Appends the value that the parser stands at, and leaves the parser at its last token.
     *
     * @param scalar the parser of the builder's column
     * @return false when the value is none of the column's type; then nothing is appended, and the parser stands at the
     *     value's last token all the same
     */
    boolean append(JsonParser json, ColumnVector.Builder builder, FieldParser scalar) throws IOException {
        ColumnType type = builder.type();
        if (json.currentToken() == JsonToken.VALUE_NULL && type.kind() != ColumnType.Kind.JSON) {
            builder.appendNull();
            return true;
        }
        switch (type.kind()) {
            case JSON -> {
                if (json.currentToken() == JsonToken.VALUE_NULL) {
                    builder.appendNull();
                    return true;
                }
                return appendText(builder, text(json));
            }
            case LIST, MAP, STRUCT -> {
                Object value = nested(json, type);
                if (value == null) {
                    return false;
                }
                builder.appendValue(value);
                return true;
            }
            default -> {
                if (json.currentToken().isStructStart()) {
                    if (type.kind() == ColumnType.Kind.STRING) {
                        return appendText(builder, text(json));
                    }
                    json.skipChildren();
                    return false;
                }
                return scalar.append(json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
            }
        }
    }

    private static boolean appendText(ColumnVector.Builder builder, String text) {
        if (!BytesVector.isWellFormed(text)) {
            return false;
        }
        builder.appendValue(text);
        return true;
    }

    /** The value the parser stands at as JSON text, every digit kept. */
    static String text(JsonParser json) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator copy = FACTORY.createGenerator(text)) {
            copy.copyCurrentStructureExact(json);
        }
        return text.toString();
    }

    /** Whether the text is one JSON value and nothing else. */
    static boolean isOneValue(char[] text, int offset, int length) {
        try (JsonParser json = FACTORY.createParser(text, offset, length)) {
            if (json.nextToken() == null) {
                return false;
            }
            json.skipChildren();
            return json.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** Appends one nested value given as JSON text. */
    boolean parse(ColumnVector.Builder builder, char[] text, int offset, int length) {
        try (JsonParser json = FACTORY.createParser(text, offset, length)) {
            if (json.nextToken() == null) {
                return false;
            }
            Object value = nested(json, builder.type());
            if (value == null || json.nextToken() != null) {
                return false;
            }
            builder.appendValue(value);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** A list, map or struct, or null when the value the parser stands at is none. */
    private @Nullable Object nested(JsonParser json, ColumnType type) throws IOException {
        boolean wantsArray = type.kind() == ColumnType.Kind.LIST;
        if (json.currentToken() != (wantsArray ? JsonToken.START_ARRAY : JsonToken.START_OBJECT)) {
            json.skipChildren();
            return null;
        }
        Object value = switch (type.kind()) {
            case LIST -> list(json, type.children().get(0));
            case MAP -> map(json, type.children().get(0), type.children().get(1));
            default -> struct(json, type.children());
        };
        return value;
    }

    private @Nullable Object list(JsonParser json, Column element) throws IOException {
        List<@Nullable Object> values = new ArrayList<>();
        boolean fits = true;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            Cell cell = cell(json, element);
            fits &= cell.fits();
            values.add(cell.value());
        }
        return fits ? values : null;
    }

    private @Nullable Object map(JsonParser json, Column key, Column value) throws IOException {
        Map<Object, @Nullable Object> values = new LinkedHashMap<>();
        Set<Object> seen = new HashSet<>();
        boolean fits = true;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            Cell name = cellOfText(json.currentName(), key);
            json.nextToken();
            Cell cell = cell(json, value);
            fits &= name.fits() && cell.fits();
            Object keyValue = name.value();
            if (keyValue != null) {
                // Keys of different text can be the same: 1 and 01.
                fits &= seen.add(keyValue instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : keyValue);
                values.put(keyValue, cell.value());
            }
        }
        return fits ? values : null;
    }

    private @Nullable Object struct(JsonParser json, List<Column> fields) throws IOException {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (Column field : fields) {
            values.put(field.name(), null);
        }
        boolean fits = true;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            Column field = fields.stream()
                    .filter(candidate -> candidate.name().equals(name))
                    .findFirst()
                    .orElse(null);
            if (field == null) {
                json.skipChildren();
                fits &= takeUnknownKeys;
                continue;
            }
            Cell cell = cell(json, field);
            fits &= cell.fits();
            values.put(name, cell.value());
        }
        for (Column field : fields) {
            fits &= field.nullable() || values.get(field.name()) != null;
        }
        return fits ? values : null;
    }

    private Cell cell(JsonParser json, Column column) throws IOException {
        ColumnVector.Builder one = ColumnVector.builder(column.type(), 1);
        boolean fits = append(json, one, FieldParser.ofJson(one));
        Object value = fits ? one.build().value(0) : null;
        return new Cell(fits && (column.nullable() || value != null), value);
    }

    private static Cell cellOfText(String text, Column column) {
        ColumnVector.Builder one = ColumnVector.builder(column.type(), 1);
        boolean fits = FieldParser.ofJson(one).append(text.toCharArray(), 0, text.length());
        return new Cell(fits, fits ? one.build().value(0) : null);
    }

    /** One value within a nested one. */
    private record Cell(boolean fits, @Nullable Object value) {}
}
