package io.github.keywharf.salesforce;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.internal.Cut;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Values of records as the JSON of the API ("Valid Date and DateTime Formats", REST API Developer Guide), and back. */
final class RecordValues {
    /** The most fields of a record, 5,000, as in bulk jobs; objects have at most 900. */
    static final int MAX_FIELDS = 5_000;

    private static final int MAX_DEPTH = 3;
    private static final int MAX_SCALE = 400;
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,254}");
    private static final Pattern PATH = Pattern.compile(NAME.pattern() + "(?:\\." + NAME.pattern() + "){0,5}");
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private RecordValues() {}

    /** Checks the API name of an object or field: {@code kind} says which in the message. */
    static String name(String kind, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + Cut.printable(name, 60) + "' is not the API name of " + kind
                    + ": letters, digits and underscores, a letter first");
        }
        return name;
    }

    /** Checks the name of a field, perhaps by way of relationships: {@code Account.Name}. */
    static String path(String name) {
        if (!PATH.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + Cut.printable(name, 60)
                    + "' is not a field: letters, digits and underscores, with points between relationships");
        }
        return name;
    }

    /** The part of a URL that chooses fields; empty for all. */
    static String chosen(String... fields) {
        return fields.length == 0
                ? ""
                : "?fields=" + Arrays.stream(fields).map(RecordValues::path).collect(Collectors.joining(","));
    }

    /**
     * A record.
     *
     * @throws KeywharfException with code {@code salesforce.bad_record} when a value is of no type that a field takes
     */
    static ObjectNode record(String object, Map<String, ?> values) {
        return record(object, "", values, 1);
    }

    private static ObjectNode record(String object, String prefix, Map<?, ?> values, int depth) {
        if (values.size() > MAX_FIELDS) {
            throw bad(object, "It has " + values.size() + " fields, more than " + MAX_FIELDS + "; write fewer");
        }
        ObjectNode node = NODES.objectNode();
        values.forEach((key, value) -> {
            String field = name("a field", String.valueOf(key));
            node.set(field, node(object, prefix + field, value, depth));
        });
        return node;
    }

    private static JsonNode node(String object, String field, @Nullable Object value, int depth) {
        if (value == null) {
            return NODES.nullNode();
        }
        if (value instanceof Boolean bool) {
            return NODES.booleanNode(bool);
        }
        if (value instanceof Map<?, ?> nested && depth < MAX_DEPTH) {
            return record(object, field + ".", nested, depth + 1);
        }
        if (value instanceof SalesforceComposite.Result result) {
            return NODES.textNode(result.toString());
        }
        if (value instanceof Number) {
            BigDecimal number = number(object, field, value);
            // Whole numbers without an exponent, which fields of whole numbers do not take.
            return number.scale() <= 0 ? NODES.numberNode(number.toBigIntegerExact()) : DecimalNode.valueOf(number);
        }
        return NODES.textNode(text(object, field, value));
    }

    /** A value as it stands in the path of a URL. */
    static String segment(String object, String field, Object value) {
        String text = value instanceof Number
                ? number(object, field, value).toPlainString()
                : value instanceof Boolean ? value.toString() : text(object, field, value);
        if (text.isBlank() || text.equals(".") || text.equals("..")) {
            throw bad(object, field + " is '" + text + "', which cannot stand in a URL; write it with upsertAll");
        }
        return encoded(text);
    }

    static String encoded(String text) {
        return HttpRequest.encoded(text);
    }

    private static BigDecimal number(String object, String field, Object value) {
        if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
            return BigDecimal.valueOf(((Number) value).longValue());
        }
        if (value instanceof BigDecimal decimal) {
            if (Math.abs((long) decimal.scale()) > MAX_SCALE) {
                throw bad(object, field + " has a scale of " + decimal.scale() + ", which no number field holds");
            }
            return decimal;
        }
        if (value instanceof BigInteger whole) {
            return new BigDecimal(whole);
        }
        if (value instanceof Double || value instanceof Float) {
            if (Double.isFinite(((Number) value).doubleValue())) {
                return new BigDecimal(value.toString());
            }
            throw bad(object, field + " is " + value + ", which no number field holds; give a finite number or null");
        }
        throw refused(object, field, value);
    }

    private static String text(String object, String field, Object value) {
        if (value instanceof String text) {
            if (!UTF_8.newEncoder().canEncode(text)) {
                throw bad(object, field + " has half of a surrogate pair, which has no form in UTF-8; repair the text");
            }
            return text;
        }
        if (value instanceof LocalDate || value instanceof UUID) {
            return value.toString();
        }
        if (value instanceof LocalTime time) {
            return SalesforceSinkValues.TIME.format(time);
        }
        if (value instanceof Instant instant) {
            return SalesforceSinkValues.INSTANT.format(instant);
        }
        if (value instanceof OffsetDateTime time) {
            return SalesforceSinkValues.INSTANT.format(time.toInstant());
        }
        if (value instanceof ZonedDateTime time) {
            return SalesforceSinkValues.INSTANT.format(time.toInstant());
        }
        throw refused(object, field, value);
    }

    private static KeywharfException refused(String object, String field, Object value) {
        return bad(
                object,
                field + " is of type " + value.getClass().getName()
                        + "; give text, a number, a boolean, a LocalDate, LocalTime, Instant or OffsetDateTime, a UUID, null,"
                        + " or a Map for the external id of a parent");
    }

    static KeywharfException bad(String object, String problem) {
        return new KeywharfException("salesforce.bad_record", object, problem);
    }

    /** The object of an answer as Java values, in its order: text, numbers, booleans, null, maps and lists. */
    static Map<String, @Nullable Object> map(JsonNode node) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        node.properties().forEach(field -> {
            if (!field.getKey().equals("attributes")) {
                values.put(field.getKey(), value(field.getValue()));
            }
        });
        return values;
    }

    private static @Nullable Object value(JsonNode node) {
        if (node.isObject()) {
            return map(node);
        }
        if (node.isArray()) {
            List<@Nullable Object> values = new ArrayList<>();
            node.forEach(item -> values.add(value(item)));
            return values;
        }
        if (node.isNull() || node.isMissingNode()) {
            return null;
        }
        return node.isNumber() ? node.numberValue() : node.isBoolean() ? (Object) node.booleanValue() : node.asText();
    }
}
