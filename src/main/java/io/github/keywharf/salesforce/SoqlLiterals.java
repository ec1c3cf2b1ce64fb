package io.github.keywharf.salesforce;

import io.github.keywharf.table.BytesVector;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Collection;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes values as SOQL literals.
 *
 * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm">Quoted
 *     string escape sequences</a>
 * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm">Date
 *     formats and date literals</a>
 */
final class SoqlLiterals {
    /** The years that Salesforce keeps. */
    private static final int FIRST_YEAR = 1700;

    private static final int LAST_YEAR = 4000;
    private static final int NANOS_OF_MILLI = 1_000_000;

    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private SoqlLiterals() {}

    /** The literal of a value. */
    static String of(String name, @Nullable Object value) {
        if (value == null) {
            return "null";
        } else if (value instanceof Soql.Pattern pattern) {
            return pattern.literal();
        } else if (value instanceof CharSequence || value instanceof Character || value instanceof UUID) {
            return text(value.toString());
        } else if (value instanceof Enum<?> constant) {
            return text(constant.name());
        } else if (value instanceof Boolean) {
            return value.toString();
        } else if (value instanceof Number number) {
            return number(name, number);
        } else if (value instanceof TemporalAccessor time) {
            return time(name, time);
        } else if (value instanceof Collection<?> values) {
            return list(name, values);
        } else {
            throw unfit(
                    name,
                    "a " + value.getClass().getName() + " has no form in SOQL; bind a text, a number, a"
                            + " boolean, a LocalDate, an Instant, a LocalTime, null, or a collection of these");
        }
    }

    /** A text in quotes, escaped. */
    static String text(String text) {
        return "'" + escaped(text) + "'";
    }

    static String escaped(String text) {
        if (!BytesVector.isWellFormed(text)) {
            throw new IllegalArgumentException(
                    "The text has half of a surrogate pair, which has no form in UTF-8; correct the text");
        }
        StringBuilder escaped = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                case '\b' -> escaped.append("\\b");
                case '\f' -> escaped.append("\\f");
                case '"', '\'', '\\' -> escaped.append('\\').append(c);
                default -> {
                    // In a composite request, @{ begins a reference to the answer of another one.
                    if (c < ' ' || (c == '@' && text.startsWith("{", i + 1))) {
                        escaped.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        escaped.append(c);
                    }
                }
            }
        }
        return escaped.toString();
    }

    private static String number(String name, Number number) {
        if (number instanceof Integer
                || number instanceof Long
                || number instanceof Short
                || number instanceof Byte
                || number instanceof BigInteger) {
            return number.toString();
        }
        if (number instanceof BigDecimal || number instanceof Double || number instanceof Float) {
            try {
                BigDecimal decimal = new BigDecimal(number.toString());
                if (Math.abs((long) decimal.scale()) <= 400) {
                    return decimal.toPlainString();
                }
            } catch (NumberFormatException e) {
                throw unfit(name, number + " is not a finite number");
            }
            throw unfit(name, number + " is beyond the numbers that Salesforce keeps");
        }
        throw unfit(
                name, "a " + number.getClass().getName() + " has no form in SOQL; bind an Integer, Long or BigDecimal");
    }

    private static String time(String name, TemporalAccessor value) {
        if (value instanceof LocalDate date) {
            checkYear(name, date.getYear(), date);
            return date.toString();
        } else if (value instanceof LocalTime time) {
            checkMillis(name, time.getNano(), time);
            return SalesforceSinkValues.TIME.format(time);
        } else if (value instanceof Instant || value instanceof OffsetDateTime || value instanceof ZonedDateTime) {
            Instant instant = Instant.from(value);
            checkMillis(name, instant.getNano(), instant);
            int year = instant.atOffset(ZoneOffset.UTC).get(ChronoField.YEAR);
            checkYear(name, year, instant);
            return (instant.getNano() == 0 ? SECONDS : SalesforceSinkValues.INSTANT).format(instant);
        } else {
            throw unfit(
                    name,
                    "a " + value.getClass().getName() + " has no form in SOQL; bind a LocalDate for a date,"
                            + " an Instant or OffsetDateTime for a date and time");
        }
    }

    private static void checkMillis(String name, int nanos, Object value) {
        if (nanos % NANOS_OF_MILLI != 0) {
            throw unfit(
                    name,
                    value + " is finer than the milliseconds of SOQL; truncate it, and mind that this"
                            + " changes what < and >= select");
        }
    }

    private static void checkYear(String name, int year, Object value) {
        if (year < FIRST_YEAR || year > LAST_YEAR) {
            throw unfit(
                    name,
                    value + " is outside of the years " + FIRST_YEAR + " to " + LAST_YEAR + " that Salesforce keeps");
        }
    }

    private static String list(String name, Collection<?> values) {
        if (values.isEmpty()) {
            throw unfit(
                    name,
                    "the collection is empty, and SOQL has no empty list; do not run the query when there"
                            + " is nothing to look for");
        }
        return values.stream()
                .map(value -> {
                    if (value instanceof Collection) {
                        throw unfit(name, "a collection in a collection has no form in SOQL");
                    }
                    return of(name, value);
                })
                .collect(Collectors.joining(",", "(", ")"));
    }

    private static IllegalArgumentException unfit(String name, String problem) {
        return new IllegalArgumentException("Parameter :" + name + " cannot be bound: " + problem);
    }
}
