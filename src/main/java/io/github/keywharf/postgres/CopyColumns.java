package io.github.keywharf.postgres;

import io.github.keywharf.table.ColumnType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which values go into columns of which type: as they are, or by a conversion that loses nothing. */
final class CopyColumns {

    private CopyColumns() {}

    /** Why values of a type cannot go into a column; empty when they can. */
    static Optional<String> problem(ColumnType type, TargetColumn target) {
        return find(type, target) == null
                ? Optional.of(
                        "column '" + target.name() + "' is " + target.declared() + ", which does not take " + type)
                : Optional.empty();
    }

    /** The writer for values of a type into a column, which {@link #problem} must have let pass. */
    static CopyColumn of(ColumnType type, TargetColumn target) {
        CopyColumn column = find(type, target);
        if (column == null) {
            throw new IllegalArgumentException("Column '" + target.name() + "' does not take " + type);
        }
        return column;
    }

    private static @Nullable CopyColumn find(ColumnType type, TargetColumn target) {
        String to = target.type();
        return switch (type.kind()) {
            case BOOLEAN -> to.equals("bool") ? new CopySimple.Bool(target) : null;
            case INT32 ->
                to.equals("int4")
                        ? new CopyWhole.Int(target)
                        : to.equals("float8") ? new CopyWhole.IntAsDouble(target) : whole(type, target);
            case INT64 -> whole(type, target);
            case DECIMAL -> decimal(type, target);
            case FLOAT32, FLOAT64 ->
                switch (to) {
                    case "float8" -> new CopySimple.Float8(target);
                    case "float4" -> type.kind() == ColumnType.Kind.FLOAT32 ? new CopySimple.Float4(target) : null;
                    default -> null;
                };
            case STRING -> target.isText() || target.isEnum() ? new CopyText(target) : null;
            case JSON -> target.isText() || target.isJson() ? new CopyText(target) : null;
            case BYTES -> to.equals("bytea") ? new CopySimple.Bytes(target) : null;
            case UUID -> to.equals("uuid") ? new CopySimple.Bytes(target) : null;
            case DATE -> to.equals("date") ? new CopyTimes.Date(target) : null;
            case TIME -> to.equals("time") ? new CopyTimes.Time(target) : null;
            case TIMESTAMP -> to.equals("timestamp") ? new CopyTimes.Timestamp(target) : null;
            case TIMESTAMP_UTC -> to.equals("timestamptz") ? new CopyTimes.Timestamp(target) : null;
            case LIST, MAP, STRUCT -> null;
        };
    }

    private static @Nullable CopyColumn whole(ColumnType type, TargetColumn target) {
        boolean wide = type.kind() == ColumnType.Kind.INT64;
        return switch (target.type()) {
            case "int2" -> new CopyWhole.Narrowed(target, wide, 2);
            case "int4" -> new CopyWhole.Narrowed(target, wide, 4);
            case "int8" -> new CopyWhole.Narrowed(target, wide, 8);
            case "numeric" -> new CopyNumeric(target, 0, !wide);
            default -> null;
        };
    }

    private static @Nullable CopyColumn decimal(ColumnType type, TargetColumn target) {
        if (target.type().equals("numeric")) {
            return type.isLongDecimal()
                    ? new CopyNumeric(target, type.scale(), false)
                    : new CopyBigNumeric(target, type.scale());
        }
        return type.isLongDecimal() && type.scale() == 0 ? whole(ColumnType.INT64, target) : null;
    }
}
