package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.protocol.internal.ProtocolConstants;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.BooleanVector;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.DoubleVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Takes scalar values from the bytes of the protocol into a vector's array: no codec is looked up, and nothing is
 * allocated for a value. The forms are those of the native protocol's section "Data Type Serialization Formats".
 */
@FunctionalInterface
interface BytesDecoder {

    /** The powers of ten that a long holds. */
    long[] POWERS = LongStream.iterate(1, power -> power * 10)
            .limit(ColumnType.MAX_LONG_DECIMAL_PRECISION + 1)
            .toArray();

    /** Appends a value that is there and has bytes. */
    void append(ByteBuffer bytes, int from, int length, ColumnVector.Builder builder);

    /** The decoder of a column, or null where there is only the driver's own way. */
    static @Nullable ValueDecoder of(DataType type, Column column) {
        if (!CqlTypes.columnType(type).equals(column.type())) {
            return null;
        }
        return switch (type.getProtocolCode()) {
            case ProtocolConstants.DataType.BOOLEAN ->
                sized(type, column, 1, (bytes, at, n, to) -> ((BooleanVector.Builder) to).append(bytes.get(at) != 0));
            case ProtocolConstants.DataType.TINYINT ->
                sized(type, column, 1, (bytes, at, n, to) -> ((IntVector.Builder) to).append(bytes.get(at)));
            case ProtocolConstants.DataType.SMALLINT ->
                sized(type, column, 2, (bytes, at, n, to) -> ((IntVector.Builder) to).append(bytes.getShort(at)));
            case ProtocolConstants.DataType.INT ->
                sized(type, column, 4, (bytes, at, n, to) -> ((IntVector.Builder) to).append(bytes.getInt(at)));
            // Days, with 1970-01-01 in the middle of the unsigned range.
            case ProtocolConstants.DataType.DATE ->
                sized(
                        type,
                        column,
                        4,
                        (bytes, at, n, to) -> ((IntVector.Builder) to).append(bytes.getInt(at) + Integer.MIN_VALUE));
            case ProtocolConstants.DataType.BIGINT, ProtocolConstants.DataType.COUNTER ->
                sized(type, column, 8, (bytes, at, n, to) -> ((LongVector.Builder) to).append(bytes.getLong(at)));
            case ProtocolConstants.DataType.TIME ->
                sized(
                        type,
                        column,
                        8,
                        (bytes, at, n, to) -> ((LongVector.Builder) to).append(bytes.getLong(at) / 1_000));
            case ProtocolConstants.DataType.TIMESTAMP ->
                sized(
                        type,
                        column,
                        8,
                        (bytes, at, n, to) -> ((LongVector.Builder) to).append(micros(column, bytes.getLong(at))));
            case ProtocolConstants.DataType.FLOAT ->
                sized(type, column, 4, (bytes, at, n, to) -> ((DoubleVector.Builder) to).append(bytes.getFloat(at)));
            case ProtocolConstants.DataType.DOUBLE ->
                sized(type, column, 8, (bytes, at, n, to) -> ((DoubleVector.Builder) to).append(bytes.getDouble(at)));
            case ProtocolConstants.DataType.UUID, ProtocolConstants.DataType.TIMEUUID ->
                sized(type, column, 16, BytesDecoder::copy);
            case ProtocolConstants.DataType.ASCII, ProtocolConstants.DataType.VARCHAR -> any(BytesDecoder::copy);
            default -> column.type().kind() == ColumnType.Kind.BYTES ? any(BytesDecoder::copy) : null;
        };
    }

    /** Values of text and bytes may be empty. */
    private static ValueDecoder any(BytesDecoder decoder) {
        return (row, position, builder) -> {
            ByteBuffer bytes = row.getBytesUnsafe(position);
            if (bytes == null) {
                builder.appendNull();
            } else {
                decoder.append(bytes, bytes.position(), bytes.remaining(), builder);
            }
        };
    }

    /** Empty values of other types, which old clients could write, are read as null, as the driver does. */
    private static ValueDecoder sized(DataType type, Column column, int size, BytesDecoder decoder) {
        return (Row row, int position, ColumnVector.Builder builder) -> {
            ByteBuffer bytes = row.getBytesUnsafe(position);
            if (bytes == null || !bytes.hasRemaining()) {
                builder.appendNull();
            } else if (bytes.remaining() == size) {
                decoder.append(bytes, bytes.position(), size, builder);
            } else {
                throw new KeywharfException(
                        "cassandra.unreadable_value",
                        column.name(),
                        "A value of type " + type.asCql(false, true) + " has " + bytes.remaining() + " bytes and not "
                                + size + "; repair the row, or leave the column out");
            }
        };
    }

    private static long micros(Column column, long millis) {
        long micros = millis * 1_000;
        if (micros / 1_000 != millis) {
            // Throws, in the words that it has for values of the driver.
            Object read = ScalarValues.value(column.name(), column.type(), Instant.ofEpochMilli(millis));
            throw new IllegalStateException(read + " has no microseconds");
        }
        return micros;
    }

    /**
     * Decimals whose digits fit in a long, in the bytes as in the vector; {@code other} takes those that do not, and says
     * what is wrong with one that does not fit the type.
     */
    static ValueDecoder decimals(ColumnType type, ValueDecoder other) {
        return (row, position, builder) -> {
            ByteBuffer bytes = row.getBytesUnsafe(position);
            int digits = bytes == null ? 0 : bytes.remaining() - Integer.BYTES;
            long shift = digits < 1 || digits > Long.BYTES ? -1 : (long) type.scale() - bytes.getInt(bytes.position());
            if (shift < 0 || shift >= POWERS.length) {
                other.append(row, position, builder);
                return;
            }
            int from = bytes.position() + Integer.BYTES;
            long unscaled = bytes.get(from);
            for (int i = 1; i < digits; i++) {
                unscaled = (unscaled << Byte.SIZE) | (bytes.get(from + i) & 0xFF);
            }
            long limit = (POWERS[type.precision()] - 1) / POWERS[(int) shift];
            if (unscaled > limit || unscaled < -limit) {
                other.append(row, position, builder);
            } else {
                ((LongVector.Builder) builder).append(unscaled * POWERS[(int) shift]);
            }
        };
    }

    private static void copy(ByteBuffer bytes, int from, int length, ColumnVector.Builder builder) {
        BytesVector.Builder target = (BytesVector.Builder) builder;
        if (bytes.hasArray()) {
            target.append(bytes.array(), bytes.arrayOffset() + from, length);
        } else {
            byte[] copy = new byte[length];
            bytes.get(from, copy);
            target.append(copy, 0, length);
        }
    }
}
