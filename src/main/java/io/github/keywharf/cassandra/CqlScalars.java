package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ProtocolVersion;
import com.datastax.oss.driver.api.core.data.CqlDuration;
import com.datastax.oss.driver.api.core.type.codec.TypeCodecs;
import com.datastax.oss.protocol.internal.ProtocolConstants;
import io.github.keywharf.table.BytesVector;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.UUID;

/** Values of one row into the bytes of CQL's scalar types. Whatever would change a value is refused. */
final class CqlScalars {
    /** Digits before the point at most when a number with an exponent is made whole. */
    private static final int MAX_WHOLE = BulkText.MAX_NUMBER;

    private final boolean cutTimestamps;

    /**
     * @param cutTimestamps whether what is finer than a millisecond is cut off instead of refused
     */
    CqlScalars(boolean cutTimestamps) {
        this.cutTimestamps = cutTimestamps;
    }

    /** The bytes of a value that is not null. */
    ByteBuffer encode(int code, Object value) throws Unfit {
        return switch (code) {
            case ProtocolConstants.DataType.VARCHAR -> utf8(text(value));
            case ProtocolConstants.DataType.ASCII -> ascii(text(value));
            case ProtocolConstants.DataType.BOOLEAN -> bytes((byte) (bool(value) ? 1 : 0));
            case ProtocolConstants.DataType.TINYINT -> bytes((byte) whole(value, Byte.MIN_VALUE, Byte.MAX_VALUE));
            case ProtocolConstants.DataType.SMALLINT ->
                ByteBuffer.allocate(2).putShort(0, (short) whole(value, Short.MIN_VALUE, Short.MAX_VALUE));
            case ProtocolConstants.DataType.INT -> int32((int) whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case ProtocolConstants.DataType.BIGINT, ProtocolConstants.DataType.COUNTER ->
                int64(whole(value, Long.MIN_VALUE, Long.MAX_VALUE));
            case ProtocolConstants.DataType.VARINT ->
                ByteBuffer.wrap(integer(value).toByteArray());
            case ProtocolConstants.DataType.DECIMAL -> decimal(number(value));
            case ProtocolConstants.DataType.FLOAT -> int32(Float.floatToRawIntBits(single(value)));
            case ProtocolConstants.DataType.DOUBLE -> int64(Double.doubleToRawLongBits(floating(value)));
            case ProtocolConstants.DataType.BLOB ->
                ByteBuffer.wrap(value instanceof byte[] bytes ? bytes : BulkText.bytes(string(value, "bytes")));
            case ProtocolConstants.DataType.UUID -> uuid(uuidOf(value));
            case ProtocolConstants.DataType.TIMEUUID -> uuid(timeUuid(uuidOf(value)));
            case ProtocolConstants.DataType.DATE -> date(day(value));
            case ProtocolConstants.DataType.TIME ->
                int64((value instanceof LocalTime time ? time : BulkText.time(string(value, "a time of day")))
                        .toNanoOfDay());
            case ProtocolConstants.DataType.TIMESTAMP -> int64(millis(value));
            case ProtocolConstants.DataType.INET -> ByteBuffer.wrap(BulkText.inet(string(value, "an address")));
            case ProtocolConstants.DataType.DURATION ->
                Objects.requireNonNull(TypeCodecs.DURATION.encode(
                        value instanceof CqlDuration known ? known : BulkText.duration(string(value, "a duration")),
                        ProtocolVersion.DEFAULT));
            default -> throw Unfit.of(value, "cannot be written into a column of a type of the server's own");
        };
    }

    private static String string(Object value, String wanted) throws Unfit {
        if (value instanceof String text) {
            return text;
        }
        throw Unfit.of(value, "is not " + wanted);
    }

    private static String text(Object value) throws Unfit {
        if (value instanceof BigDecimal number) {
            return Math.abs((long) number.scale()) > MAX_WHOLE ? number.toString() : number.toPlainString();
        }
        if (value instanceof byte[] || value instanceof Iterable<?> || value instanceof java.util.Map<?, ?>) {
            throw Unfit.of(value, "is not text");
        }
        return value.toString();
    }

    private static ByteBuffer utf8(String text) throws Unfit {
        if (!BytesVector.isWellFormed(text)) {
            throw Unfit.of(text, "has half of a surrogate pair, which has no form in UTF-8");
        }
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer ascii(String text) throws Unfit {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7f) {
                throw Unfit.of(text, "holds a character that is not ASCII");
            }
        }
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static boolean bool(Object value) throws Unfit {
        return value instanceof Boolean known ? known : BulkText.bool(string(value, "true or false"));
    }

    private static long whole(Object value, long least, long most) throws Unfit {
        long whole;
        if (value instanceof Integer || value instanceof Long) {
            whole = ((Number) value).longValue();
        } else {
            BigInteger big = integer(value);
            if (big.bitLength() > 63) {
                throw outOfRange(value, least, most);
            }
            whole = big.longValueExact();
        }
        if (whole < least || whole > most) {
            throw outOfRange(value, least, most);
        }
        return whole;
    }

    static Unfit outOfRange(Object value, long least, long most) {
        return Unfit.of(value, "is out of the range from " + least + " to " + most);
    }

    private static BigInteger integer(Object value) throws Unfit {
        BigDecimal number = number(value);
        if ((long) number.precision() - number.scale() > MAX_WHOLE) {
            throw Unfit.of(value, "has more than " + MAX_WHOLE + " digits");
        }
        try {
            return number.signum() == 0 ? BigInteger.ZERO : number.toBigIntegerExact();
        } catch (ArithmeticException e) {
            throw Unfit.of(value, "is not a whole number");
        }
    }

    private static BigDecimal number(Object value) throws Unfit {
        if (value instanceof BigDecimal number) {
            return number;
        }
        if (value instanceof Integer || value instanceof Long) {
            return BigDecimal.valueOf(((Number) value).longValue());
        }
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            if (Double.isNaN(number) || Double.isInfinite(number)) {
                throw Unfit.of(value, "is not a number of this type");
            }
            // The shortest digits that name the number, not those of its binary fraction.
            return new BigDecimal(value.toString());
        }
        return BulkText.number(string(value, "a number"));
    }

    static ByteBuffer decimal(BigDecimal number) {
        byte[] unscaled = number.unscaledValue().toByteArray();
        return ByteBuffer.allocate(4 + unscaled.length)
                .putInt(number.scale())
                .put(unscaled)
                .flip();
    }

    /** The same for a number whose digits fit a long, without making one. */
    static ByteBuffer decimal(long unscaled, int scale) {
        int length = (Long.SIZE - Long.numberOfLeadingZeros(unscaled ^ (unscaled >> 63))) / 8 + 1;
        byte[] bytes = new byte[4 + length];
        ByteBuffer.wrap(bytes).putInt(0, scale);
        for (int i = 0; i < length; i++) {
            bytes[3 + length - i] = (byte) (unscaled >> (8 * i));
        }
        return ByteBuffer.wrap(bytes);
    }

    private static double floating(Object value) throws Unfit {
        if (value instanceof Double || value instanceof Float) {
            return ((Number) value).doubleValue();
        }
        if (value instanceof String text) {
            double parsed = BulkText.floating(text);
            if (Double.isInfinite(parsed) && text.indexOf('I') < 0) {
                throw Unfit.of(value, "is out of the range of a double");
            }
            checkZero(text, parsed);
            return parsed;
        }
        BigDecimal exact = number(value);
        double near = exact.doubleValue();
        if (Double.isInfinite(near) || new BigDecimal(Double.toString(near)).compareTo(exact) != 0) {
            throw Unfit.of(value, "has more digits than a double keeps");
        }
        return near;
    }

    private static void checkZero(String text, double parsed) throws Unfit {
        // The digits before the exponent, which may be longer than any number's.
        for (int i = 0; parsed == 0 && i < text.length() && (text.charAt(i) | 0x20) != 'e'; i++) {
            if (text.charAt(i) >= '1' && text.charAt(i) <= '9') {
                throw Unfit.of(text, "is too near to zero for a number of this type");
            }
        }
    }

    private static float single(Object value) throws Unfit {
        if (value instanceof Float number) {
            return number;
        }
        if (value instanceof Double number) {
            return narrowed(number);
        }
        if (value instanceof String text) {
            double parsed = BulkText.floating(text);
            float near = Double.isFinite(parsed) ? Float.parseFloat(text) : (float) parsed;
            if (Float.isInfinite(near) && text.indexOf('I') < 0) {
                throw Unfit.of(value, "is out of the range of a float");
            }
            checkZero(text, near);
            return near;
        }
        BigDecimal exact = number(value);
        float near = exact.floatValue();
        if (Float.isInfinite(near) || new BigDecimal(Float.toString(near)).compareTo(exact) != 0) {
            throw Unfit.of(value, "has more digits than a float keeps");
        }
        return near;
    }

    /** A double that a float holds too. */
    static float narrowed(double number) throws Unfit {
        float near = (float) number;
        if (near != number && !Double.isNaN(number)) {
            throw Unfit.of(number, "has more digits than a float keeps");
        }
        return near;
    }

    private static UUID uuidOf(Object value) throws Unfit {
        return value instanceof UUID uuid ? uuid : BulkText.uuid(string(value, "a UUID"));
    }

    static UUID timeUuid(UUID uuid) throws Unfit {
        if (uuid.version() != 1) {
            throw Unfit.of(uuid, "is not a time UUID (version 1) but of version " + uuid.version());
        }
        return uuid;
    }

    private static ByteBuffer uuid(UUID uuid) {
        return ByteBuffer.allocate(16)
                .putLong(0, uuid.getMostSignificantBits())
                .putLong(8, uuid.getLeastSignificantBits());
    }

    private static LocalDate day(Object value) throws Unfit {
        if (value instanceof LocalDate day) {
            return day;
        }
        if (value instanceof LocalDateTime time) {
            if (time.toLocalTime().equals(LocalTime.MIDNIGHT)) {
                return time.toLocalDate();
            }
            throw Unfit.of(value, "has a time of day, which a date does not keep");
        }
        return BulkText.date(string(value, "a day"));
    }

    private static ByteBuffer date(LocalDate day) throws Unfit {
        long days = day.toEpochDay();
        if (days != (int) days) {
            throw Unfit.of(day, "is out of the range of a date");
        }
        return date((int) days);
    }

    /** CQL counts days from 2^31 before 1970-01-01. */
    static ByteBuffer date(int days) {
        return int32(days + Integer.MIN_VALUE);
    }

    private long millis(Object value) throws Unfit {
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        Instant instant;
        if (value instanceof Instant known) {
            instant = known;
        } else if (value instanceof LocalDateTime local) {
            instant = local.toInstant(ZoneOffset.UTC);
        } else if (value instanceof LocalDate day) {
            instant = day.atStartOfDay(ZoneOffset.UTC).toInstant();
        } else if (value instanceof BigDecimal) {
            return whole(value, Long.MIN_VALUE, Long.MAX_VALUE);
        } else {
            instant = BulkText.timestamp(string(value, "a point in time"));
        }
        if (instant.getNano() % 1_000_000 != 0 && !cutTimestamps) {
            throw finer(instant);
        }
        try {
            return instant.toEpochMilli();
        } catch (ArithmeticException e) {
            throw Unfit.of(value, "is out of the range of a timestamp");
        }
    }

    private static Unfit finer(Object value) {
        return Unfit.of(value, "is finer than a millisecond, which a timestamp does not keep; cutTimestamps cuts it");
    }

    /** Milliseconds of so many microseconds. */
    long millisOfMicros(long micros) throws Unfit {
        long millis = Math.floorDiv(micros, 1_000L);
        if (millis * 1_000 != micros && !cutTimestamps) {
            throw finer(io.github.keywharf.table.Micros.toInstant(micros));
        }
        return millis;
    }

    private static ByteBuffer bytes(byte value) {
        return ByteBuffer.allocate(1).put(0, value);
    }

    static ByteBuffer int32(int value) {
        return ByteBuffer.allocate(4).putInt(0, value);
    }

    static ByteBuffer int64(long value) {
        return ByteBuffer.allocate(8).putLong(0, value);
    }
}
