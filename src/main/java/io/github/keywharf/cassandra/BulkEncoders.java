package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.driver.api.core.type.ListType;
import com.datastax.oss.driver.api.core.type.MapType;
import com.datastax.oss.driver.api.core.type.SetType;
import com.datastax.oss.driver.api.core.type.TupleType;
import com.datastax.oss.driver.api.core.type.UserDefinedType;
import com.datastax.oss.driver.api.core.type.VectorType;
import com.datastax.oss.protocol.internal.ProtocolConstants;
import io.github.keywharf.table.BooleanVector;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.DoubleVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Chooses how values of a column type become those of a CQL type: straight from the vector where that is simple. */
final class BulkEncoders {
    private static final int VERSION_BYTE = 6;

    private final CqlScalars scalars;
    private final CqlValues values;

    BulkEncoders(CqlScalars scalars, CqlValues values) {
        this.scalars = scalars;
        this.values = values;
    }

    /** The encoder, or null when no value of the one type is one of the other. */
    @Nullable
    BulkEncoder find(ColumnType from, DataType to) {
        if (!canHold(from, to)) {
            return null;
        }
        BulkEncoder straight = straight(from, to.getProtocolCode());
        if (straight != null) {
            return straight;
        }
        BulkEncoder boxed = (vector, row) -> values.encode(to, Objects.requireNonNull(vector.value(row)));
        return from.kind() == ColumnType.Kind.STRING ? BulkPlainText.encoder(to.getProtocolCode(), boxed) : boxed;
    }

    private @Nullable BulkEncoder straight(ColumnType from, int code) {
        return switch (from.kind()) {
            case STRING, JSON ->
                code == ProtocolConstants.DataType.VARCHAR
                        ? BulkEncoders::bytes
                        : code == ProtocolConstants.DataType.ASCII ? BulkEncoders::ascii : null;
            case BYTES -> code == ProtocolConstants.DataType.BLOB ? BulkEncoders::bytes : null;
            case UUID ->
                code == ProtocolConstants.DataType.UUID
                        ? BulkEncoders::bytes
                        : code == ProtocolConstants.DataType.TIMEUUID ? BulkEncoders::timeUuid : null;
            case BOOLEAN ->
                code == ProtocolConstants.DataType.BOOLEAN
                        ? (vector, row) ->
                                ByteBuffer.allocate(1).put(0, (byte) (((BooleanVector) vector).booleanAt(row) ? 1 : 0))
                        : null;
            case INT32 ->
                code == ProtocolConstants.DataType.INT
                        ? (vector, row) -> CqlScalars.int32(((IntVector) vector).intAt(row))
                        : isLong(code) ? (vector, row) -> CqlScalars.int64(((IntVector) vector).intAt(row)) : null;
            case INT64 ->
                isLong(code)
                        ? (vector, row) -> CqlScalars.int64(((LongVector) vector).longAt(row))
                        : code == ProtocolConstants.DataType.INT ? BulkEncoders::int64AsInt32 : null;
            case FLOAT32, FLOAT64 ->
                code == ProtocolConstants.DataType.DOUBLE
                        ? (vector, row) ->
                                CqlScalars.int64(Double.doubleToRawLongBits(((DoubleVector) vector).doubleAt(row)))
                        : code == ProtocolConstants.DataType.FLOAT
                                ? (vector, row) -> CqlScalars.int32(Float.floatToRawIntBits(
                                        CqlScalars.narrowed(((DoubleVector) vector).doubleAt(row))))
                                : null;
            case DATE ->
                code == ProtocolConstants.DataType.DATE
                        ? (vector, row) -> CqlScalars.date(((IntVector) vector).intAt(row))
                        : null;
            case TIME ->
                code == ProtocolConstants.DataType.TIME
                        ? (vector, row) -> CqlScalars.int64(((LongVector) vector).longAt(row) * 1_000)
                        : null;
            case TIMESTAMP, TIMESTAMP_UTC ->
                code == ProtocolConstants.DataType.TIMESTAMP
                        ? (vector, row) -> CqlScalars.int64(scalars.millisOfMicros(((LongVector) vector).longAt(row)))
                        : null;
            case DECIMAL ->
                from.isLongDecimal() && code == ProtocolConstants.DataType.DECIMAL
                        ? (vector, row) -> CqlScalars.decimal(
                                ((LongVector) vector).longAt(row), vector.type().scale())
                        : null;
            case LIST, MAP, STRUCT -> null;
        };
    }

    private static boolean isLong(int code) {
        return code == ProtocolConstants.DataType.BIGINT || code == ProtocolConstants.DataType.COUNTER;
    }

    private static ByteBuffer bytes(ColumnVector vector, int row) {
        BytesVector values = (BytesVector) vector;
        return ByteBuffer.wrap(values.bytes(), values.offset(row), values.length(row));
    }

    private static ByteBuffer ascii(ColumnVector vector, int row) throws Unfit {
        ByteBuffer bytes = bytes(vector, row);
        for (int i = bytes.position(); i < bytes.limit(); i++) {
            if (bytes.get(i) < 0) {
                throw Unfit.of(vector.value(row), "holds a character that is not ASCII");
            }
        }
        return bytes;
    }

    private static ByteBuffer timeUuid(ColumnVector vector, int row) throws Unfit {
        ByteBuffer bytes = bytes(vector, row);
        if ((bytes.get(bytes.position() + VERSION_BYTE) & 0xf0) != 0x10) {
            CqlScalars.timeUuid((java.util.UUID) Objects.requireNonNull(vector.value(row)));
        }
        return bytes;
    }

    private static ByteBuffer int64AsInt32(ColumnVector vector, int row) throws Unfit {
        long value = ((LongVector) vector).longAt(row);
        if (value != (int) value) {
            throw CqlScalars.outOfRange(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        return CqlScalars.int32((int) value);
    }

    /** Whether some value of the one type may be one of the other; text may be anything. */
    static boolean canHold(ColumnType from, DataType to) {
        if (from.kind() == ColumnType.Kind.STRING || from.kind() == ColumnType.Kind.JSON) {
            return to.getProtocolCode() != ProtocolConstants.DataType.CUSTOM || to instanceof VectorType;
        }
        return switch (from.kind()) {
            case LIST -> listFits(from.children().get(0).type(), to);
            case MAP ->
                to instanceof UserDefinedType
                        || (to instanceof MapType map
                                && canHold(from.children().get(0).type(), map.getKeyType())
                                && canHold(from.children().get(1).type(), map.getValueType()));
            case STRUCT -> to instanceof UserDefinedType || to instanceof TupleType || to instanceof MapType;
            default -> scalarFits(from.kind(), to.getProtocolCode());
        };
    }

    private static boolean listFits(ColumnType element, DataType to) {
        if (to instanceof ListType list) {
            return canHold(element, list.getElementType());
        } else if (to instanceof SetType set) {
            return canHold(element, set.getElementType());
        } else if (to instanceof VectorType vector) {
            return canHold(element, vector.getElementType());
        }
        return to instanceof TupleType tuple
                && tuple.getComponentTypes().stream().allMatch(component -> canHold(element, component));
    }

    private static boolean scalarFits(ColumnType.Kind from, int code) {
        return switch (code) {
            case ProtocolConstants.DataType.VARCHAR, ProtocolConstants.DataType.ASCII -> from != ColumnType.Kind.BYTES;
            case ProtocolConstants.DataType.BOOLEAN -> from == ColumnType.Kind.BOOLEAN;
            case ProtocolConstants.DataType.BLOB -> from == ColumnType.Kind.BYTES;
            case ProtocolConstants.DataType.UUID, ProtocolConstants.DataType.TIMEUUID -> from == ColumnType.Kind.UUID;
            case ProtocolConstants.DataType.DATE -> from == ColumnType.Kind.DATE || from == ColumnType.Kind.TIMESTAMP;
            case ProtocolConstants.DataType.TIME -> from == ColumnType.Kind.TIME;
            case ProtocolConstants.DataType.TIMESTAMP -> TIMES.contains(from);
            default -> CqlTypes.isNumber(code) && NUMBERS.contains(from);
        };
    }

    private static final List<ColumnType.Kind> NUMBERS = List.of(
            ColumnType.Kind.INT32,
            ColumnType.Kind.INT64,
            ColumnType.Kind.FLOAT32,
            ColumnType.Kind.FLOAT64,
            ColumnType.Kind.DECIMAL);

    private static final List<ColumnType.Kind> TIMES = List.of(
            ColumnType.Kind.TIMESTAMP_UTC,
            ColumnType.Kind.TIMESTAMP,
            ColumnType.Kind.DATE,
            ColumnType.Kind.INT32,
            ColumnType.Kind.INT64);
}
