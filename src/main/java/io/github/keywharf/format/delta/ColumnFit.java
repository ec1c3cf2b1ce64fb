package io.github.keywharf.format.delta;

import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnType.Kind;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.LongVector;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a column of a file one of the table. Files say less than the schema does: older ones lack whether a timestamp has a
 * zone, and whether bytes are text; fields of structs came, went and were renamed.
 *
 * @param file the type in the file, fields under their physical names
 * @param physical the type of the table, fields under their physical names
 * @param logical the type of the table
 */
record ColumnFit(ColumnType file, ColumnType physical, ColumnType logical) {

    /** Whether values of the file can be made values of the table. */
    boolean fits() {
        return fits(file, physical);
    }

    private static boolean fits(ColumnType from, ColumnType to) {
        return switch (to.kind()) {
            case LIST ->
                from.kind() == Kind.LIST
                        && fits(child(from, 0).type(), child(to, 0).type());
            case MAP ->
                from.kind() == Kind.MAP
                        && fits(child(from, 0).type(), child(to, 0).type())
                        && fits(child(from, 1).type(), child(to, 1).type());
            case STRUCT ->
                from.kind() == Kind.STRUCT
                        && to.children().stream()
                                .allMatch(field -> from.children().stream()
                                        .filter(other -> other.name().equals(field.name()))
                                        .allMatch(other -> fits(other.type(), field.type())));
            case DECIMAL -> from.kind() == Kind.DECIMAL && from.scale() == to.scale();
            case INT64 -> from.kind() == Kind.INT64 || from.kind() == Kind.INT32;
            case FLOAT64 -> from.kind() == Kind.FLOAT64 || from.kind() == Kind.FLOAT32;
            default -> from.kind() == to.kind() || (isBytes(from) && isBytes(to)) || (isTime(from) && isTime(to));
        };
    }

    private static Column child(ColumnType type, int position) {
        return type.children().get(position);
    }

    private static boolean isBytes(ColumnType type) {
        return type.kind() == Kind.STRING || type.kind() == Kind.BYTES || type.kind() == Kind.JSON;
    }

    private static boolean isTime(ColumnType type) {
        return type.kind() == Kind.TIMESTAMP || type.kind() == Kind.TIMESTAMP_UTC;
    }

    /**
     * The values as the table has them.
     *
     * @throws ArithmeticException when a number has more digits than the table's type
     */
    ColumnVector apply(ColumnVector vector) {
        if (vector.type().equals(logical) && physical.equals(logical)) {
            return vector;
        }
        ColumnVector.Builder made = ColumnVector.builder(logical, vector.size());
        for (int row = 0; row < vector.size(); row++) {
            if (vector.isNull(row)) {
                made.appendNull();
            } else if (vector instanceof LongVector longs && made instanceof LongVector.Builder builder) {
                builder.append(longs.longAt(row));
            } else if (vector instanceof BytesVector bytes && made instanceof BytesVector.Builder builder) {
                builder.append(bytes.bytes(), bytes.offset(row), bytes.length(row));
            } else {
                made.appendValue(convert(vector.value(row), file, physical, logical));
            }
        }
        return made.build();
    }

    private static @Nullable Object convert(
            @Nullable Object value, ColumnType from, ColumnType physical, ColumnType logical) {
        if (value == null) {
            return null;
        }
        return switch (logical.kind()) {
            case LIST -> {
                List<@Nullable Object> made = new ArrayList<>();
                for (Object element : (List<?>) value) {
                    made.add(convert(
                            element,
                            child(from, 0).type(),
                            child(physical, 0).type(),
                            child(logical, 0).type()));
                }
                yield Collections.unmodifiableList(made);
            }
            case MAP -> map((Map<?, ?>) value, from, physical, logical);
            case STRUCT -> struct((Map<?, ?>) value, from, physical, logical);
            case INT64 -> ((Number) value).longValue();
            case FLOAT64 -> ((Number) value).doubleValue();
            case TIMESTAMP -> value instanceof Instant time ? LocalDateTime.ofInstant(time, ZoneOffset.UTC) : value;
            case TIMESTAMP_UTC -> value instanceof LocalDateTime time ? time.toInstant(ZoneOffset.UTC) : value;
            case STRING -> value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : value;
            case BYTES -> value instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : value;
            case DECIMAL -> (BigDecimal) value;
            default -> value;
        };
    }

    private static Object map(Map<?, ?> value, ColumnType from, ColumnType physical, ColumnType logical) {
        Map<Object, @Nullable Object> made = new LinkedHashMap<>();
        value.forEach((key, inner) -> {
            Object keyMade = convert(
                    key,
                    child(from, 0).type(),
                    child(physical, 0).type(),
                    child(logical, 0).type());
            if (keyMade != null) {
                made.put(
                        keyMade,
                        convert(
                                inner,
                                child(from, 1).type(),
                                child(physical, 1).type(),
                                child(logical, 1).type()));
            }
        });
        return Collections.unmodifiableMap(made);
    }

    private static Object struct(Map<?, ?> value, ColumnType from, ColumnType physical, ColumnType logical) {
        Map<String, @Nullable Object> made = new LinkedHashMap<>();
        for (int i = 0; i < logical.children().size(); i++) {
            String inFile = child(physical, i).name();
            ColumnType type = from.children().stream()
                    .filter(field -> field.name().equals(inFile))
                    .map(Column::type)
                    .findFirst()
                    .orElse(null);
            made.put(
                    child(logical, i).name(),
                    type == null
                            ? null
                            : convert(
                                    value.get(inFile),
                                    type,
                                    child(physical, i).type(),
                                    child(logical, i).type()));
        }
        return Collections.unmodifiableMap(made);
    }
}
