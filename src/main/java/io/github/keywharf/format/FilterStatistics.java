package io.github.keywharf.format;

import io.github.keywharf.table.Column;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/**
 * What a file says about a row group: how many nulls a column has, and between which values the others lie.
 *
 * @param rows rows of the row group
 * @param chunks the flat columns by name
 * @param types what becomes of their values
 */
record FilterStatistics(long rows, Map<String, ColumnChunkMetaData> chunks, Map<String, ParquetLeafType> types) {

    /** Bounds in the form of our vectors: Long, Double, BigDecimal or {@code byte[]}; empty when all values are null. */
    record Range(boolean empty, Object min, Object max) {}

    /** How many nulls a column has, or -1 when the file does not say. */
    long nulls(Column column) {
        Statistics<?> statistics = statistics(column);
        return statistics == null || !statistics.isNumNullsSet() ? -1 : statistics.getNumNulls();
    }

    /** The bounds of a column's values, or null when the file does not say. */
    @Nullable
    Range range(Column column) {
        Statistics<?> statistics = statistics(column);
        ParquetLeafType type = types.get(column.name());
        if (statistics == null || type == null) {
            return null;
        }
        if (!statistics.hasNonNullValue()) {
            return nulls(column) == rows ? new Range(true, 0L, 0L) : null;
        }
        Object min;
        Object max;
        try {
            min = bound(statistics.genericGetMin(), type);
            max = bound(statistics.genericGetMax(), type);
        } catch (ArithmeticException | NumberFormatException e) {
            // Bounds that no value can have say nothing; the values themselves will.
            return null;
        }
        return min == null || max == null ? null : new Range(false, min, max);
    }

    private @Nullable Statistics<?> statistics(Column column) {
        ColumnChunkMetaData chunk = chunks.get(column.name());
        return chunk == null ? null : chunk.getStatistics();
    }

    private static @Nullable Object bound(Object stored, ParquetLeafType type) {
        if (stored instanceof Binary binary) {
            return switch (type.change()) {
                case NONE -> binary.getBytes();
                case DECIMAL_BYTES -> {
                    BigInteger unscaled = new BigInteger(binary.getBytes());
                    yield type.type().isLongDecimal()
                            ? (Object) unscaled.longValueExact()
                            : new BigDecimal(unscaled, type.type().scale());
                }
                default -> null;
            };
        }
        if (stored instanceof Boolean truth) {
            return truth ? 1L : 0L;
        }
        if (stored instanceof Float || stored instanceof Double) {
            return ((Number) stored).doubleValue();
        }
        long number = ((Number) stored).longValue();
        return switch (type.change()) {
            case UNSIGNED_INT -> number & 0xFFFF_FFFFL;
            case UNSIGNED_LONG -> new BigDecimal(Long.toUnsignedString(number));
            case MILLIS -> Math.multiplyExact(number, 1_000L);
            case NANOS -> Math.floorDiv(number, 1_000L);
            default -> number;
        };
    }
}
