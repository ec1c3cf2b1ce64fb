package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.ColumnType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * What a leaf of a file becomes.
 *
 * @param type as our columns have it
 * @param change what is done to a value as the file stores it
 */
record ParquetLeafType(ColumnType type, Change change) {

    /** What is done to a stored value. */
    enum Change {
        NONE,
        FLOAT_BITS,
        DOUBLE_BITS,
        HALF_BYTES,
        UNSIGNED_INT,
        UNSIGNED_LONG,
        MILLIS,
        NANOS,
        INT96,
        DECIMAL_BYTES
    }

    private static final int UUID_BYTES = 16;
    private static final int MAX_UNSIGNED_LONG_DIGITS = 20;

    static ParquetLeafType of(PrimitiveType leaf, String key) {
        LogicalTypeAnnotation logical = leaf.getLogicalTypeAnnotation();
        if (logical instanceof DecimalLogicalTypeAnnotation decimal) {
            return decimal(leaf, decimal, key);
        }
        return switch (leaf.getPrimitiveTypeName()) {
            case BOOLEAN -> plain(ColumnType.BOOLEAN);
            case FLOAT -> new ParquetLeafType(ColumnType.FLOAT32, Change.FLOAT_BITS);
            case DOUBLE -> new ParquetLeafType(ColumnType.FLOAT64, Change.DOUBLE_BITS);
            case INT96 -> new ParquetLeafType(ColumnType.TIMESTAMP, Change.INT96);
            case INT32, INT64 -> number(leaf.getPrimitiveTypeName(), logical);
            case BINARY, FIXED_LEN_BYTE_ARRAY -> bytes(leaf, logical);
        };
    }

    private static ParquetLeafType plain(ColumnType type) {
        return new ParquetLeafType(type, Change.NONE);
    }

    private static ParquetLeafType decimal(PrimitiveType leaf, DecimalLogicalTypeAnnotation decimal, String key) {
        if (decimal.getPrecision() > ColumnType.MAX_DECIMAL_PRECISION || decimal.getScale() > decimal.getPrecision()) {
            throw new KeywharfException(
                    "parquet.unsupported_type",
                    key,
                    "column '" + leaf.getName() + "' is a " + decimal + "; at most " + ColumnType.MAX_DECIMAL_PRECISION
                            + " digits are supported: leave it out with columns(...)");
        }
        boolean number = leaf.getPrimitiveTypeName() == PrimitiveTypeName.INT32
                || leaf.getPrimitiveTypeName() == PrimitiveTypeName.INT64;
        int precision = number ? Math.min(decimal.getPrecision(), 18) : decimal.getPrecision();
        return new ParquetLeafType(
                ColumnType.decimal(precision, Math.min(decimal.getScale(), precision)),
                number ? Change.NONE : Change.DECIMAL_BYTES);
    }

    private static ParquetLeafType number(
            PrimitiveTypeName physical, @org.jspecify.annotations.Nullable LogicalTypeAnnotation logical) {
        if (logical instanceof LogicalTypeAnnotation.DateLogicalTypeAnnotation) {
            return plain(ColumnType.DATE);
        }
        if (logical instanceof TimeLogicalTypeAnnotation time) {
            return new ParquetLeafType(ColumnType.TIME, unit(time.getUnit()));
        }
        if (logical instanceof TimestampLogicalTypeAnnotation timestamp) {
            ColumnType type = timestamp.isAdjustedToUTC() ? ColumnType.TIMESTAMP_UTC : ColumnType.TIMESTAMP;
            return new ParquetLeafType(type, unit(timestamp.getUnit()));
        }
        if (logical instanceof IntLogicalTypeAnnotation whole && !whole.isSigned()) {
            if (whole.getBitWidth() == Long.SIZE) {
                return new ParquetLeafType(ColumnType.decimal(MAX_UNSIGNED_LONG_DIGITS, 0), Change.UNSIGNED_LONG);
            }
            if (whole.getBitWidth() == Integer.SIZE) {
                return new ParquetLeafType(ColumnType.INT64, Change.UNSIGNED_INT);
            }
        }
        return plain(physical == PrimitiveTypeName.INT32 ? ColumnType.INT32 : ColumnType.INT64);
    }

    private static Change unit(TimeUnit unit) {
        return switch (unit) {
            case MILLIS -> Change.MILLIS;
            case MICROS -> Change.NONE;
            case NANOS -> Change.NANOS;
        };
    }

    private static ParquetLeafType bytes(
            PrimitiveType leaf, @org.jspecify.annotations.Nullable LogicalTypeAnnotation logical) {
        if (logical instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation
                || logical instanceof LogicalTypeAnnotation.EnumLogicalTypeAnnotation) {
            return plain(ColumnType.STRING);
        }
        if (logical instanceof LogicalTypeAnnotation.JsonLogicalTypeAnnotation) {
            return plain(ColumnType.JSON);
        }
        if (logical instanceof LogicalTypeAnnotation.UUIDLogicalTypeAnnotation && leaf.getTypeLength() == UUID_BYTES) {
            return plain(ColumnType.UUID);
        }
        if (logical instanceof LogicalTypeAnnotation.Float16LogicalTypeAnnotation) {
            return new ParquetLeafType(ColumnType.FLOAT32, Change.HALF_BYTES);
        }
        return plain(ColumnType.BYTES);
    }
}
