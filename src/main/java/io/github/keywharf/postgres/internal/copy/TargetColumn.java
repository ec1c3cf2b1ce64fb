package io.github.keywharf.postgres.internal.copy;

import io.github.keywharf.postgres.internal.session.Jdbc;
import io.github.keywharf.table.ColumnType;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A column of a table that rows are copied into, as the server describes it.
 *
 * @param name as it is spelt
 * @param type the server's short name of its type ({@code int4}); of a domain, that of the type beneath
 * @param modifier the type's modifier, such as a length; -1 when it has none
 * @param declared the type as it is written in a statement; of a domain, that of the type beneath
 * @param bare the same without its modifier
 * @param notNull whether a value must be there
 * @param optional whether the server makes a value itself when none is given
 * @param domain whether the declared type is a domain, which may have checks of its own
 * @param labels what an enum may hold; empty for other types
 * @param collation as it stands in a statement, where it is not that of the type; else empty
 * @param deterministic whether the collation calls only identical texts equal
 * @param generated what the server alone makes of it
 */
public record TargetColumn(
        String name,
        String type,
        int modifier,
        String declared,
        String bare,
        boolean notNull,
        boolean optional,
        boolean domain,
        List<String> labels,
        String collation,
        boolean deterministic,
        Generated generated) {

    /** What the server makes of a column. */
    public enum Generated {
        /** It takes what it is given. */
        NO,
        /** {@code GENERATED ALWAYS AS IDENTITY}: given values need {@code OVERRIDING SYSTEM VALUE}. */
        IDENTITY,
        /** Computed from other columns; no value can be given. */
        COMPUTED
    }

    private static final Set<String> TEXTS = Set.of("text", "varchar", "bpchar", "citext");

    /** Types whose equal values are the same, unlike intervals of a day and of 24 hours, or boxes of one area. */
    private static final Set<String> SAME_IF_EQUAL = Set.of(
            "bool",
            "bytea",
            "int2",
            "int4",
            "int8",
            "text",
            "varchar",
            "name",
            "uuid",
            "date",
            "time",
            "timestamp",
            "timestamptz",
            "oid",
            "inet",
            "cidr",
            "macaddr");

    private static final String COLUMNS = """
        SELECT a.attname,
               CASE WHEN b.typnamespace = 'pg_catalog'::regnamespace OR b.typname = 'citext' THEN b.typname
                    -- with what it is made of, as types of one name may differ
                    ELSE format_type(b.oid, NULL) || coalesce(' ' || (
                      SELECT string_agg(m.attname || ' ' || format_type(m.atttypid, m.atttypmod), ',' ORDER BY m.attnum)
                      FROM pg_type e JOIN pg_attribute m ON m.attrelid = e.typrelid
                      WHERE e.oid IN (b.oid, b.typelem) AND e.typrelid <> 0 AND m.attnum > 0 AND NOT m.attisdropped), '')
                      || coalesce(' ' || (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r
                      WHERE r.rngtypid IN (b.oid, b.typelem)), '') END,
               d.typmod, format_type(b.oid, d.typmod), format_type(b.oid, -1),
               a.attnotnull OR d.required, a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL,
               t.typtype = 'd',
               ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = b.oid ORDER BY e.enumsortorder),
               CASE WHEN a.attcollation IN (0, b.typcollation) THEN ''
                    ELSE quote_ident(n.nspname) || '.' || quote_ident(c.collname) END,
               coalesce(c.collisdeterministic, true),
               CASE WHEN a.attgenerated <> '' THEN 'COMPUTED' WHEN a.attidentity = 'a' THEN 'IDENTITY' ELSE 'NO' END
        FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        CROSS JOIN LATERAL (
          WITH RECURSIVE base(oid, kind, beneath, typmod, required) AS (
            SELECT t.oid, t.typtype, t.typbasetype, CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE a.atttypmod END,
                   t.typnotnull
            UNION ALL
            SELECT u.oid, u.typtype, u.typbasetype, CASE u.typtype WHEN 'd' THEN u.typtypmod ELSE base.typmod END,
                   base.required OR u.typnotnull
            FROM base JOIN pg_type u ON base.kind = 'd' AND u.oid = base.beneath)
          SELECT * FROM base WHERE kind <> 'd') d
        JOIN pg_type b ON b.oid = d.oid
        LEFT JOIN pg_collation c ON c.oid = a.attcollation LEFT JOIN pg_namespace n ON n.oid = c.collnamespace
        WHERE a.attrelid = ?::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
        """;

    private static final int MICROSECOND_DIGITS = 6;

    /** The columns of the table or view with this object id, by name, in order. */
    public static Map<String, TargetColumn> all(Connection connection, long oid) throws SQLException {
        Map<String, TargetColumn> columns = new LinkedHashMap<>();
        Jdbc.list(
                        connection,
                        COLUMNS,
                        row -> new TargetColumn(
                                row.getString(1),
                                row.getString(2),
                                row.getInt(3),
                                row.getString(4),
                                row.getString(5),
                                row.getBoolean(6),
                                row.getBoolean(7),
                                row.getBoolean(8),
                                List.of((String[]) row.getArray(9).getArray()),
                                row.getString(10),
                                row.getBoolean(11),
                                Generated.valueOf(row.getString(12))),
                        oid)
                .forEach(column -> columns.put(column.name(), column));
        return columns;
    }

    public TargetColumn {
        labels = List.copyOf(labels);
    }

    /** The column as COPY meets it in a staging table: of the same format, without what the table adds to the type. */
    public TargetColumn staged() {
        return as(isJson() ? "text" : type, modifier);
    }

    /** The column as COPY meets it where the server turns text into its values later. */
    public TargetColumn asText() {
        return as("text", -1);
    }

    private TargetColumn as(String otherType, int otherModifier) {
        return new TargetColumn(
                name,
                otherType,
                otherModifier,
                declared,
                bare,
                notNull,
                optional,
                false,
                labels,
                collation,
                deterministic,
                generated);
    }

    /**
     * An expression that differs where two values of this column are not the same, even if the server calls them equal:
     * 1.5 and 1.50, 0.0 and -0.0, texts of another case under some collations. The value itself where equal values are
     * the same, which costs nothing.
     */
    public String image(String value) {
        return switch (type) {
            case "float4", "float8" -> "pg_catalog." + type + "send(" + value + ")";
            case "numeric" -> precision() < 0 ? "pg_catalog.numeric_send(" + value + ")" : value;
            case "json", "jsonb", "citext" -> value + "::text";
            case "bpchar" -> deterministic && maxCharacters() >= 0 ? value : "pg_catalog.bpcharsend(" + value + ")";
            default -> {
                if (!deterministic) {
                    yield value + " COLLATE \"C\"";
                }
                yield isEnum() || SAME_IF_EQUAL.contains(type) ? beneath(value) : value + "::text";
            }
        };
    }

    /** The value as one of the type beneath where the domain has no operators: those of enums are not found for it. */
    public String beneath(String value) {
        return domain && isEnum() ? value + "::" + declared : value;
    }

    /** Whether values that the server calls equal are the same. */
    public boolean isEqualOnlyIfSame() {
        return image(name).equals(beneath(name));
    }

    /** Whether values that are not equal before they are sent may be equal to the server. */
    public boolean mayMakeEqual() {
        return switch (type) {
            case "citext", "bpchar", "jsonb" -> true;
            default -> !deterministic;
        };
    }

    /** The type to read a text as, before it is sent; empty where the server alone knows how. */
    public Optional<ColumnType> readAs() {
        return switch (type) {
            case "bool" -> Optional.of(ColumnType.BOOLEAN);
            case "bytea" -> Optional.of(ColumnType.BYTES);
            case "int2", "int4" -> Optional.of(ColumnType.INT32);
            case "int8" -> Optional.of(ColumnType.INT64);
            case "float4" -> Optional.of(ColumnType.FLOAT32);
            case "float8" -> Optional.of(ColumnType.FLOAT64);
            case "date" -> Optional.of(ColumnType.DATE);
            case "time" -> Optional.of(ColumnType.TIME);
            case "timestamp" -> Optional.of(ColumnType.TIMESTAMP);
            case "timestamptz" -> Optional.of(ColumnType.TIMESTAMP_UTC);
            case "uuid" -> Optional.of(ColumnType.UUID);
            case "numeric" ->
                precision() >= 1
                                && precision() <= ColumnType.MAX_DECIMAL_PRECISION
                                && scale() >= 0
                                && scale() <= precision()
                        ? Optional.of(ColumnType.decimal(precision(), scale()))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    boolean isText() {
        return TEXTS.contains(type);
    }

    /** Whether the type is an enum. */
    public boolean isEnum() {
        return !labels.isEmpty();
    }

    /** Whether the server parses the text that it is given. */
    public boolean isJson() {
        return type.equals("json") || type.equals("jsonb");
    }

    /** Whether the server may refuse a value that looks right from here. */
    public boolean isOpaque() {
        return domain || isJson();
    }

    /** Most characters of a text, or -1. */
    int maxCharacters() {
        return modifier < 4 || !(type.equals("varchar") || type.equals("bpchar")) ? -1 : modifier - 4;
    }

    /** Digits in all of a numeric, or -1 when any number fits. */
    int precision() {
        return modifier < 4 ? -1 : ((modifier - 4) >>> 16) & 0xffff;
    }

    /** The smallest unit, in microseconds, that a time or timestamp keeps. */
    long microsKept() {
        long unit = 1;
        for (int digits = modifier < 0 ? MICROSECOND_DIGITS : modifier; digits < MICROSECOND_DIGITS; digits++) {
            unit *= 10;
        }
        return unit;
    }

    /** Digits after the point of a numeric that has a precision; may be negative. */
    int scale() {
        return (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
    }
}
