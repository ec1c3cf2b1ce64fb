package io.github.keywharf.table;

import java.util.List;
import java.util.Objects;

/**
 * The type of a column, independent of any file format or database.
 *
 * <p>Immutable. The scalar types are constants; {@link #decimal}, {@link #list}, {@link #map} and {@link #struct} make
 * the rest.
 *
 * @param kind which family of values the column holds
 * @param precision digits in all, for {@link Kind#DECIMAL} only, otherwise 0
 * @param scale digits after the point, for {@link Kind#DECIMAL} only, otherwise 0
 * @param children the element of a list, the key and the value of a map, the fields of a struct; otherwise empty
 */
public record ColumnType(Kind kind, int precision, int scale, List<Column> children) {

    /** The families of values, each with the Java type that {@link ColumnVector#value} gives and the vector it uses. */
    public enum Kind {
        /** {@link Boolean} in a {@link BooleanVector}. */
        BOOLEAN,
        /** {@link Integer} in an {@link IntVector}. */
        INT32,
        /** {@link Long} in a {@link LongVector}. */
        INT64,
        /** {@link Float} in a {@link DoubleVector}. */
        FLOAT32,
        /** {@link Double} in a {@link DoubleVector}. */
        FLOAT64,
        /**
         * {@link java.math.BigDecimal}; up to 18 digits as unscaled longs in a {@link LongVector}, above in an
         * {@link ObjectVector}.
         */
        DECIMAL,
        /** {@link String}, as UTF-8 in a {@link BytesVector}. */
        STRING,
        /** {@link String} that holds one JSON value, as UTF-8 in a {@link BytesVector}. */
        JSON,
        /** {@code byte[]} in a {@link BytesVector}. */
        BYTES,
        /** {@link java.util.UUID}, 16 bytes in network order in a {@link BytesVector}. */
        UUID,
        /** {@link java.time.LocalDate}, as days since 1970-01-01 in an {@link IntVector}. */
        DATE,
        /** {@link java.time.LocalTime}, as microseconds since midnight in a {@link LongVector}. */
        TIME,
        /** {@link java.time.LocalDateTime}, as microseconds since 1970-01-01T00:00 in a {@link LongVector}. */
        TIMESTAMP,
        /** {@link java.time.Instant}, as microseconds since 1970-01-01T00:00Z in a {@link LongVector}. */
        TIMESTAMP_UTC,
        /** {@link List} in an {@link ObjectVector}. */
        LIST,
        /** {@link java.util.Map} in an {@link ObjectVector}. */
        MAP,
        /** {@link java.util.Map} from field name to value, in field order, in an {@link ObjectVector}. */
        STRUCT
    }

    /** The most digits a decimal may have. */
    public static final int MAX_DECIMAL_PRECISION = 38;

    /** The most digits that fit an unscaled long: decimals up to here live in a {@link LongVector}. */
    public static final int MAX_LONG_DECIMAL_PRECISION = 18;

    /** True or false. */
    public static final ColumnType BOOLEAN = scalar(Kind.BOOLEAN);
    /** Signed whole number of 32 bits. */
    public static final ColumnType INT32 = scalar(Kind.INT32);
    /** Signed whole number of 64 bits. */
    public static final ColumnType INT64 = scalar(Kind.INT64);
    /** IEEE 754 single precision. */
    public static final ColumnType FLOAT32 = scalar(Kind.FLOAT32);
    /** IEEE 754 double precision. */
    public static final ColumnType FLOAT64 = scalar(Kind.FLOAT64);
    /** Unicode text. */
    public static final ColumnType STRING = scalar(Kind.STRING);
    /** Text that holds one JSON value. */
    public static final ColumnType JSON = scalar(Kind.JSON);
    /** Bytes as they are. */
    public static final ColumnType BYTES = scalar(Kind.BYTES);
    /** A universally unique identifier. */
    public static final ColumnType UUID = scalar(Kind.UUID);
    /** A calendar day without a time zone. */
    public static final ColumnType DATE = scalar(Kind.DATE);
    /** A time of day, to the microsecond, without a time zone. */
    public static final ColumnType TIME = scalar(Kind.TIME);
    /** A day and a time of day, to the microsecond, without a time zone. */
    public static final ColumnType TIMESTAMP = scalar(Kind.TIMESTAMP);
    /** A point in time, to the microsecond. */
    public static final ColumnType TIMESTAMP_UTC = scalar(Kind.TIMESTAMP_UTC);

    /** Checks the parts against the kind. */
    public ColumnType {
        Objects.requireNonNull(kind, "kind");
        children = List.copyOf(children);
        int wanted = kind == Kind.LIST ? 1 : kind == Kind.MAP ? 2 : 0;
        if (kind == Kind.STRUCT ? children.isEmpty() : children.size() != wanted) {
            throw new IllegalArgumentException(kind + " cannot have " + children.size() + " children");
        }
        if (kind == Kind.DECIMAL) {
            if (precision < 1 || precision > MAX_DECIMAL_PRECISION || scale < 0 || scale > precision) {
                throw new IllegalArgumentException(
                        "decimal(" + precision + "," + scale + ") is out of range: precision is 1 to "
                                + MAX_DECIMAL_PRECISION + ", scale is 0 to the precision");
            }
        } else if (precision != 0 || scale != 0) {
            throw new IllegalArgumentException(kind + " has no precision or scale");
        }
    }

    /**
     * A decimal number.
     *
     * @param precision digits in all, 1 to {@value #MAX_DECIMAL_PRECISION}
     * @param scale digits after the point, 0 to the precision
     */
    public static ColumnType decimal(int precision, int scale) {
        return new ColumnType(Kind.DECIMAL, precision, scale, List.of());
    }

    /** A list of values of one type. */
    public static ColumnType list(ColumnType element) {
        return new ColumnType(Kind.LIST, 0, 0, List.of(Column.nullable("element", element)));
    }

    /** A map from keys of one type, never null, to values of one type. */
    public static ColumnType map(ColumnType key, ColumnType value) {
        return new ColumnType(Kind.MAP, 0, 0, List.of(Column.required("key", key), Column.nullable("value", value)));
    }

    /** A group of named fields. */
    public static ColumnType struct(List<Column> fields) {
        return new ColumnType(Kind.STRUCT, 0, 0, fields);
    }

    /** Whether values are held as unscaled longs: a decimal of at most 18 digits. */
    public boolean isLongDecimal() {
        return kind == Kind.DECIMAL && precision <= MAX_LONG_DECIMAL_PRECISION;
    }

    private static ColumnType scalar(Kind kind) {
        return new ColumnType(kind, 0, 0, List.of());
    }

    /**
     * Reads what {@link #toString()} of a scalar or decimal type wrote, such as {@code int32} or {@code decimal(10,2)}.
     *
     * @throws IllegalArgumentException when the text names no such type
     */
    public static ColumnType parse(String text) {
        if (text.startsWith("decimal(") && text.endsWith(")")) {
            int comma = text.indexOf(',');
            if (comma < 0) {
                throw new IllegalArgumentException(
                        "'" + text + "' is not a type; a decimal has a precision and a scale");
            }
            return decimal(
                    Integer.parseInt(text.substring("decimal(".length(), comma)),
                    Integer.parseInt(text.substring(comma + 1, text.length() - 1)));
        }
        return scalar(Kind.valueOf(text.toUpperCase(java.util.Locale.ROOT)));
    }

    @Override
    public String toString() {
        return switch (kind) {
            case DECIMAL -> "decimal(" + precision + "," + scale + ")";
            case LIST -> "list<" + children.get(0).type() + ">";
            case MAP -> "map<" + children.get(0).type() + "," + children.get(1).type() + ">";
            case STRUCT -> "struct" + children;
            default -> kind.name().toLowerCase(java.util.Locale.ROOT);
        };
    }
}
