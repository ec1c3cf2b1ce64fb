package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.driver.api.core.type.ListType;
import com.datastax.oss.driver.api.core.type.MapType;
import com.datastax.oss.driver.api.core.type.SetType;
import com.datastax.oss.driver.api.core.type.TupleType;
import com.datastax.oss.driver.api.core.type.UserDefinedType;
import com.datastax.oss.driver.api.core.type.VectorType;
import com.datastax.oss.driver.api.core.type.codec.registry.CodecRegistry;
import com.datastax.oss.protocol.internal.ProtocolConstants;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Values of any CQL type, nested ones included, into bytes. Text is read as JSON where the type is nested. */
final class BulkValues {
    private final BulkScalars scalars;
    private final CodecRegistry codecs;

    BulkValues(BulkScalars scalars, CodecRegistry codecs) {
        this.scalars = scalars;
        this.codecs = codecs;
    }

    /** Whether values of the type are lists, maps and so on. */
    static boolean isNested(DataType type) {
        return switch (type.getProtocolCode()) {
            case ProtocolConstants.DataType.LIST,
                    ProtocolConstants.DataType.SET,
                    ProtocolConstants.DataType.MAP,
                    ProtocolConstants.DataType.TUPLE,
                    ProtocolConstants.DataType.UDT -> true;
            default -> type instanceof VectorType;
        };
    }

    /** The bytes of a value that is not null. */
    ByteBuffer encode(DataType type, Object value) throws BulkUnfit {
        if (!isNested(type)) {
            return scalars.encode(type.getProtocolCode(), value);
        }
        Object read = value instanceof String text ? BulkJson.parse(text) : value;
        if (read == null) {
            throw new BulkUnfit("The JSON text is null");
        }
        if (type instanceof ListType list) {
            return elements(list.getElementType(), list(read));
        } else if (type instanceof SetType set) {
            return elements(set.getElementType(), list(read));
        } else if (type instanceof MapType map) {
            return entries(map, read);
        } else if (type instanceof UserDefinedType udt) {
            return fields(udt, read);
        } else if (type instanceof TupleType tuple) {
            return components(tuple, read);
        }
        return vector((VectorType) type, list(read));
    }

    private static List<?> list(Object value) throws BulkUnfit {
        if (value instanceof List<?> list) {
            return list;
        }
        throw BulkUnfit.of(value, "is not a list");
    }

    private ByteBuffer elements(DataType type, List<?> values) throws BulkUnfit {
        BulkBuffer bytes = new BulkBuffer(4 + values.size() * 8).putInt(values.size());
        for (int i = 0; i < values.size(); i++) {
            bytes.putValue(part(type, values.get(i), "element", i + 1));
        }
        return bytes.take();
    }

    private ByteBuffer part(DataType type, @Nullable Object value, String place, int number) throws BulkUnfit {
        if (value == null) {
            throw new BulkUnfit(place + " " + number + " is null, which a collection does not hold");
        }
        try {
            return encode(type, value);
        } catch (BulkUnfit e) {
            throw e.within(place + " " + number);
        }
    }

    private ByteBuffer entries(MapType type, Object value) throws BulkUnfit {
        if (!(value instanceof Map<?, ?> map)) {
            throw BulkUnfit.of(value, "is not a map");
        }
        BulkBuffer bytes = new BulkBuffer(4 + map.size() * 16).putInt(map.size());
        int number = 0;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            number++;
            bytes.putValue(part(type.getKeyType(), entry.getKey(), "key", number));
            bytes.putValue(part(type.getValueType(), entry.getValue(), "value", number));
        }
        return bytes.take();
    }

    private ByteBuffer fields(UserDefinedType type, Object value) throws BulkUnfit {
        if (!(value instanceof Map<?, ?> map)) {
            throw BulkUnfit.of(
                    value,
                    "is not a struct with the fields of " + type.getName().asInternal());
        }
        BulkBuffer bytes = new BulkBuffer(64);
        int used = 0;
        for (int i = 0; i < type.getFieldNames().size(); i++) {
            String name = type.getFieldNames().get(i).asInternal();
            Object key = map.containsKey(name) ? name : BulkNames.find(name, map.keySet());
            Object field = key == null ? null : map.get(key);
            used += key == null ? 0 : 1;
            putOptional(bytes, type.getFieldTypes().get(i), field, name);
        }
        if (used < map.size()) {
            throw BulkUnfit.of(map.keySet(), "has fields that " + type.getName().asInternal() + " lacks");
        }
        return bytes.take();
    }

    private ByteBuffer components(TupleType type, Object value) throws BulkUnfit {
        List<DataType> types = type.getComponentTypes();
        List<?> values = value instanceof Map<?, ?> struct ? new java.util.ArrayList<>(struct.values()) : list(value);
        if (values.size() != types.size()) {
            throw new BulkUnfit("A tuple of " + types.size() + " was given " + values.size() + " values");
        }
        BulkBuffer bytes = new BulkBuffer(64);
        for (int i = 0; i < types.size(); i++) {
            putOptional(bytes, types.get(i), values.get(i), "component " + (i + 1));
        }
        return bytes.take();
    }

    private void putOptional(BulkBuffer bytes, DataType type, @Nullable Object value, String place) throws BulkUnfit {
        if (value == null) {
            bytes.putInt(-1);
            return;
        }
        try {
            bytes.putValue(encode(type, value));
        } catch (BulkUnfit e) {
            throw e.within(place);
        }
    }

    private ByteBuffer vector(VectorType type, List<?> values) throws BulkUnfit {
        if (values.size() != type.getDimensions()) {
            throw new BulkUnfit("A vector of " + type.getDimensions() + " was given " + values.size() + " values");
        }
        Optional<Integer> fixed = codecs.codecFor(type.getElementType()).serializedSize();
        BulkBuffer bytes = new BulkBuffer(values.size() * fixed.orElse(16));
        for (int i = 0; i < values.size(); i++) {
            ByteBuffer element = part(type.getElementType(), values.get(i), "element", i + 1);
            if (fixed.isEmpty()) {
                bytes.putUnsignedVint(element.remaining());
            }
            bytes.put(element);
        }
        return bytes.take();
    }
}
