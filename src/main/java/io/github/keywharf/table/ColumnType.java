package io.github.keywharf.table;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The type of a column, independent of any file format or database.
 *
 * <p>Immutable. The scalar types are constants; {@link #decimal}, {@link #list}, {@link #map} and {@link #struct} make
 * the rest.
 *
 * @param kind family of the column's values
 * @param precision total number of digits of a {@link Kind#DECIMAL}; 0 for other kinds
 * @param scale number of digits after the point of a {@link Kind#DECIMAL}; 0 for other kinds
 * @param children the element of a list, the key and the value of a map, the fields of a struct; empty for other kinds
 */
public record ColumnType(Kind kind, int precision, int scale, List<Column> children) {

    /** The families of values, each with the Java type that {@link ColumnVector#value} returns and its class of vectors. */
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

    /** Maximum number of digits of a decimal. */
    public static final int MAX_DECIMAL_PRECISION = 38;

    /** Maximum number of digits of a decimal in a {@link LongVector}, as an unscaled long. */
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
    /** A sequence of bytes. */
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

    /** Checks precision, scale and children against the kind. */
    public ColumnType {
        Objects.requireNonNull(kind, "kind");
        children = List.copyOf(children);
        boolean fits = switch (kind) {
            case LIST -> children.size() == 1;
            case MAP -> children.size() == 2;
            case STRUCT -> !children.isEmpty();
            default -> children.isEmpty();
        };
        if (!fits) {
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
     * @param precision total number of digits, 1 to {@value #MAX_DECIMAL_PRECISION}
     * @param scale number of digits after the point, 0 to the precision
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

    /** True for a decimal of at most {@value #MAX_LONG_DECIMAL_PRECISION} digits, whose values are unscaled longs. */
    public boolean isLongDecimal() {
        return kind == Kind.DECIMAL && precision <= MAX_LONG_DECIMAL_PRECISION;
    }

    private static ColumnType scalar(Kind kind) {
        return new ColumnType(kind, 0, 0, List.of());
    }

    /**
     * The scalar or decimal type that {@link #toString()} wrote, such as {@code int32} or {@code decimal(10,2)}.
     *
     * @throws IllegalArgumentException if the text is not the name of such a type
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
        return scalar(Kind.valueOf(text.toUpperCase(Locale.ROOT)));
    }

    @Override
    public String toString() {
        return switch (kind) {
            case DECIMAL -> "decimal(" + precision + "," + scale + ")";
            case LIST -> "list<" + children.get(0).type() + ">";
            case MAP -> "map<" + children.get(0).type() + "," + children.get(1).type() + ">";
            case STRUCT -> "struct" + children;
            default -> kind.name().toLowerCase(Locale.ROOT);
        };
    }
}
