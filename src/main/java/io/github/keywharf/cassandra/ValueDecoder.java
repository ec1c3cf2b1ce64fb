package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.ColumnDefinitions;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.data.CqlDuration;
import com.datastax.oss.driver.api.core.data.TupleValue;
import com.datastax.oss.driver.api.core.data.UdtValue;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.VectorBuilder;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Appends one column of a row of the driver to a vector. */
@FunctionalInterface
interface ValueDecoder {

    void append(Row row, int column, VectorBuilder builder);

    /** One decoder for each column. */
    static List<ValueDecoder> of(ColumnDefinitions definitions, Schema schema) {
        List<ValueDecoder> decoders = new ArrayList<>(definitions.size());
        for (int i = 0; i < definitions.size(); i++) {
            Column column = schema.column(i);
            decoders.add((row, position, builder) ->
                    builder.appendValue(value(column.name(), column.type(), row.getObject(position))));
        }
        return decoders;
    }

    /** A value of the driver as the Java type that the column type names. */
    static @Nullable Object value(String column, ColumnType type, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        return switch (type.kind()) {
            case INT32 -> ((Number) value).intValue();
            case INT64 -> ((Number) value).longValue();
            case STRING ->
                value instanceof InetAddress address
                        ? address.getHostAddress()
                        : value instanceof CqlDuration duration ? duration.toString() : value;
            case DECIMAL -> decimal(column, type, value);
            case BYTES -> bytes((ByteBuffer) value);
            case LIST -> list(column, type, (Iterable<?>) value);
            case MAP -> map(column, type, (Map<?, ?>) value);
            case STRUCT -> struct(column, type, value);
            default -> value;
        };
    }

    private static BigDecimal decimal(String column, ColumnType type, Object value) {
        BigDecimal number = value instanceof BigInteger whole ? new BigDecimal(whole) : (BigDecimal) value;
        BigDecimal scaled;
        try {
            scaled = number.setScale(type.scale(), RoundingMode.UNNECESSARY);
        } catch (ArithmeticException e) {
            throw unfit(column, type, number);
        }
        if (scaled.precision() > type.precision()) {
            throw unfit(column, type, number);
        }
        return scaled;
    }

    private static KeywharfException unfit(String column, ColumnType type, BigDecimal number) {
        String shown = number.precision() > 60 ? "a number of " + number.precision() + " digits" : number.toString();
        return new KeywharfException(
                "cassandra.value_out_of_range",
                column,
                "The value " + shown + " does not fit " + type + "; read the column as another type");
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
            Object part = value instanceof UdtValue udt ? udt.getObject(i) : ((TupleValue) value).getObject(i);
            struct.put(field.name(), value(column + "." + field.name(), field.type(), part));
        }
        return struct;
    }
}
