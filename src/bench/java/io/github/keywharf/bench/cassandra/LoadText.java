package io.github.keywharf.bench.cassandra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Values as text: into a file, in the forms that both loaders read, and back out of the server's {@code SELECT JSON}. */
final class LoadText {
    /** Up to this many bytes are written as {@code 0x} and hexadecimal digits, more as Base64. */
    private static final int SHORT_BLOB = 64;

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private LoadText() {}

    /** A line of a file, its end included. An absent value is an empty field. */
    static String line(Collection<?> values) {
        return values.stream().map(LoadText::field).collect(Collectors.joining(",", "", "\n"));
    }

    private static String field(Object value) {
        if (value == null) {
            return "";
        }
        String text = text(value);
        return text.indexOf(',') < 0 && text.indexOf('"') < 0 ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    private static String text(Object value) {
        if (value instanceof byte[] bytes) {
            return bytes.length <= SHORT_BLOB
                    ? "0x" + HexFormat.of().formatHex(bytes)
                    : Base64.getEncoder().encodeToString(bytes);
        } else if (value instanceof List || value instanceof Map) {
            try {
                return JSON.writeValueAsString(value);
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException("Not JSON: " + value, e);
            }
        }
        return value.toString();
    }

    /** A row as the server's JSON has it. */
    static JsonNode json(String row) {
        try {
            return JSON.readTree(row);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The server's JSON cannot be read: " + row, e);
        }
    }

    /** Whether the server's JSON is this value. A map may have its entries in any order. */
    static boolean same(JsonNode found, Object value) {
        if (found == null || value == null || found.isNull()) {
            return found != null && found.isNull() && value == null;
        } else if (value instanceof Number number) {
            return found.isNumber() && found.decimalValue().compareTo(new BigDecimal(number.toString())) == 0;
        } else if (value instanceof Boolean flag) {
            return found.isBoolean() && found.booleanValue() == flag;
        } else if (value instanceof Instant time) {
            return Instant.parse(found.textValue().replace(' ', 'T')).equals(time);
        } else if (value instanceof byte[] bytes) {
            return found.textValue().equals("0x" + HexFormat.of().formatHex(bytes));
        } else if (value instanceof List<?> list) {
            Iterator<JsonNode> elements = found.elements();
            return found.isArray()
                    && found.size() == list.size()
                    && list.stream().allMatch(each -> same(elements.next(), each));
        } else if (value instanceof Map<?, ?> map) {
            return found.isObject()
                    && found.size() == map.size()
                    && map.entrySet().stream()
                            .allMatch(each -> same(found.get(String.valueOf(each.getKey())), each.getValue()));
        }
        return value.toString().equals(found.textValue());
    }
}
