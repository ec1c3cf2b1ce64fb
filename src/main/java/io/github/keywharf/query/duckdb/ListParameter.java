package io.github.keywharf.query.duckdb;

import io.github.keywharf.KeywharfException;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A list or an array as the driver takes it.
 *
 * @param type of its elements, as DuckDB writes it
 */
record ListParameter(String type, List<@Nullable Object> values) {

    private static final int MOST_DIGITS = 38;

    /** Of other years the driver makes other dates, and beyond DuckDB's range any. */
    private static final int LEAST_YEAR = 1;

    private static final int LAST_YEAR = 290_000;

    private static final Instant BEFORE = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant BEYOND = Instant.parse("+300000-01-01T00:00:00Z");

    static ListParameter of(Object listOrArray) {
        List<@Nullable Object> values = new ArrayList<>();
        if (listOrArray instanceof Collection<?> many) {
            many.forEach(value -> values.add(value == null ? null : element(value)));
        } else {
            for (int i = 0; i < Array.getLength(listOrArray); i++) {
                Object value = Array.get(listOrArray, i);
                values.add(value == null ? null : element(value));
            }
        }
        String type = "";
        for (@Nullable Object value : values) {
            if (value != null) {
                type = wider(type, type(value));
            }
        }
        return switch (type) {
            case "DECIMAL" -> decimals(values);
            case "HUGEINT" -> new ListParameter(type, texts(values));
            case "" -> new ListParameter("VARCHAR", values);
            default -> new ListParameter(type, values);
        };
    }

    /**
     * A value as the driver takes it.
     *
     * @throws KeywharfException when the driver or DuckDB would make another value of it
     */
    static Object element(Object value) {
        if (value instanceof Temporal time && time.isSupported(ChronoField.NANO_OF_SECOND)) {
            requireMicroseconds(time);
        }
        if (value instanceof CharSequence || value instanceof Enum<?> || value instanceof Character) {
            return value.toString();
        } else if (value instanceof BigDecimal number) {
            return decimal(number.scale() < 0 ? number.setScale(0) : number);
        } else if (value instanceof Instant instant) {
            return ranged(OffsetDateTime.ofInstant(within(instant), ZoneOffset.UTC));
        } else if (value instanceof LocalDate || value instanceof LocalDateTime || value instanceof OffsetDateTime) {
            return ranged((Temporal) value);
        }
        return value;
    }

    private static void requireMicroseconds(Temporal time) {
        if (time.get(ChronoField.NANO_OF_SECOND) % 1_000 != 0) {
            throw new KeywharfException(
                    "query.bad_value",
                    DuckDbQuery.SUBJECT,
                    "A parameter is a time with parts of a microsecond, which DuckDB would leave out; truncate it, or bind"
                            + " text and cast it to TIMESTAMP_NS");
        }
    }

    private static BigDecimal decimal(BigDecimal number) {
        if (Math.max(number.precision(), number.scale()) > MOST_DIGITS) {
            throw new KeywharfException(
                    "query.bad_value",
                    DuckDbQuery.SUBJECT,
                    "A parameter is a decimal of more than " + MOST_DIGITS + " digits; round it, or bind a double");
        }
        return number;
    }

    /** The instant, or another one out of the range: other types do not have the years of all instants. */
    private static Instant within(Instant instant) {
        return instant.isAfter(BEYOND) ? BEYOND : instant.isBefore(BEFORE) ? BEFORE : instant;
    }

    private static Temporal ranged(Temporal value) {
        int year = value.get(ChronoField.YEAR);
        if (year < LEAST_YEAR || year > LAST_YEAR) {
            throw new KeywharfException(
                    "query.bad_value",
                    DuckDbQuery.SUBJECT,
                    "A parameter is a date or time out of the years " + LEAST_YEAR + " to " + LAST_YEAR
                            + "; bind text, and cast it");
        }
        return value;
    }

    private static String type(Object value) {
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return "INTEGER";
        } else if (value instanceof Long) {
            return "BIGINT";
        } else if (value instanceof Double || value instanceof Float) {
            return "DOUBLE";
        } else if (value instanceof Boolean) {
            return "BOOLEAN";
        } else if (value instanceof BigDecimal) {
            return "DECIMAL";
        } else if (value instanceof BigInteger) {
            return "HUGEINT";
        } else if (value instanceof String) {
            return "VARCHAR";
        } else if (value instanceof UUID) {
            return "UUID";
        } else if (value instanceof LocalDate) {
            return "DATE";
        } else if (value instanceof LocalTime) {
            return "TIME";
        } else if (value instanceof LocalDateTime) {
            return "TIMESTAMP";
        } else if (value instanceof OffsetDateTime) {
            return "TIMESTAMP WITH TIME ZONE";
        } else if (value instanceof byte[]) {
            return "BLOB";
        }
        throw new IllegalArgumentException(
                "A list of " + value.getClass().getName() + " cannot be bound; bind numbers, texts, dates or times");
    }

    /** The type that holds values of both exactly. */
    private static String wider(String one, String other) {
        if (one.isEmpty() || one.equals(other)) {
            return other;
        }
        Set<String> both = Set.of(one, other);
        if (both.equals(Set.of("INTEGER", "BIGINT"))) {
            return "BIGINT";
        } else if (both.equals(Set.of("INTEGER", "DOUBLE"))) {
            return "DOUBLE";
        }
        throw new IllegalArgumentException("A list has both " + one + " and " + other + "; bind values of one type");
    }

    private static ListParameter decimals(List<@Nullable Object> values) {
        int scale = 0;
        for (@Nullable Object value : values) {
            scale = value instanceof BigDecimal number ? Math.max(scale, number.scale()) : scale;
        }
        List<@Nullable Object> scaled = new ArrayList<>();
        for (@Nullable Object value : values) {
            scaled.add(value instanceof BigDecimal number ? decimal(number.setScale(scale)) : null);
        }
        return new ListParameter("DECIMAL(" + MOST_DIGITS + "," + scale + ")", scaled);
    }

    private static List<@Nullable Object> texts(List<@Nullable Object> values) {
        List<@Nullable Object> texts = new ArrayList<>();
        values.forEach(value -> texts.add(value == null ? null : value.toString()));
        return texts;
    }
}
