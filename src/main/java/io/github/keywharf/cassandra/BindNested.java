package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.data.CqlVector;
import com.datastax.oss.driver.api.core.data.SettableByIndex;
import com.datastax.oss.driver.api.core.data.TupleValue;
import com.datastax.oss.driver.api.core.data.UdtValue;
import com.datastax.oss.driver.api.core.type.ContainerType;
import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.driver.api.core.type.ListType;
import com.datastax.oss.driver.api.core.type.MapType;
import com.datastax.oss.driver.api.core.type.SetType;
import com.datastax.oss.driver.api.core.type.TupleType;
import com.datastax.oss.driver.api.core.type.UserDefinedType;
import com.datastax.oss.driver.api.core.type.VectorType;
import com.datastax.oss.driver.api.core.type.codec.registry.CodecRegistry;
import io.github.keywharf.cassandra.BindValues.Unfit;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns collections, maps and records into what the driver takes for nested types. */
final class BindNested {
    private BindNested() {}

    /** Null for a value of a class that is not known to fit. */
    static @Nullable Object fitted(DataType type, Object value, CodecRegistry registry) throws Unfit {
        if (type instanceof ListType || type instanceof SetType || type instanceof VectorType) {
            Collection<?> values = elements(value);
            return values == null ? null : collection((ContainerType) type, values, registry);
        } else if (type instanceof MapType map) {
            return value instanceof Map<?, ?> values ? map(map, values, registry) : null;
        } else if (type instanceof UserDefinedType udt) {
            return value instanceof UdtValue ? value : udt(udt, fields(value), registry);
        } else if (type instanceof TupleType tuple) {
            return value instanceof TupleValue ? value : tuple(tuple, value, registry);
        }
        return null;
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

    private static Object collection(ContainerType type, Collection<?> values, CodecRegistry registry) throws Unfit {
        Collection<Object> fitted = type instanceof SetType ? new LinkedHashSet<>() : new ArrayList<>(values.size());
        for (Object value : values) {
            fitted.add(element(type.getElementType(), value, registry));
        }
        if (!(type instanceof VectorType vector)) {
            return fitted;
        }
        if (fitted.size() != vector.getDimensions()) {
            throw new Unfit("it has " + fitted.size() + " elements, not " + vector.getDimensions());
        }
        return CqlVector.newInstance((List<Object>) fitted);
    }

    private static Map<Object, Object> map(MapType type, Map<?, ?> values, CodecRegistry registry) throws Unfit {
        Map<Object, Object> fitted = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : values.entrySet()) {
            fitted.put(
                    element(type.getKeyType(), entry.getKey(), registry),
                    element(type.getValueType(), entry.getValue(), registry));
        }
        return fitted;
    }

    private static Object element(DataType type, @Nullable Object value, CodecRegistry registry) throws Unfit {
        if (value == null) {
            throw new Unfit("it holds a null, which no collection of CQL does");
        }
        return part("an element", type, value, registry);
    }

    private static Object part(String which, DataType type, Object value, CodecRegistry registry) throws Unfit {
        try {
            return BindValues.fitted(type, value, registry);
        } catch (Unfit e) {
            throw new Unfit(which + " for " + Binding.cql(type) + " is a "
                    + value.getClass().getName() + ": " + e.getMessage());
        }
    }

    private static @Nullable Object tuple(TupleType type, Object value, CodecRegistry registry) throws Unfit {
        List<DataType> types = type.getComponentTypes();
        List<@Nullable Object> parts = new ArrayList<>();
        Map<String, @Nullable Object> fields = fields(value);
        if (value instanceof List<?> list) {
            parts.addAll(list);
        } else if (fields != null) {
            // In the order of a record's components, or of the fields f1, f2 … that a tuple is read as.
            parts.addAll(fields.values());
        } else {
            return null;
        }
        if (parts.size() != types.size()) {
            throw new Unfit("it has " + parts.size() + " parts, not " + types.size());
        }
        TupleValue fitted = type.newValue();
        for (int i = 0; i < parts.size(); i++) {
            fitted = set(fitted, i, "part " + (i + 1), types.get(i), parts.get(i), registry);
        }
        return fitted;
    }

    private static @Nullable Object udt(
            UserDefinedType type, @Nullable Map<String, @Nullable Object> fields, CodecRegistry registry) throws Unfit {
        if (fields == null) {
            return null;
        }
        Map<String, Integer> positions = new LinkedHashMap<>();
        for (int i = 0; i < type.getFieldNames().size(); i++) {
            positions.put(type.getFieldNames().get(i).asInternal(), i);
        }
        UdtValue fitted = type.newValue();
        for (Map.Entry<String, @Nullable Object> field : fields.entrySet()) {
            Integer position = positions.get(field.getKey());
            if (position == null) {
                position = positions.entrySet().stream()
                        .filter(known -> plain(known.getKey()).equals(plain(field.getKey())))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElseThrow(() -> new Unfit("the type has no field '" + CassandraErrors.quote(field.getKey())
                                + "', but " + String.join(", ", positions.keySet())));
            }
            fitted = set(
                    fitted,
                    position,
                    "field '" + field.getKey() + "'",
                    type.getFieldTypes().get(position),
                    field.getValue(),
                    registry);
        }
        return fitted;
    }

    private static <T extends SettableByIndex<T>> T set(
            T target, int i, String which, DataType type, @Nullable Object value, CodecRegistry registry) throws Unfit {
        if (value == null) {
            return target.setToNull(i);
        }
        Object fitted = part(which, type, value, registry);
        return target.set(i, fitted, BindValues.codec(type, fitted, registry));
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

    private static String plain(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }
}
