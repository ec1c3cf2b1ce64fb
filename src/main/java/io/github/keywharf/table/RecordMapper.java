package io.github.keywharf.table;

import io.github.keywharf.KeywharfException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Converts rows to records and records to rows; names match in snake case and camel case. */
final class RecordMapper<R extends Record> {

    private static final Map<Class<?>, ColumnType> TYPES = Map.ofEntries(
            Map.entry(Boolean.class, ColumnType.BOOLEAN),
            Map.entry(Integer.class, ColumnType.INT32),
            Map.entry(Long.class, ColumnType.INT64),
            Map.entry(Float.class, ColumnType.FLOAT32),
            Map.entry(Double.class, ColumnType.FLOAT64),
            Map.entry(BigDecimal.class, ColumnType.decimal(ColumnType.MAX_DECIMAL_PRECISION, 9)),
            Map.entry(String.class, ColumnType.STRING),
            Map.entry(byte[].class, ColumnType.BYTES),
            Map.entry(UUID.class, ColumnType.UUID),
            Map.entry(LocalDate.class, ColumnType.DATE),
            Map.entry(LocalTime.class, ColumnType.TIME),
            Map.entry(LocalDateTime.class, ColumnType.TIMESTAMP),
            Map.entry(Instant.class, ColumnType.TIMESTAMP_UTC));

    private static final Map<Class<?>, Class<?>> BOXES = Map.of(
            boolean.class, Boolean.class,
            int.class, Integer.class,
            long.class, Long.class,
            float.class, Float.class,
            double.class, Double.class);

    private final Class<R> type;
    private final RecordComponent[] components;
    private final int[] positions;
    private final Constructor<R> constructor;

    private RecordMapper(Class<R> type, RecordComponent[] components, int[] positions, Constructor<R> constructor) {
        this.type = type;
        this.components = components;
        this.positions = positions;
        this.constructor = constructor;
    }

    static <R extends Record> RecordMapper<R> of(Class<R> type, Schema schema) {
        RecordComponent[] components = type.getRecordComponents();
        int[] positions = new int[components.length];
        Class<?>[] parameters = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            positions[i] = find(schema, components[i].getName(), type);
            parameters[i] = components[i].getType();
        }
        try {
            Constructor<R> constructor = type.getDeclaredConstructor(parameters);
            constructor.setAccessible(true);
            return new RecordMapper<>(type, components, positions, constructor);
        } catch (NoSuchMethodException | RuntimeException e) {
            throw new IllegalArgumentException(
                    "The canonical constructor of " + type.getName() + " is not accessible", e);
        }
    }

    private static int find(Schema schema, String component, Class<?> type) {
        List<String> names = schema.names();
        for (String exact : List.of(component, snake(component))) {
            if (names.contains(exact)) {
                return names.indexOf(exact);
            }
        }
        List<String> alike = names.stream()
                .filter(name -> plain(name).equals(plain(component)))
                .toList();
        if (alike.size() == 1) {
            return names.indexOf(alike.get(0));
        }
        throw new IllegalArgumentException("Component '" + component + "' of " + type.getSimpleName()
                + (alike.isEmpty()
                        ? " has no column of its name among " + names
                        : " could be any of the columns " + alike + "; give it the exact name of one"));
    }

    private static String plain(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    R map(Row row) {
        @Nullable Object[] values = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = fitted(row.value(positions[i]), components[i]);
        }
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(
                    type.getSimpleName() + " refused the row " + row + ": "
                            + e.getTargetException().getMessage(),
                    e.getTargetException());
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("A " + type.getName() + " cannot be created", e);
        }
    }

    private @Nullable Object fitted(@Nullable Object value, RecordComponent component) {
        Class<?> wanted = component.getType();
        if (value == null) {
            if (wanted.isPrimitive()) {
                throw new IllegalArgumentException("Component '" + component.getName() + "' of " + type.getSimpleName()
                        + " is a primitive " + wanted.getName() + ", but the row has no value for it");
            }
            return null;
        }
        Class<?> boxed = BOXES.getOrDefault(wanted, wanted);
        if (boxed.isInstance(value)) {
            return value;
        }
        if (boxed == Long.class && value instanceof Integer number) {
            return number.longValue();
        }
        if (boxed == Double.class && value instanceof Number number) {
            return number.doubleValue();
        }
        if (boxed.isEnum() && value instanceof String text) {
            for (Object constant : boxed.getEnumConstants()) {
                if (((Enum<?>) constant).name().equals(text)) {
                    return constant;
                }
            }
        }
        throw new IllegalArgumentException("Component '" + component.getName() + "' of " + type.getSimpleName()
                + " takes " + wanted.getSimpleName() + ", but the row has a value of type "
                + value.getClass().getSimpleName() + ": " + value);
    }

    static <R extends Record> Rows rows(Class<R> type, Iterable<R> records) {
        RecordComponent[] components = type.getRecordComponents();
        List<Column> columns = new ArrayList<>(components.length);
        for (RecordComponent component : components) {
            Class<?> wanted = component.getType();
            ColumnType columnType = wanted.isEnum() ? ColumnType.STRING : TYPES.get(BOXES.getOrDefault(wanted, wanted));
            if (columnType == null) {
                throw new IllegalArgumentException("Component '" + component.getName() + "' of " + type.getSimpleName()
                        + " is of type " + wanted.getName() + ", which no column takes; use one of " + TYPES.keySet());
            }
            columns.add(new Column(snake(component.getName()), columnType, !wanted.isPrimitive()));
            component.getAccessor().setAccessible(true);
        }
        Schema schema = Schema.of(columns);
        Iterator<R> iterator = records.iterator();
        return Rows.generate(schema, () -> {
            if (!iterator.hasNext()) {
                return null;
            }
            List<ColumnVector.Builder> builders = ColumnBatch.builders(schema, 1_000);
            for (int n = 0; n < ColumnBatch.DEFAULT_ROWS && iterator.hasNext(); n++) {
                R record = iterator.next();
                for (int i = 0; i < components.length; i++) {
                    append(builders.get(i), type, components[i], read(components[i], record));
                }
            }
            return ColumnBatch.build(schema, builders);
        });
    }

    private static void append(
            ColumnVector.Builder builder, Class<?> type, RecordComponent component, @Nullable Object value) {
        try {
            builder.appendValue(value instanceof Enum<?> constant ? constant.name() : value);
        } catch (ArithmeticException e) {
            throw new KeywharfException(
                    BytesVector.BAD_VALUE,
                    type.getSimpleName() + "." + component.getName(),
                    "the number " + value + " does not fit " + builder.type() + "; round it, or keep it as text",
                    e);
        } catch (KeywharfException e) {
            throw e.about(type.getSimpleName() + "." + component.getName(), "a value does not fit: " + e.getMessage());
        }
    }

    private static @Nullable Object read(RecordComponent component, Record record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "Component '" + component.getName() + "' of "
                            + record.getClass().getName() + " cannot be read",
                    e);
        }
    }

    private static String snake(String name) {
        StringBuilder text = new StringBuilder();
        for (char c : name.toCharArray()) {
            if (Character.isUpperCase(c) && text.length() > 0) {
                text.append('_');
            }
            text.append(Character.toLowerCase(c));
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return type.getSimpleName() + " from columns " + Arrays.toString(positions);
    }
}
