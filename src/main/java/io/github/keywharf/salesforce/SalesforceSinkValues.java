package io.github.keywharf.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.keywharf.table.ColumnType;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Values as Salesforce reads them, in CSV and JSON alike: points in time in UTC with milliseconds, numbers without exponent,
 * bytes in Base64.
 *
 * @see <a href="https://developer.salesforce.com/docs/platform/api-asynch/guide/datafiles-valid-dates.html">Dates in CSV</a>
 */
final class SalesforceSinkValues {
    /** What stands for null in the CSV of a job. */
    static final String NULL = "#N/A";

    /** The most characters of a field in a job. */
    static final int MAX_FIELD = 32_000;

    static final DateTimeFormatter INSTANT = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS'Z'", Locale.ROOT);
    private static final int MAX_YEAR = 9_999;

    /** A value that cannot be sent. */
    static final class Unfit extends Exception {
        private static final long serialVersionUID = 1L;

        Unfit(String reason) {
            super(reason, null, false, false);
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }

    private SalesforceSinkValues() {}

    /** Whether values of this type can be sent. */
    static boolean isSent(ColumnType type) {
        return switch (type.kind()) {
            case LIST, MAP, STRUCT -> false;
            default -> true;
        };
    }

    /** The value as text; an empty text is null, as Salesforce has none. */
    static @Nullable String text(@Nullable Object value) throws Unfit {
        if (value == null) {
            return null;
        }
        if (value instanceof String text) {
            if (text.indexOf('\0') >= 0) {
                throw new Unfit("has the character U+0000, which Salesforce does not take");
            }
            return text.isEmpty() ? null : text;
        }
        if (value instanceof Double || value instanceof Float) {
            return number(((Number) value).doubleValue(), value.toString());
        }
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        if (value instanceof Instant time) {
            return instant(time);
        }
        if (value instanceof LocalDateTime time) {
            return instant(time.toInstant(ZoneOffset.UTC));
        }
        if (value instanceof LocalDate day) {
            return date(day);
        }
        if (value instanceof LocalTime time) {
            return TIME.format(time);
        }
        if (value instanceof byte[] bytes) {
            return bytes.length == 0 ? null : Base64.getEncoder().encodeToString(bytes);
        }
        return value.toString();
    }

    private static String number(double value, String printed) throws Unfit {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new Unfit("is " + value + ", which is not a number that Salesforce takes");
        }
        return new BigDecimal(printed).toPlainString();
    }

    private static String instant(Instant time) throws Unfit {
        date(time.atOffset(ZoneOffset.UTC).toLocalDate());
        return INSTANT.format(time);
    }

    private static String date(LocalDate day) throws Unfit {
        if (day.getYear() < 1 || day.getYear() > MAX_YEAR) {
            throw new Unfit("is in the year " + day.getYear() + ", and years have four digits");
        }
        return day.toString();
    }

    /** The value as text in a job. */
    static @Nullable String bulkText(@Nullable Object value) throws Unfit {
        String text = text(value);
        if (text != null && text.equals(NULL)) {
            throw new Unfit("is the text " + NULL + ", which means null in a bulk job; change it, or send it by REST");
        }
        if (text != null && text.length() > MAX_FIELD) {
            throw new Unfit("has " + text.length() + " characters, and a field of a bulk job has " + MAX_FIELD
                    + " at most; send such rows by REST");
        }
        return text;
    }

    /** The value as JSON. */
    static @Nullable JsonNode json(@Nullable Object value) throws Unfit {
        String text = text(value);
        if (text == null) {
            return null;
        }
        if (value instanceof Boolean flag) {
            return BooleanNode.valueOf(flag);
        }
        if (value instanceof Integer || value instanceof Long) {
            return BigIntegerNode.valueOf(java.math.BigInteger.valueOf(((Number) value).longValue()));
        }
        return value instanceof Number ? DecimalNode.valueOf(new BigDecimal(text)) : TextNode.valueOf(text);
    }

    /** The value that was sent as this text. */
    static @Nullable Object value(ColumnType type, String text) {
        if (text.isEmpty() || text.equals(NULL)) {
            return null;
        }
        try {
            return switch (type.kind()) {
                case BOOLEAN -> Boolean.valueOf(text);
                case INT32 -> Integer.valueOf(text);
                case INT64 -> Long.valueOf(text);
                case FLOAT32 -> Float.valueOf(text);
                case FLOAT64 -> Double.valueOf(text);
                case DECIMAL -> new BigDecimal(text);
                case DATE -> LocalDate.parse(text);
                case TIME -> LocalTime.parse(text, TIME);
                case TIMESTAMP -> LocalDateTime.ofInstant(Instant.parse(text), ZoneOffset.UTC);
                case TIMESTAMP_UTC -> Instant.parse(text);
                default -> text;
            };
        } catch (NumberFormatException | DateTimeException e) {
            return text;
        }
    }
}
