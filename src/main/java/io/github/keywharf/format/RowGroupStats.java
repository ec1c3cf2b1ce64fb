package io.github.keywharf.format;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnStats;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/**
 * What a file says about the columns of a row group.
 *
 * @param rows rows of the row group
 * @param chunks the flat columns by name
 * @param types what becomes of their values
 */
record RowGroupStats(long rows, Map<String, ColumnChunkMetaData> chunks, Map<String, ParquetLeafType> types)
        implements Function<Column, ColumnStats> {

    static RowGroupStats of(BlockMetaData block, Map<String, ParquetLeafType> types) {
        Map<String, ColumnChunkMetaData> chunks = new HashMap<>();
        for (ColumnChunkMetaData chunk : block.getColumns()) {
            if (chunk.getPath().size() == 1) {
                chunks.put(chunk.getPath().toDotString(), chunk);
            }
        }
        return new RowGroupStats(block.getRowCount(), chunks, types);
    }

    @Override
    public ColumnStats apply(Column column) {
        ColumnChunkMetaData chunk = chunks.get(column.name());
        ParquetLeafType type = types.get(column.name());
        Statistics<?> statistics = chunk == null ? null : chunk.getStatistics();
        if (statistics == null) {
            return ColumnStats.unknown(rows);
        }
        long nulls = statistics.isNumNullsSet() ? statistics.getNumNulls() : ColumnStats.UNKNOWN;
        return new ColumnStats(
                rows,
                nulls,
                type == null || !statistics.hasNonNullValue() ? Optional.empty() : bounds(statistics, type));
    }

    private static Optional<ColumnStats.Bounds> bounds(Statistics<?> statistics, ParquetLeafType type) {
        try {
            Object min = bound(statistics.genericGetMin(), type);
            Object max = bound(statistics.genericGetMax(), type);
            if (min == null || max == null || isNaN(min) || isNaN(max)) {
                return Optional.empty();
            }
            return Optional.of(new ColumnStats.Bounds(zero(min, -0.0), zero(max, 0.0)));
        } catch (ArithmeticException | NumberFormatException e) {
            // Bounds that no value can have say nothing; the values themselves will.
            return Optional.empty();
        }
    }

    private static boolean isNaN(Object bound) {
        return bound instanceof Double number && Double.isNaN(number);
    }

    /** Zeros are equal to those who write bounds, but not to all who compare with them. */
    private static Object zero(Object bound, double outer) {
        return bound instanceof Double number && number == 0 ? (Object) outer : bound;
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
