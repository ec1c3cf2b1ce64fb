package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ProtocolVersion;
import com.datastax.oss.driver.api.core.data.CqlDuration;
import com.datastax.oss.driver.api.core.data.CqlVector;
import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.driver.api.core.type.MapType;
import com.datastax.oss.driver.api.core.type.SetType;
import com.datastax.oss.driver.api.core.type.TupleType;
import com.datastax.oss.driver.api.core.type.UserDefinedType;
import com.datastax.oss.driver.api.core.type.codec.CodecNotFoundException;
import com.datastax.oss.driver.api.core.type.codec.TypeCodec;
import com.datastax.oss.driver.api.core.type.codec.registry.CodecRegistry;
import com.datastax.oss.protocol.internal.ProtocolConstants;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The Java values that a statement takes for each CQL type. None that would lose something is taken, and text only for
 * text, addresses and durations.
 */
final class BindValues implements CqlValues.Source {
    /** More digits are not written out. */
    private static final int MAX_DIGITS = 1_000_000;

    private final CodecRegistry codecs;
    private final ProtocolVersion version;

    private BindValues(CodecRegistry codecs, ProtocolVersion version) {
        this.codecs = codecs;
        this.version = version;
    }

    /** Encodes the values of statements. */
    static CqlValues encoder(CodecRegistry codecs, ProtocolVersion version) {
        return new CqlValues(new CqlScalars(true), codecs, new BindValues(codecs, version));
    }

    @Override
    public @Nullable Object plain(DataType type, Object value) throws Unfit {
        Object given = value instanceof Enum<?> constant ? constant.name() : value;
        Object plain = CqlValues.isNested(type) ? nested(type, given) : scalar(type.getProtocolCode(), given);
        if (plain != null) {
            return plain;
        }
        try {
            TypeCodec<Object> codec = codecs.codecFor(type);
            // A host may have registered a codec for a class of its own.
            return (codec.accepts(value) ? codec : codecs.codecFor(type, value)).encode(value, version);
        } catch (CodecNotFoundException none) {
            throw new Unfit("give " + wanted(type));
        }
    }

    /** Null for a value of a class that is not known to fit. */
    private static @Nullable Object scalar(int code, Object value) throws Unfit {
        return switch (code) {
            case ProtocolConstants.DataType.VARCHAR, ProtocolConstants.DataType.ASCII ->
                value instanceof CharSequence text ? text.toString() : null;
            case ProtocolConstants.DataType.BOOLEAN -> value instanceof Boolean ? value : null;
            case ProtocolConstants.DataType.TINYINT,
                    ProtocolConstants.DataType.SMALLINT,
                    ProtocolConstants.DataType.INT,
                    ProtocolConstants.DataType.BIGINT,
                    ProtocolConstants.DataType.COUNTER,
                    ProtocolConstants.DataType.DECIMAL -> value instanceof Number number ? exact(number) : null;
            case ProtocolConstants.DataType.VARINT -> value instanceof Number number ? varint(exact(number)) : null;
            case ProtocolConstants.DataType.FLOAT, ProtocolConstants.DataType.DOUBLE ->
                value instanceof Number number ? floating(code, number) : null;
            case ProtocolConstants.DataType.UUID, ProtocolConstants.DataType.TIMEUUID ->
                value instanceof UUID ? value : null;
            case ProtocolConstants.DataType.DATE -> value instanceof LocalDate ? value : null;
            case ProtocolConstants.DataType.TIME -> value instanceof LocalTime ? value : null;
            case ProtocolConstants.DataType.TIMESTAMP -> instant(value);
            case ProtocolConstants.DataType.BLOB ->
                value instanceof ByteBuffer buffer ? buffer.duplicate() : value instanceof byte[] ? value : null;
            case ProtocolConstants.DataType.INET ->
                value instanceof InetAddress address
                        ? ByteBuffer.wrap(address.getAddress())
                        : value instanceof String ? value : null;
            case ProtocolConstants.DataType.DURATION -> duration(value);
            default -> null;
        };
    }

    private static @Nullable ByteBuffer varint(@Nullable BigDecimal exact) throws Unfit {
        if (exact == null) {
            return null;
        }
        if (exact.precision() - (long) exact.scale() > MAX_DIGITS) {
            throw new Unfit("it has more than " + MAX_DIGITS + " digits");
        }
        try {
            return ByteBuffer.wrap(exact.toBigIntegerExact().toByteArray());
        } catch (ArithmeticException e) {
            throw new Unfit("it is not a whole number");
        }
    }

    private static @Nullable Number floating(int code, Number value) throws Unfit {
        if (value instanceof Float || value instanceof BigDecimal || value instanceof BigInteger) {
            return value instanceof Float ? value : null;
        }
        BigDecimal exact = exact(value);
        if (exact == null && !(value instanceof Double)) {
            return null;
        }
        double wide = value.doubleValue();
        if (exact != null && exact.compareTo(new BigDecimal(wide)) != 0) {
            throw new Unfit("the number has more digits than the type; give a Double to have it rounded");
        }
        if (code == ProtocolConstants.DataType.FLOAT && Double.compare((float) wide, wide) != 0) {
            throw new Unfit("the number has more digits than the type; give a Float to have it rounded");
        }
        return wide;
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

    @SuppressWarnings("JavaPeriodGetDays") // CQL keeps months and days apart too
    private static @Nullable Object duration(Object value) throws Unfit {
        try {
            if (value instanceof Duration duration) {
                return CqlDuration.newInstance(0, 0, duration.toNanos());
            } else if (value instanceof Period period) {
                return CqlDuration.newInstance(Math.toIntExact(period.toTotalMonths()), period.getDays(), 0);
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new Unfit("it is longer than a duration of CQL");
        }
        return value instanceof CqlDuration || value instanceof String ? value : null;
    }

    private static @Nullable Object nested(DataType type, Object value) throws Unfit {
        if (type instanceof MapType) {
            return value instanceof Map<?, ?> ? value : null;
        } else if (type instanceof UserDefinedType) {
            return fields(value);
        } else if (type instanceof TupleType) {
            // In the order of a record's components, or of the fields f1, f2 … that a tuple is read as.
            return value instanceof List<?> ? value : fields(value);
        }
        Collection<?> values = elements(value);
        return values != null && type instanceof SetType ? new LinkedHashSet<>(values) : values;
    }

    private static @Nullable Collection<?> elements(Object value) {
        if (value instanceof Collection<?> values) {
            return values;
        }
        List<Object> values = new ArrayList<>();
        if (value instanceof CqlVector<?> vector) {
            vector.forEach(values::add);
            return values;
        }
        if (!value.getClass().isArray()) {
            return null;
        }
        for (int i = 0; i < Array.getLength(value); i++) {
            values.add(Array.get(value, i));
        }
        return values;
    }

    /** The fields of a map or a record by name; null for anything else. */
    private static @Nullable Map<String, @Nullable Object> fields(Object value) throws Unfit {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, part) -> fields.put(Objects.toString(name), part));
            return fields;
        }
        if (!(value instanceof Record)) {
            return null;
        }
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                fields.put(component.getName(), component.getAccessor().invoke(value));
            } catch (ReflectiveOperationException | RuntimeException e) {
                throw new Unfit("its component '" + component.getName() + "' cannot be read");
            }
        }
        return fields;
    }

    /** Which Java classes a CQL type takes. */
    private static String wanted(DataType type) {
        return switch (type.getProtocolCode()) {
            case ProtocolConstants.DataType.VARCHAR, ProtocolConstants.DataType.ASCII -> "a String";
            case ProtocolConstants.DataType.BOOLEAN -> "a Boolean";
            case ProtocolConstants.DataType.TINYINT,
                    ProtocolConstants.DataType.SMALLINT,
                    ProtocolConstants.DataType.INT,
                    ProtocolConstants.DataType.BIGINT,
                    ProtocolConstants.DataType.COUNTER,
                    ProtocolConstants.DataType.VARINT -> "a whole number";
            case ProtocolConstants.DataType.DECIMAL -> "a BigDecimal or a whole number";
            case ProtocolConstants.DataType.FLOAT, ProtocolConstants.DataType.DOUBLE -> "a Double or a Float";
            case ProtocolConstants.DataType.UUID, ProtocolConstants.DataType.TIMEUUID -> "a UUID";
            case ProtocolConstants.DataType.DATE -> "a LocalDate";
            case ProtocolConstants.DataType.TIME -> "a LocalTime";
            case ProtocolConstants.DataType.TIMESTAMP -> "an Instant";
            case ProtocolConstants.DataType.BLOB -> "a byte[] or a ByteBuffer";
            case ProtocolConstants.DataType.INET -> "an InetAddress or its text";
            case ProtocolConstants.DataType.DURATION -> "a CqlDuration, its text, a Duration or a Period";
            case ProtocolConstants.DataType.LIST, ProtocolConstants.DataType.SET -> "a Collection";
            case ProtocolConstants.DataType.MAP -> "a Map";
            case ProtocolConstants.DataType.UDT -> "a record, a Map by field name or a UdtValue";
            case ProtocolConstants.DataType.TUPLE -> "a List, a record or a TupleValue";
            default -> "a value of a class that a codec of the driver takes";
        };
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
