package io.github.keywharf.format.delta;

import io.github.keywharf.internal.Cut;
import io.github.keywharf.table.BooleanVector;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnStats;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.DoubleVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The values of partition columns as the log's text has them, and as vectors do. */
final class PartitionText {

    private static final DateTimeFormatter NTZ = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);
    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT);

    private static final int MAX_DIGITS = 1_000;
    private static final int MAX_QUOTED = 80;

    private PartitionText() {}

    /** A vector of that many times the value; the text may be null, and an empty one is an absent value as well. */
    static ColumnVector vector(Column column, @Nullable String text, int size, String subject) {
        Object value = value(column, text, subject);
        if (value == null) {
            return ColumnVector.ofNulls(column.type(), size);
        }
        ColumnVector.Builder builder = ColumnVector.builder(column.type(), size);
        for (int i = 0; i < size; i++) {
            builder.appendValue(value);
        }
        return builder.build();
    }

    private static @Nullable Object value(Column column, @Nullable String text, String subject) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            return switch (column.type().kind()) {
                case STRING -> text;
                case BOOLEAN -> bool(text);
                case INT32 -> Integer.valueOf(text);
                case INT64 -> Long.valueOf(text);
                case FLOAT32 -> Float.valueOf(text);
                case FLOAT64 -> Double.valueOf(text);
                case DECIMAL -> scaled(number(text), column.type().scale());
                case DATE -> LocalDate.parse(text);
                case TIMESTAMP -> local(text);
                case TIMESTAMP_UTC -> instant(text);
                case BYTES -> text.getBytes(StandardCharsets.ISO_8859_1);
                default -> throw new IllegalArgumentException("no partition column has this type");
            };
        } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
            throw DeltaErrors.corrupt(
                    subject,
                    "'" + Cut.printable(text, MAX_QUOTED) + "' is not a value of the partition column '" + column + "'",
                    e);
        }
    }

    /** Of more digits than any decimal has, so that reading them does not take hours. */
    private static BigDecimal number(String text) {
        if (text.length() > MAX_DIGITS) {
            throw new IllegalArgumentException("more than " + MAX_DIGITS + " characters");
        }
        return new BigDecimal(text);
    }

    /**
     * The number with so many digits after the point.
     *
     * @throws ArithmeticException when it has more, or an exponent without which it would fill memory
     */
    static BigDecimal scaled(BigDecimal number, int scale) {
        if (Math.abs((long) number.precision() - number.scale()) > MAX_DIGITS) {
            throw new ArithmeticException("an exponent of more than " + MAX_DIGITS);
        }
        return number.setScale(scale);
    }

    private static Boolean bool(String text) {
        if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
            throw new IllegalArgumentException("neither true nor false");
        }
        return Boolean.valueOf(text);
    }

    static LocalDateTime local(String text) {
        String iso = text.replace(' ', 'T');
        return iso.length() == "2026-11-23".length() ? LocalDate.parse(iso).atStartOfDay() : LocalDateTime.parse(iso);
    }

    /** A time without an offset is one of UTC, in which all of this library's are. */
    static Instant instant(String text) {
        String iso = text.replace(' ', 'T');
        boolean hasOffset = iso.endsWith("Z") || iso.indexOf('+') > 0 || iso.lastIndexOf('-') > "2026-11-23".length();
        return hasOffset ? OffsetDateTime.parse(iso).toInstant() : local(iso).toInstant(ZoneOffset.UTC);
    }

    /** What is known of a partition column in a file. */
    static ColumnStats stats(Column column, @Nullable String text, String subject) {
        ColumnVector one = vector(column, text, 1, subject);
        return one.isNull(0)
                ? new ColumnStats(1, 1, Optional.empty())
                : new ColumnStats(1, 0, bound(one).map(value -> new ColumnStats.Bounds(value, value)));
    }

    /** The first value in the form that bounds have; empty for one that bounds say nothing of. */
    static Optional<Object> bound(ColumnVector vector) {
        if (vector instanceof IntVector ints) {
            return Optional.of((long) ints.intAt(0));
        }
        if (vector instanceof LongVector longs) {
            return Optional.of(longs.longAt(0));
        }
        if (vector instanceof BooleanVector booleans) {
            return Optional.of(booleans.booleanAt(0) ? 1L : 0L);
        }
        if (vector instanceof DoubleVector doubles) {
            return Double.isNaN(doubles.doubleAt(0)) ? Optional.empty() : Optional.of(doubles.doubleAt(0));
        }
        if (vector instanceof BytesVector bytes) {
            int from = bytes.offset(0);
            return Optional.of(Arrays.copyOfRange(bytes.bytes(), from, from + bytes.length(0)));
        }
        return vector.value(0) instanceof BigDecimal number ? Optional.of(number) : Optional.empty();
    }

    /** The text of a value, null for an absent one. */
    static @Nullable String of(ColumnVector vector, int row) {
        Object value = vector.value(row);
        if (value == null) {
            return null;
        }
        return switch (vector.type().kind()) {
            case DECIMAL -> ((BigDecimal) value).toPlainString();
            case TIMESTAMP -> NTZ.format((LocalDateTime) value);
            case TIMESTAMP_UTC -> UTC.format(((Instant) value).atOffset(ZoneOffset.UTC));
            default -> value.toString();
        };
    }

    /** Whether a column may be one by which files are kept apart. */
    static boolean isPartitionType(ColumnType type) {
        return switch (type.kind()) {
            case BYTES, LIST, MAP, STRUCT -> false;
            default -> true;
        };
    }
}
