package io.github.keywharf.format;

import io.github.keywharf.table.Micros;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/** Turns stored values into those of our vectors. */
final class LeafChange {

    private static final long JULIAN_EPOCH_DAY = 2_440_588;

    private final ParquetLeafType type;

    LeafChange(ParquetLeafType type) {
        this.type = type;
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
                long[] longs = room(values, count);
                for (int i = 0; i < count; i++) {
                    long nanos = LittleEndian.longAt(values.base, values.offsets[i]);
                    long day = LittleEndian.intAt(values.base, values.offsets[i] + Long.BYTES) - JULIAN_EPOCH_DAY;
                    longs[i] = Math.addExact(Math.multiplyExact(day, Micros.PER_DAY), Math.floorDiv(nanos, 1_000L));
                }
            }
            case DECIMAL_BYTES -> {
                if (type.type().isLongDecimal()) {
                    long[] longs = room(values, count);
                    for (int i = 0; i < count; i++) {
                        longs[i] = bigEndian(values.base, values.offsets[i], values.lengths[i]);
                    }
                }
            }
            case NONE, FLOAT_BITS, DOUBLE_BITS, HALF_BYTES, UNSIGNED_LONG -> {}
        }
    }

    private static long[] room(DecodedValues values, int count) {
        if (values.longs.length < count) {
            values.longs = new long[count];
        }
        return values.longs;
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

    double doubleAt(DecodedValues values, int position) {
        return switch (type.change()) {
            case FLOAT_BITS -> Float.intBitsToFloat((int) values.longs[position]);
            case HALF_BYTES ->
                half(ByteBuffer.wrap(values.base, values.offsets[position], 2)
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                        .getShort());
            default -> Double.longBitsToDouble(values.longs[position]);
        };
    }

    private static double half(short bits) {
        int exponent = bits >>> 10 & 0x1F;
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
