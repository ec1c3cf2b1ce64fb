package io.github.keywharf.format;

import io.github.keywharf.table.BooleanVector;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.DoubleVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Collects decoded values of a leaf in the arrays that its vectors hold, many at a time. */
abstract class LeafTarget {

    final ColumnType type;
    final int capacity;
    int size;
    private long @Nullable [] nulls;

    private LeafTarget(ColumnType type, int capacity) {
        this.type = type;
        this.capacity = Math.max(capacity, 16);
    }

    /** @param capacity how many values a vector usually has */
    static LeafTarget of(LeafChange change, int capacity) {
        ColumnType type = change.type();
        return switch (type.kind()) {
            case BOOLEAN -> new Booleans(type, capacity);
            case INT32, DATE -> new Ints(type, capacity);
            case FLOAT32, FLOAT64 -> new Doubles(type, capacity);
            case STRING, JSON, BYTES, UUID -> new Bytes(type, capacity);
            case DECIMAL -> type.isLongDecimal() ? new Longs(type, capacity) : new Decimals(change, capacity);
            default -> new Longs(type, capacity);
        };
    }

    /** Appends the values from one position to another. */
    final void append(DecodedValues values, int from, int to) {
        room(size + to - from);
        put(values, from, to - from);
    }

    /**
     * Appends values with nulls between.
     *
     * @param values those that are present, from the first position on
     * @param definition for each place its level: one below {@code present} is null
     */
    final void append(DecodedValues values, int[] definition, int present, int count) {
        room(size + count);
        long[] words = nulls == null ? new long[(capacity + 63) >>> 6] : nulls;
        if (words.length << 6 < size + count) {
            words = Arrays.copyOf(words, Math.max(words.length * 2, (size + count + 63) >>> 6));
        }
        long word = 0;
        for (int i = 0; i < count; i++) {
            // Levels are never above that of what is present, so the sign says which it is.
            int absent = (definition[i] - present) >>> 31;
            word |= (long) absent << (size + i);
            if (((size + i) & 63) == 63 || i == count - 1) {
                words[(size + i) >>> 6] |= word;
                word = 0;
            }
        }
        nulls = words;
        spread(values, definition, present, count);
    }

    /** The vector of what was appended; this is empty afterwards. */
    final ColumnVector build() {
        ColumnVector vector = vector(nulls);
        nulls = null;
        size = 0;
        return vector;
    }

    static int grown(int length, int needed) {
        return Math.max(needed, length + (length >> 1));
    }

    abstract void room(int needed);

    abstract void put(DecodedValues values, int from, int count);

    abstract void spread(DecodedValues values, int[] definition, int present, int count);

    abstract ColumnVector vector(long @Nullable [] takenNulls);

    private static final class Longs extends LeafTarget {
        private long[] target;

        Longs(ColumnType type, int capacity) {
            super(type, capacity);
            target = new long[this.capacity];
        }

        @Override
        void room(int needed) {
            if (needed > target.length) {
                target = Arrays.copyOf(target, grown(target.length, needed));
            }
        }

        @Override
        void put(DecodedValues values, int from, int count) {
            System.arraycopy(values.longs, from, target, size, count);
            size += count;
        }

        @Override
        void spread(DecodedValues values, int[] definition, int present, int count) {
            long[] source = values.longs(count + 1);
            int next = 0;
            for (int i = 0; i < count; i++) {
                int there = ~(definition[i] - present) >>> 31;
                target[size + i] = source[next] & -there;
                next += there;
            }
            size += count;
        }

        @Override
        ColumnVector vector(long @Nullable [] takenNulls) {
            LongVector vector = LongVector.of(type, target, size, takenNulls);
            target = new long[capacity];
            return vector;
        }
    }

    private static final class Ints extends LeafTarget {
        private int[] target;

        Ints(ColumnType type, int capacity) {
            super(type, capacity);
            target = new int[this.capacity];
        }

        @Override
        void room(int needed) {
            if (needed > target.length) {
                target = Arrays.copyOf(target, grown(target.length, needed));
            }
        }

        @Override
        void put(DecodedValues values, int from, int count) {
            long[] source = values.longs;
            for (int i = 0; i < count; i++) {
                target[size + i] = (int) source[from + i];
            }
            size += count;
        }

        @Override
        void spread(DecodedValues values, int[] definition, int present, int count) {
            long[] source = values.longs(count + 1);
            int next = 0;
            for (int i = 0; i < count; i++) {
                int there = ~(definition[i] - present) >>> 31;
                target[size + i] = (int) source[next] & -there;
                next += there;
            }
            size += count;
        }

        @Override
        ColumnVector vector(long @Nullable [] takenNulls) {
            IntVector vector = IntVector.of(type, target, size, takenNulls);
            target = new int[capacity];
            return vector;
        }
    }

    /** Of numbers whose bits stand in longs, whatever the file holds. */
    private static final class Doubles extends LeafTarget {
        private double[] target;

        Doubles(ColumnType type, int capacity) {
            super(type, capacity);
            target = new double[this.capacity];
        }

        @Override
        void room(int needed) {
            if (needed > target.length) {
                target = Arrays.copyOf(target, grown(target.length, needed));
            }
        }

        @Override
        void put(DecodedValues values, int from, int count) {
            long[] source = values.longs;
            for (int i = 0; i < count; i++) {
                target[size + i] = Double.longBitsToDouble(source[from + i]);
            }
            size += count;
        }

        @Override
        void spread(DecodedValues values, int[] definition, int present, int count) {
            long[] source = values.longs(count + 1);
            int next = 0;
            for (int i = 0; i < count; i++) {
                int there = ~(definition[i] - present) >>> 31;
                target[size + i] = Double.longBitsToDouble(source[next] & -there);
                next += there;
            }
            size += count;
        }

        @Override
        ColumnVector vector(long @Nullable [] takenNulls) {
            DoubleVector vector = DoubleVector.of(type, target, size, takenNulls);
            target = new double[capacity];
            return vector;
        }
    }

    private static final class Booleans extends LeafTarget {
        private boolean[] target;

        Booleans(ColumnType type, int capacity) {
            super(type, capacity);
            target = new boolean[this.capacity];
        }

        @Override
        void room(int needed) {
            if (needed > target.length) {
                target = Arrays.copyOf(target, grown(target.length, needed));
            }
        }

        @Override
        void put(DecodedValues values, int from, int count) {
            long[] source = values.longs;
            for (int i = 0; i < count; i++) {
                target[size + i] = source[from + i] != 0;
            }
            size += count;
        }

        @Override
        void spread(DecodedValues values, int[] definition, int present, int count) {
            long[] source = values.longs(count + 1);
            int next = 0;
            for (int i = 0; i < count; i++) {
                int there = ~(definition[i] - present) >>> 31;
                target[size + i] = (source[next] & -there) != 0;
                next += there;
            }
            size += count;
        }

        @Override
        ColumnVector vector(long @Nullable [] takenNulls) {
            BooleanVector vector = BooleanVector.of(target, size, takenNulls);
            target = new boolean[capacity];
            return vector;
        }
    }

    private static final class Bytes extends LeafTarget {

        /** Short values are copied in whole words, beyond their end, which takes less time than a call for each. */
        private static final int SHORT = 4 * Long.BYTES;

        private byte[] target;
        private int[] offsets;

        Bytes(ColumnType type, int capacity) {
            super(type, capacity);
            target = new byte[this.capacity * 16];
            offsets = new int[this.capacity + 1];
        }

        @Override
        void room(int needed) {
            if (needed >= offsets.length) {
                offsets = Arrays.copyOf(offsets, grown(offsets.length, needed + 1));
            }
        }

        private void byteRoom(DecodedValues values, int from, int to) {
            long end = offsets[size];
            for (int i = from; i < to; i++) {
                end += values.lengths[i];
            }
            ParquetLimits.check(end, ParquetLimits.BATCH_BYTES, "bytes in one batch");
            if (end + SHORT > target.length) {
                target = Arrays.copyOf(target, grown(target.length, (int) end + SHORT));
            }
        }

        @Override
        void put(DecodedValues values, int from, int count) {
            byteRoom(values, from, from + count);
            byte[] source = values.base;
            int[] starts = values.offsets;
            int[] lengths = values.lengths;
            byte[] to = target;
            int[] ends = offsets;
            int last = source.length - SHORT;
            int at = size;
            int end = ends[at];
            for (int i = from; i < from + count; i++) {
                copy(source, starts[i], lengths[i], last, to, end);
                end += lengths[i];
                ends[++at] = end;
            }
            size = at;
        }

        private static void copy(byte[] source, int from, int length, int last, byte[] target, int at) {
            if (length > SHORT || from > last) {
                System.arraycopy(source, from, target, at, length);
                return;
            }
            LittleEndian.put(target, at, LittleEndian.longAt(source, from));
            LittleEndian.put(target, at + Long.BYTES, LittleEndian.longAt(source, from + Long.BYTES));
            for (int copied = 2 * Long.BYTES; copied < length; copied += Long.BYTES) {
                LittleEndian.put(target, at + copied, LittleEndian.longAt(source, from + copied));
            }
        }

        @Override
        void spread(DecodedValues values, int[] definition, int present, int count) {
            int there = 0;
            for (int i = 0; i < count; i++) {
                there += definition[i] == present ? 1 : 0;
            }
            byteRoom(values, 0, there);
            byte[] source = values.base;
            int last = source.length - SHORT;
            int end = offsets[size];
            int next = 0;
            for (int i = 0; i < count; i++) {
                if (definition[i] == present) {
                    copy(source, values.offsets[next], values.lengths[next], last, target, end);
                    end += values.lengths[next++];
                }
                offsets[++size] = end;
            }
        }

        @Override
        ColumnVector vector(long @Nullable [] takenNulls) {
            int used = offsets[size];
            BytesVector vector = BytesVector.of(type, target, offsets, size, takenNulls);
            target = new byte[used + SHORT];
            offsets = new int[capacity + 1];
            return vector;
        }
    }

    /** Decimals of more digits than a long has. */
    private static final class Decimals extends LeafTarget {
        private final LeafChange change;
        private final ColumnVector.Builder builder;

        Decimals(LeafChange change, int capacity) {
            super(change.type(), capacity);
            this.change = change;
            builder = ColumnVector.builder(type, this.capacity);
        }

        @Override
        void room(int needed) {}

        @Override
        void put(DecodedValues values, int from, int count) {
            for (int i = from; i < from + count; i++) {
                builder.appendValue(change.decimalAt(values, i));
            }
            size += count;
        }

        @Override
        void spread(DecodedValues values, int[] definition, int present, int count) {
            int next = 0;
            for (int i = 0; i < count; i++) {
                builder.appendValue(definition[i] == present ? change.decimalAt(values, next++) : null);
            }
            size += count;
        }

        @Override
        ColumnVector vector(long @Nullable [] takenNulls) {
            return builder.build();
        }
    }
}
