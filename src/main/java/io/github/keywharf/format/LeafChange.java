package io.github.keywharf.format;

import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Micros;
import java.math.BigDecimal;
import java.math.BigInteger;

/** Turns stored values into those of our vectors. */
final class LeafChange {

    private static final long JULIAN_EPOCH_DAY = 2_440_588;

    private final ParquetLeafType type;

    LeafChange(ParquetLeafType type) {
        this.type = type;
    }

    /** What the values become. */
    ColumnType type() {
        return type.type();
    }

    /** Changes the first {@code count} values in place, as far as they end as numbers. */
    void apply(DecodedValues values, int count) {
        switch (type.change()) {
            case UNSIGNED_INT -> {
                for (int i = 0; i < count; i++) {
                    values.longs[i] &= 0xFFFF_FFFFL;
                }
            }
            case MILLIS -> {
                for (int i = 0; i < count; i++) {
                    values.longs[i] = Math.multiplyExact(values.longs[i], 1_000L);
                }
            }
            case NANOS -> {
                for (int i = 0; i < count; i++) {
                    values.longs[i] = Math.floorDiv(values.longs[i], 1_000L);
                }
            }
            case INT96 -> {
                values.resolve();
                long[] longs = values.longs(count);
                for (int i = 0; i < count; i++) {
                    long nanos = LittleEndian.longAt(values.base, values.offsets[i]);
                    long day = LittleEndian.intAt(values.base, values.offsets[i] + Long.BYTES) - JULIAN_EPOCH_DAY;
                    longs[i] = Math.addExact(Math.multiplyExact(day, Micros.PER_DAY), Math.floorDiv(nanos, 1_000L));
                }
            }
            case DECIMAL_BYTES -> {
                values.resolve();
                if (type.type().isLongDecimal()) {
                    long[] longs = values.longs(count);
                    for (int i = 0; i < count; i++) {
                        longs[i] = bigEndian(values.base, values.offsets[i], values.lengths[i]);
                    }
                }
            }
            case FLOAT_BITS -> {
                for (int i = 0; i < count; i++) {
                    values.longs[i] = Double.doubleToRawLongBits(Float.intBitsToFloat((int) values.longs[i]));
                }
            }
            case HALF_BYTES -> {
                values.resolve();
                long[] longs = values.longs(count);
                for (int i = 0; i < count; i++) {
                    longs[i] = Double.doubleToRawLongBits(half(values.base, values.offsets[i]));
                }
            }
            case NONE, DOUBLE_BITS, UNSIGNED_LONG -> {}
        }
    }

    private static long bigEndian(byte[] bytes, int offset, int length) {
        if (length > Long.BYTES) {
            return new BigInteger(bytes, offset, length).longValueExact();
        }
        long value = length > 0 && bytes[offset] < 0 ? -1 : 0;
        for (int i = 0; i < length; i++) {
            value = value << 8 | (bytes[offset + i] & 0xFF);
        }
        return value;
    }

    private static double half(byte[] bytes, int offset) {
        short bits = (short) ((bytes[offset] & 0xFF) | (bytes[offset + 1] << Byte.SIZE));
        int exponent = (bits >>> 10) & 0x1F;
        int fraction = bits & 0x3FF;
        double size;
        if (exponent == 0x1F) {
            size = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        } else if (exponent == 0) {
            size = Math.scalb((double) fraction, -24);
        } else {
            size = Math.scalb(fraction + 1024.0, exponent - 25);
        }
        return bits < 0 ? -size : size;
    }

    BigDecimal decimalAt(DecodedValues values, int position) {
        if (type.change() == ParquetLeafType.Change.UNSIGNED_LONG) {
            return new BigDecimal(Long.toUnsignedString(values.longs[position]));
        }
        return new BigDecimal(
                new BigInteger(values.base, values.offsets[position], values.lengths[position]),
                type.type().scale());
    }
}
