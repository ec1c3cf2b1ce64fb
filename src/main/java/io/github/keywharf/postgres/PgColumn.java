package io.github.keywharf.postgres;

import io.github.keywharf.sql.Identifiers;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import org.jspecify.annotations.Nullable;

/**
 * A column of a table and how it is read: as it is where the binary format of its type is known here, otherwise as the
 * server's own text of it.
 *
 * @param column what the reader sees
 * @param asText whether the server turns it into text
 */
record PgColumn(Column column, boolean asText) {

    private static final int MODIFIER_HEADER = 4;

    /**
     * The column for what the catalog says.
     *
     * @param type the type's oid, or that of the type below a domain
     * @param modifier {@code atttypmod}, or that of the domain
     * @param isEnum whether the type is an enumeration
     */
    static PgColumn of(String name, long type, int modifier, boolean isEnum, boolean nullable) {
        ColumnType known = isEnum ? ColumnType.STRING : type(type, modifier);
        return known == null
                ? new PgColumn(new Column(name, ColumnType.STRING, nullable), true)
                : new PgColumn(new Column(name, known, nullable), false);
    }

    /** The column of a result whose type the driver gives by name; it may be null. */
    static Column ofTypeName(String name, String type, int precision, int scale) {
        ColumnType known = switch (type) {
            case "bool" -> ColumnType.BOOLEAN;
            case "bytea" -> ColumnType.BYTES;
            case "int8", "bigserial" -> ColumnType.INT64;
            case "int2", "int4", "serial", "smallserial" -> ColumnType.INT32;
            case "json", "jsonb" -> ColumnType.JSON;
            case "float4" -> ColumnType.FLOAT32;
            case "float8" -> ColumnType.FLOAT64;
            case "date" -> ColumnType.DATE;
            case "time" -> ColumnType.TIME;
            case "timestamp" -> ColumnType.TIMESTAMP;
            case "timestamptz" -> ColumnType.TIMESTAMP_UTC;
            case "numeric" -> fits(precision, scale) ? ColumnType.decimal(precision, scale) : ColumnType.STRING;
            case "uuid" -> ColumnType.UUID;
            default -> ColumnType.STRING;
        };
        return Column.nullable(name, known);
    }

    private static boolean fits(int precision, int scale) {
        return precision >= 1 && precision <= ColumnType.MAX_DECIMAL_PRECISION && scale >= 0 && scale <= precision;
    }

    // The oids of pg_type.dat, which never change.
    private static @Nullable ColumnType type(long oid, int modifier) {
        return switch ((int) oid) {
            case 16 -> ColumnType.BOOLEAN;
            case 17 -> ColumnType.BYTES;
            case 20 -> ColumnType.INT64;
            case 21, 23 -> ColumnType.INT32;
            case 19, 25, 1042, 1043 -> ColumnType.STRING;
            case 114, 3802 -> ColumnType.JSON;
            case 700 -> ColumnType.FLOAT32;
            case 701 -> ColumnType.FLOAT64;
            case 1082 -> ColumnType.DATE;
            case 1083 -> ColumnType.TIME;
            case 1114 -> ColumnType.TIMESTAMP;
            case 1184 -> ColumnType.TIMESTAMP_UTC;
            case 1700 -> decimal(modifier);
            case 2950 -> ColumnType.UUID;
            default -> null;
        };
    }

    private static @Nullable ColumnType decimal(int modifier) {
        if (modifier < MODIFIER_HEADER) {
            return null;
        }
        int precision = ((modifier - MODIFIER_HEADER) >>> 16) & 0xFFFF;
        // Eleven bits with a sign, since scales may be negative.
        int scale = (((modifier - MODIFIER_HEADER) & 0x7FF) ^ 1024) - 1024;
        boolean fits =
                precision >= 1 && precision <= ColumnType.MAX_DECIMAL_PRECISION && scale >= 0 && scale <= precision;
        return fits ? ColumnType.decimal(precision, scale) : null;
    }

    /** The column as it stands in a SELECT. */
    String expression() {
        String quoted = Identifiers.quote(column.name());
        return asText ? quoted + "::text" : quoted;
    }
}
