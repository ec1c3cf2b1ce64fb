package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.data.CqlDuration;
import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.driver.api.core.type.DataTypes;
import com.datastax.oss.driver.api.core.type.codec.CodecNotFoundException;
import com.datastax.oss.driver.api.core.type.codec.TypeCodec;
import com.datastax.oss.driver.api.core.type.codec.registry.CodecRegistry;
import com.datastax.oss.protocol.internal.ProtocolConstants;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZonedDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Turns a Java value into what the driver's own codec of a CQL type takes. */
final class BindValues {
    private BindValues() {}

    /** A value that is not one of its type. */
    static final class Unfit extends Exception {
        private static final long serialVersionUID = 1L;

        Unfit(String message) {
            super(message, null, false, false);
        }
    }

    /** The codec for a value that {@link #fitted} gave. */
    static TypeCodec<Object> codec(DataType type, Object fitted, CodecRegistry registry) {
        TypeCodec<Object> codec = registry.codecFor(type);
        // A host may have registered a codec for a class of its own.
        return codec.accepts(fitted) ? codec : registry.codecFor(type, fitted);
    }

    static Object fitted(DataType type, Object value, CodecRegistry registry) throws Unfit {
        Object fitted = value instanceof Enum<?> constant ? constant.name() : value;
        Object known = known(type, fitted, registry);
        if (known != null) {
            return known;
        }
        try {
            registry.codecFor(type, value);
            return value;
        } catch (CodecNotFoundException none) {
            throw new Unfit("give " + BindHints.wanted(type));
        }
    }

    /** Null for a value of a class that is not known to fit. */
    private static @Nullable Object known(DataType type, Object value, CodecRegistry registry) throws Unfit {
        return switch (type.getProtocolCode()) {
            case ProtocolConstants.DataType.VARCHAR -> value instanceof CharSequence text ? text.toString() : null;
            case ProtocolConstants.DataType.ASCII -> value instanceof CharSequence text ? ascii(text) : null;
            case ProtocolConstants.DataType.BOOLEAN -> value instanceof Boolean ? value : null;
            case ProtocolConstants.DataType.TINYINT,
                    ProtocolConstants.DataType.SMALLINT,
                    ProtocolConstants.DataType.INT,
                    ProtocolConstants.DataType.BIGINT,
                    ProtocolConstants.DataType.COUNTER,
                    ProtocolConstants.DataType.VARINT,
                    ProtocolConstants.DataType.DECIMAL,
                    ProtocolConstants.DataType.FLOAT,
                    ProtocolConstants.DataType.DOUBLE ->
                value instanceof Number number ? BindNumbers.fitted(type, number) : null;
            case ProtocolConstants.DataType.UUID, ProtocolConstants.DataType.TIMEUUID ->
                value instanceof UUID uuid ? uuid(type, uuid) : null;
            case ProtocolConstants.DataType.DATE -> value instanceof LocalDate ? value : null;
            case ProtocolConstants.DataType.TIME -> value instanceof LocalTime ? value : null;
            case ProtocolConstants.DataType.TIMESTAMP -> instant(value);
            case ProtocolConstants.DataType.BLOB ->
                value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value instanceof ByteBuffer ? value : null;
            case ProtocolConstants.DataType.INET -> inet(value);
            case ProtocolConstants.DataType.DURATION -> duration(value);
            default -> BindNested.fitted(type, value, registry);
        };
    }

    private static String ascii(CharSequence text) throws Unfit {
        String ascii = text.toString();
        if (!StandardCharsets.US_ASCII.newEncoder().canEncode(ascii)) {
            throw new Unfit("it has characters that are not ASCII; make the column text");
        }
        return ascii;
    }

    private static UUID uuid(DataType type, UUID uuid) throws Unfit {
        if (type.equals(DataTypes.TIMEUUID) && uuid.version() != 1) {
            throw new Unfit("it is of version " + uuid.version() + ", and a timeuuid is of version 1");
        }
        return uuid;
    }

    /** Finer than the millisecond is cut off, as the column does not hold it. */
    private static @Nullable Instant instant(Object value) throws Unfit {
        if (value instanceof LocalDateTime) {
            throw new Unfit("it does not say in which time zone; give an Instant, such as"
                    + " value.toInstant(ZoneOffset.UTC)");
        }
        return value instanceof Instant instant
                ? instant
                : value instanceof OffsetDateTime offset
                        ? offset.toInstant()
                        : value instanceof ZonedDateTime zoned ? zoned.toInstant() : null;
    }

    /** Addresses only: a name would be looked up in the network. */
    private static @Nullable InetAddress inet(Object value) throws Unfit {
        if (value instanceof InetAddress address) {
            return address;
        }
        if (!(value instanceof String text)) {
            return null;
        }
        if (!text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")) {
            throw new Unfit("the text is not an address such as 127.0.0.1 or ::1");
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new Unfit("the text is not an address such as 127.0.0.1 or ::1");
        }
    }

    @SuppressWarnings("JavaPeriodGetDays") // CQL keeps months and days apart too
    private static @Nullable CqlDuration duration(Object value) throws Unfit {
        try {
            if (value instanceof String text) {
                return CqlDuration.from(text);
            } else if (value instanceof Duration duration) {
                return CqlDuration.newInstance(0, 0, duration.toNanos());
            } else if (value instanceof Period period) {
                return CqlDuration.newInstance(Math.toIntExact(period.toTotalMonths()), period.getDays(), 0);
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new Unfit("it is not a duration of CQL such as 1mo2d3h, all parts of one sign");
        }
        return value instanceof CqlDuration duration ? duration : null;
    }

    /** Whole numbers and decimals as exact decimals; null for what is not exact. */
    static @Nullable BigDecimal exact(Number number) {
        if (number instanceof BigDecimal decimal) {
            return decimal;
        } else if (number instanceof BigInteger whole) {
            return new BigDecimal(whole);
        } else if (number instanceof Integer
                || number instanceof Long
                || number instanceof Short
                || number instanceof Byte) {
            return BigDecimal.valueOf(number.longValue());
        }
        return null;
    }
}
