package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
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
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Values of any CQL type, nested ones included, into bytes: those of loads and those of statements. */
final class CqlValues {
    /** What a caller may give for a CQL type. */
    interface Source {

        /**
         * The value as it is encoded: lists, maps, and what {@link CqlScalars} takes; or bytes that are encoded already;
         * null for a null.
         *
         * @throws Unfit when it is not a value of that type
         */
        @Nullable
        Object plain(DataType type, Object value) throws Unfit;
    }

    private final CqlScalars scalars;
    private final CodecRegistry codecs;
    private final Source source;

    CqlValues(CqlScalars scalars, CodecRegistry codecs, Source source) {
        this.scalars = scalars;
        this.codecs = codecs;
        this.source = source;
    }

    /** The values of a load: text is read as JSON where the type is nested. */
    static CqlValues ofRows(CqlScalars scalars, CodecRegistry codecs) {
        return new CqlValues(scalars, codecs, CqlValues::read);
    }

    private static Object read(DataType type, Object value) throws Unfit {
        if (!(value instanceof String text && isNested(type))) {
            return value;
        }
        Object read = BulkJson.parse(text);
        if (read == null) {
            throw new Unfit("The JSON text is null");
        }
        return read;
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
    ByteBuffer encode(DataType type, Object value) throws Unfit {
        ByteBuffer bytes = find(type, value);
        if (bytes == null) {
            throw new Unfit("The value is null");
        }
        return bytes;
    }

    /** The bytes of a value; null where it is null for the server. */
    @Nullable
    ByteBuffer find(DataType type, Object value) throws Unfit {
        Object read = source.plain(type, value);
        if (read == null || read instanceof ByteBuffer) {
            return (ByteBuffer) read;
        }
        if (!isNested(type)) {
            return scalars.encode(type.getProtocolCode(), read);
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

    private static Collection<?> list(Object value) throws Unfit {
        if (value instanceof Collection<?> list) {
            return list;
        }
        throw Unfit.of(value, "is not a list");
    }

    private ByteBuffer elements(DataType type, Collection<?> values) throws Unfit {
        BulkBuffer bytes = new BulkBuffer(4 + values.size() * 8).putInt(values.size());
        int number = 0;
        for (Object value : values) {
            bytes.putValue(part(type, value, "element", ++number));
        }
        return bytes.take();
    }

    private ByteBuffer part(DataType type, @Nullable Object value, String place, int number) throws Unfit {
        if (value == null) {
            throw new Unfit(place + " " + number + " is null, which a collection does not hold");
        }
        try {
            return encode(type, value);
        } catch (Unfit e) {
            throw e.within(place + " " + number, value);
        }
    }

    private ByteBuffer entries(MapType type, Object value) throws Unfit {
        if (!(value instanceof Map<?, ?> map)) {
            throw Unfit.of(value, "is not a map");
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

    private ByteBuffer fields(UserDefinedType type, Object value) throws Unfit {
        if (!(value instanceof Map<?, ?> map)) {
            throw Unfit.of(
                    value,
                    "is not a struct with the fields of " + type.getName().asInternal());
        }
        BulkBuffer bytes = new BulkBuffer(64);
        List<String> names =
                type.getFieldNames().stream().map(CqlIdentifier::asInternal).toList();
        // Those that are the name of no field, until a field of another spelling takes them.
        Set<Object> unknown = new LinkedHashSet<>(map.keySet());
        names.forEach(unknown::remove);
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            Object key = map.containsKey(name) ? name : BulkNames.find(name, unknown);
            unknown.remove(key);
            putOptional(bytes, type.getFieldTypes().get(i), key == null ? null : map.get(key), name);
        }
        for (Object name : unknown) {
            throw new Unfit("The type " + type.getName().asInternal() + " has no field '"
                    + CassandraErrors.quote(String.valueOf(name)) + "', but "
                    + String.join(", ", names));
        }
        return bytes.take();
    }

    private ByteBuffer components(TupleType type, Object value) throws Unfit {
        List<DataType> types = type.getComponentTypes();
        Collection<?> values = value instanceof Map<?, ?> struct ? struct.values() : list(value);
        if (values.size() != types.size()) {
            throw new Unfit("A tuple of " + types.size() + " was given " + values.size() + " values");
        }
        BulkBuffer bytes = new BulkBuffer(64);
        int number = 0;
        for (Object component : values) {
            putOptional(bytes, types.get(number), component, "component " + ++number);
        }
        return bytes.take();
    }

    private void putOptional(BulkBuffer bytes, DataType type, @Nullable Object value, String place) throws Unfit {
        try {
            ByteBuffer encoded = value == null ? null : find(type, value);
            if (encoded == null) {
                bytes.putInt(-1);
            } else {
                bytes.putValue(encoded);
            }
        } catch (Unfit e) {
            throw e.within(place, Objects.requireNonNull(value));
        }
    }

    private ByteBuffer vector(VectorType type, Collection<?> values) throws Unfit {
        if (values.size() != type.getDimensions()) {
            throw new Unfit("A vector of " + type.getDimensions() + " was given " + values.size() + " values");
        }
        Optional<Integer> fixed = codecs.codecFor(type.getElementType()).serializedSize();
        BulkBuffer bytes = new BulkBuffer(values.size() * fixed.orElse(16));
        int number = 0;
        for (Object value : values) {
            ByteBuffer element = part(type.getElementType(), value, "element", ++number);
            if (fixed.isEmpty()) {
                bytes.putUnsignedVint(element.remaining());
            }
            bytes.put(element);
        }
        return bytes.take();
    }
}
