package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.data.CqlDuration;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Micros;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.HexFormat;

/** Turns the driver's scalars into those of a column type, or says which one does not fit and what to read it as. */
final class ScalarValues {
    /** Beyond this many milliseconds there is no such many microseconds in 64 bits: the year 294,247 on either side. */
    private static final long MAX_MILLIS = Long.MAX_VALUE / 1_000 - 1;

    /** The most digits of a number in a message. */
    private static final int MAX_DIGITS = 60;

    private ScalarValues() {}

    static Object value(String column, ColumnType type, Object value) {
        try {
            return switch (type.kind()) {
                case INT32 -> value instanceof Integer ? value : exact(value).intValueExact();
                case INT64 -> whole(value);
                case FLOAT64 -> ((Number) value).doubleValue();
                case STRING -> text(value);
                case DECIMAL -> decimal(type, exact(value));
                case TIMESTAMP_UTC -> instant((Instant) value);
                case TIMESTAMP -> LocalDateTime.ofInstant(instant((Instant) value), ZoneOffset.UTC);
                default -> value;
            };
        } catch (ArithmeticException e) {
            throw unfit(column, type, value);
        }
    }

    private static long whole(Object value) {
        if (value instanceof Long number) {
            return number;
        } else if (value instanceof LocalTime time) {
            return time.toNanoOfDay();
        } else if (value instanceof Instant instant) {
            return instant.toEpochMilli();
        }
        return exact(value).longValueExact();
    }

    private static BigDecimal exact(Object value) {
        BigDecimal exact = BindValues.exact((Number) value);
        if (exact == null) {
            throw new ArithmeticException("not exact");
        }
        return exact;
    }

    private static BigDecimal decimal(ColumnType type, BigDecimal number) {
        // Without this, a scale of two thousand million would be written out as zeros.
        if ((long) number.precision() - number.scale() > type.precision() - type.scale() && number.signum() != 0) {
            throw new ArithmeticException("too many digits");
        }
        BigDecimal scaled = number.signum() == 0
                ? BigDecimal.ZERO.setScale(type.scale())
                : number.setScale(type.scale(), RoundingMode.UNNECESSARY);
        if (scaled.precision() > type.precision()) {
            throw new ArithmeticException("too many digits");
        }
        return scaled;
    }

    private static Instant instant(Instant value) {
        if (Math.abs(value.getEpochSecond()) > MAX_MILLIS / 1_000) {
            throw new ArithmeticException("too far away");
        }
        assert Micros.toInstant(Micros.of(value)).equals(value);
        return value;
    }

    private static String text(Object value) {
        if (value instanceof InetAddress address) {
            return address.getHostAddress();
        } else if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return "0x" + HexFormat.of().formatHex(bytes);
        }
        // The driver prints nothing for a duration of nothing, which reads as none.
        String text = value.toString();
        return value instanceof CqlDuration && text.isEmpty() ? "0s" : text;
    }

    private static KeywharfException unfit(String column, ColumnType type, Object value) {
        String shown = value instanceof Instant instant ? instant.toEpochMilli() + " ms since 1970" : value.toString();
        if (shown.length() > MAX_DIGITS) {
            shown = "of " + shown.length() + " characters";
        }
        String other = value instanceof Instant
                ? "ColumnType.INT64 for its milliseconds, or ColumnType.STRING"
                : "a ColumnType.decimal(precision, scale) that holds it, or ColumnType.STRING";
        String name = column.indexOf('.') < 0 ? column : column.substring(0, column.indexOf('.'));
        return new KeywharfException(
                "cassandra.value_out_of_range",
                column,
                "The value " + shown + " does not fit " + type + "; read the column as another type by columnType(\""
                        + name + "\", …) with " + other);
    }
}
