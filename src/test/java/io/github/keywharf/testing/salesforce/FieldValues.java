package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Values of fields: String, Boolean, Long, Double, LocalDate, Instant, LocalTime, or JSON for compound fields. Reads and writes
 * them as JSON and as CSV ("Valid Date and DateTime Formats" and "Primitive Data Types" of the REST and SOAP guides).
 */
final class FieldValues {
    private static final DateTimeFormatter REST = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSSxx", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter BULK = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS'Z'", Locale.ROOT);
    private static final DateTimeFormatter READ = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .optionalStart()
            .appendOffset("+HHMM", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HH:MM", "Z")
            .optionalEnd()
            .toFormatter(Locale.ROOT);

    private FieldValues() {}

    /** The value of a field in a JSON request; null clears the field. */
    static @Nullable Object ofJson(FakeField field, JsonNode json) {
        if (json.isNull()) {
            return null;
        }
        if (json.isContainerNode()) {
            throw new Refusal(
                    400,
                    "JSON_PARSER_ERROR",
                    "Cannot deserialize instance of " + field.type() + " from an object or array");
        }
        if (field.isText() && !json.isTextual()) {
            return ofText(field, json.asText());
        }
        if (field.type().equals("boolean") && !json.isBoolean() && !json.isTextual()) {
            throw unreadable(field, json.asText());
        }
        return ofText(field, json.asText());
    }

    /** The value of a field in a CSV or as text; empty text is refused for no type but clears the field. */
    static @Nullable Object ofText(FakeField field, String text) {
        if (text.isEmpty()) {
            return null;
        }
        try {
            return switch (field.type()) {
                case "boolean" -> bool(field, text);
                case "int", "long" -> Long.valueOf(new BigDecimal(text).longValueExact());
                case "double", "currency", "percent" -> Double.valueOf(new BigDecimal(text).doubleValue());
                case "date" -> LocalDate.parse(text.length() > 10 ? text.substring(0, 10) : text);
                case "datetime" -> instant(text);
                case "time" ->
                    LocalTime.parse(text.endsWith("Z") ? text.substring(0, text.length() - 1) : text)
                            .truncatedTo(ChronoUnit.MILLIS);
                default -> text(field, text);
            };
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            throw unreadable(field, text);
        }
    }

    private static Boolean bool(FakeField field, String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw unreadable(field, text);
        };
    }

    /** Datetimes are kept to the second, as the service does for fields that clients write. */
    private static Instant instant(String text) {
        return OffsetDateTime.parse(text, READ).toInstant().truncatedTo(ChronoUnit.SECONDS);
    }

    private static String text(FakeField field, String text) {
        if (field.length() > 0 && text.length() > field.length()) {
            throw new Refusal(
                    400,
                    "STRING_TOO_LONG",
                    field.name() + ": data value too large: " + text.substring(0, 20) + "… (max length="
                            + field.length() + ")",
                    field.name());
        }
        if (field.type().equals("reference")) {
            return SalesforceIds.normal(text);
        }
        if (field.type().equals("email") && !text.contains("@")) {
            throw new Refusal(
                    400, "INVALID_EMAIL_ADDRESS", field.name() + ": invalid email address: " + text, field.name());
        }
        return text;
    }

    private static Refusal unreadable(FakeField field, String text) {
        return new Refusal(
                400,
                "JSON_PARSER_ERROR",
                "Cannot deserialize instance of " + field.type() + " from VALUE_STRING value " + text);
    }

    /** Puts a value as REST answers it: datetimes with the offset +0000. */
    static void put(ObjectNode target, String name, @Nullable Object value) {
        if (value == null) {
            target.putNull(name);
        } else if (value instanceof Boolean flag) {
            target.put(name, flag);
        } else if (value instanceof Long number) {
            target.put(name, number);
        } else if (value instanceof Double number) {
            target.put(name, number);
        } else if (value instanceof JsonNode json) {
            target.set(name, json);
        } else if (value instanceof Instant instant) {
            target.put(name, REST.format(instant));
        } else if (value instanceof LocalTime time) {
            target.put(name, TIME.format(time));
        } else {
            target.put(name, value.toString());
        }
    }

    /** A value as a bulk result has it: datetimes with Z, numbers without an exponent, null as nothing. */
    static String csv(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof Instant instant) {
            return BULK.format(instant);
        }
        if (value instanceof LocalTime time) {
            return TIME.format(time);
        }
        if (value instanceof Double number) {
            return BigDecimal.valueOf(number).toPlainString();
        }
        return value.toString();
    }
}
