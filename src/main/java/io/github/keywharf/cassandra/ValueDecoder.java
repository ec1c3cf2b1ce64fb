package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.ColumnDefinitions;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.data.GettableByIndex;
import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.protocol.internal.ProtocolConstants;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Schema;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Appends one column of a row of the driver to a vector. */
@FunctionalInterface
interface ValueDecoder {

    void append(Row row, int column, ColumnVector.Builder builder);

    /** One decoder for each column. */
    static List<ValueDecoder> of(ColumnDefinitions definitions, Schema schema) {
        List<ValueDecoder> decoders = new ArrayList<>(definitions.size());
        for (int i = 0; i < definitions.size(); i++) {
            Column column = schema.column(i);
            decoders.add(decoder(definitions.get(i).getType(), column));
        }
        return decoders;
    }

    private static ValueDecoder decoder(DataType type, Column column) {
        ValueDecoder bytes = BytesDecoder.of(type, column);
        if (bytes != null) {
            return bytes;
        }
        ValueDecoder drivers = driverDecoder(column);
        return type.getProtocolCode() == ProtocolConstants.DataType.DECIMAL
                        && column.type().isLongDecimal()
                ? BytesDecoder.decimals(column.type(), drivers)
                : drivers;
    }

    /** By the driver's codecs, which give an absent collection as an empty one. */
    private static ValueDecoder driverDecoder(Column column) {
        return (row, position, builder) -> builder.appendValue(
                row.isNull(position) ? null : value(column.name(), column.type(), row.getObject(position)));
    }

    /** A value of the driver as the Java type that the column type names. */
    static @Nullable Object value(String column, ColumnType type, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        return switch (type.kind()) {
            case BYTES -> bytes((ByteBuffer) value);
            case LIST -> list(column, type, (Iterable<?>) value);
            case MAP -> map(column, type, (Map<?, ?>) value);
            case STRUCT -> struct(column, type, value);
            default -> ScalarValues.value(column, type, value);
        };
    }

    private static byte[] bytes(ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.duplicate().get(bytes);
        return bytes;
    }

    private static List<@Nullable Object> list(String column, ColumnType type, Iterable<?> values) {
        List<@Nullable Object> list = new ArrayList<>();
        for (Object value : values) {
            list.add(value(column, type.children().get(0).type(), value));
        }
        return list;
    }

    private static Map<Object, @Nullable Object> map(String column, ColumnType type, Map<?, ?> values) {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            Object read = value(column, type.children().get(0).type(), key);
            if (read != null) {
                map.put(read, value(column, type.children().get(1).type(), value));
            }
        });
        return map;
    }

    private static Map<String, @Nullable Object> struct(String column, ColumnType type, Object value) {
        Map<String, @Nullable Object> struct = new LinkedHashMap<>();
        for (int i = 0; i < type.children().size(); i++) {
            Column field = type.children().get(i);
            // A value written before a field was added to its type ends before it.
            Object part = value instanceof GettableByIndex parts && i < parts.size() && !parts.isNull(i)
                    ? parts.getObject(i)
                    : null;
            struct.put(field.name(), value(column + "." + field.name(), field.type(), part));
        }
        return struct;
    }
}
