package io.github.keywharf.postgres.internal.copy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.sql.Identifiers;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A column of a table and how it is read: as it is where the binary format of its type is known here, otherwise as the
 * server's own text of it.
 *
 * @param column what the reader sees
 * @param form the column as it stands in a SELECT, with {@code %s} for its quoted name
 */
public record PgColumn(Column column, String form) {

    private static final String AS_IT_IS = "%s";
    private static final String AS_TEXT = "%s::text";

    private static final int MODIFIER_HEADER = 4;

    /**
     * The column for what the catalog says.
     *
     * @param type the type's oid, or that of the type below a domain
     * @param modifier {@code atttypmod}, or that of the domain
     * @param isEnum whether the type is an enumeration
     */
    public static PgColumn of(String name, long type, int modifier, boolean isEnum, boolean nullable) {
        ColumnType known = isEnum ? ColumnType.STRING : type(type, modifier);
        return known == null
                ? new PgColumn(new Column(name, ColumnType.STRING, nullable), AS_TEXT)
                : new PgColumn(new Column(name, known, nullable), AS_IT_IS);
    }

    /**
     * The columns of a result, whose types the driver gives by name; all may be null.
     *
     * @param subject the result's name in errors
     * @throws KeywharfException with code {@code sql.duplicate_column} when two have one name
     */
    public static List<PgColumn> ofResult(String subject, ResultSetMetaData metadata) throws SQLException {
        List<PgColumn> columns = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 1; i <= metadata.getColumnCount(); i++) {
            String name = metadata.getColumnLabel(i);
            if (!names.add(name)) {
                throw new KeywharfException(
                        "sql.duplicate_column", subject, "Two columns are called '" + name + "'; rename one by AS");
            }
            String type = metadata.getColumnTypeName(i);
            ColumnType known = type(type, metadata.getPrecision(i), metadata.getScale(i));
            String form = known != null
                    ? AS_IT_IS
                    : switch (type) {
                        // Their casts to text give other words than the types' own output, which a cursor gives.
                        case "inet", "xml" -> "textin(" + type + "_out(%s))";
                        default -> AS_TEXT;
                    };
            columns.add(new PgColumn(Column.nullable(name, known == null ? ColumnType.STRING : known), form));
        }
        return columns;
    }

    private static @Nullable ColumnType type(String name, int precision, int scale) {
        return switch (name) {
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
            case "numeric" -> fits(precision, scale) ? ColumnType.decimal(precision, scale) : null;
            case "uuid" -> ColumnType.UUID;
            case "text", "varchar", "bpchar", "name" -> ColumnType.STRING;
            default -> null;
        };
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
        return fits(precision, scale) ? ColumnType.decimal(precision, scale) : null;
    }

    /** Whether the server turns it into text. */
    public boolean isText() {
        return !form.equals(AS_IT_IS);
    }

    /** The column as it stands in a SELECT. */
    public String expression() {
        return form.replace("%s", Identifiers.quote(column.name()));
    }
}
