package io.github.keywharf.format;

import io.github.keywharf.table.BooleanVector;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.DoubleVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Collects decoded values of a leaf in the arrays that its vectors hold, many at a time. */
abstract class LeafTarget {

    final ColumnType type;
    int size;
    private int expected;
    private long @Nullable [] nulls;

    private LeafTarget(ColumnType type) {
        this.type = type;
    }

    static LeafTarget of(LeafChange change) {
        ColumnType type = change.type();
        return switch (type.kind()) {
            case BOOLEAN -> new Booleans(type);
            case INT32, DATE -> new Ints(type);
            case FLOAT32, FLOAT64 -> new Doubles(type);
            case STRING, JSON, BYTES, UUID -> new Bytes(type);
            case DECIMAL -> type.isLongDecimal() ? new Longs(type) : new Decimals(change);
            default -> new Longs(type);
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
     * @param present a bit for each place, 64 to a word, the lowest first: whether a value is there
     */
    final void append(DecodedValues values, long[] present, int count) {
        room(size + count);
        addNulls(present, count);
        spread(values, present, count);
    }

    private void addNulls(long[] present, int count) {
        long[] words = nulls == null ? new long[(Math.max(expected, size + count) + 63) >>> 6] : nulls;
        if (words.length << 6 < size + count) {
            words = Arrays.copyOf(words, Math.max(words.length * 2, (size + count + 63) >>> 6));
        }
        int shift = size & 63;
        for (int i = 0; i < count; i += Long.SIZE) {
            long absent = ~present[i >>> 6];
            if (count - i < Long.SIZE) {
                absent &= (1L << (count - i)) - 1;
            }
            words[(size + i) >>> 6] |= absent << shift;
            if (shift > 0 && absent >>> (Long.SIZE - shift) != 0) {
                words[((size + i) >>> 6) + 1] |= absent >>> (Long.SIZE - shift);
            }
        }
        nulls = words;
    }

    /** Begins a vector of about that many values. */
    final LeafTarget begin(int rows) {
        expected = rows;
        room(rows);
        return this;
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

    /** Appends values at the places where there is one, and zeros or nothing at the others. */
    abstract void spread(DecodedValues values, long[] present, int count);

    abstract ColumnVector vector(long @Nullable [] takenNulls);

    private static final class Longs extends LeafTarget {
        private long[] target = {};

        Longs(ColumnType type) {
            super(type);
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
        void spread(DecodedValues values, long[] present, int count) {
            long[] source = values.longs(count + 1);
            int next = 0;
            for (int i = 0; i < count; i++) {
                int there = (int) (present[i >>> 6] >>> i) & 1;
                target[size + i] = source[next] & -(long) there;
                next += there;
            }
            size += count;
        }

        @Override
        ColumnVector vector(long @Nullable [] takenNulls) {
            LongVector vector = LongVector.of(type, target, size, takenNulls);
            target = new long[0];
            return vector;
        }
    }

    private static final class Ints extends LeafTarget {
        private int[] target = {};

        Ints(ColumnType type) {
            super(type);
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
        void spread(DecodedValues values, long[] present, int count) {
            long[] source = values.longs(count + 1);
            int next = 0;
            for (int i = 0; i < count; i++) {
                int there = (int) (present[i >>> 6] >>> i) & 1;
                target[size + i] = (int) source[next] & -there;
                next += there;
            }
            size += count;
        }

        @Override
        ColumnVector vector(long @Nullable [] takenNulls) {
            IntVector vector = IntVector.of(type, target, size, takenNulls);
            target = new int[0];
            return vector;
        }
    }

    /** Of numbers whose bits stand in longs, whatever the file holds. */
    private static final class Doubles extends LeafTarget {
        private double[] target = {};

        Doubles(ColumnType type) {
            super(type);
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
        void spread(DecodedValues values, long[] present, int count) {
            long[] source = values.longs(count + 1);
            int next = 0;
            for (int i = 0; i < count; i++) {
                int there = (int) (present[i >>> 6] >>> i) & 1;
                target[size + i] = Double.longBitsToDouble(source[next] & -(long) there);
                next += there;
            }
            size += count;
        }

        @Override
        ColumnVector vector(long @Nullable [] takenNulls) {
            DoubleVector vector = DoubleVector.of(type, target, size, takenNulls);
            target = new double[0];
            return vector;
        }
    }

    private static final class Booleans extends LeafTarget {
        private boolean[] target = {};

        Booleans(ColumnType type) {
            super(type);
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
        void spread(DecodedValues values, long[] present, int count) {
            long[] source = values.longs(count + 1);
            int next = 0;
            for (int i = 0; i < count; i++) {
                int there = (int) (present[i >>> 6] >>> i) & 1;
                target[size + i] = (source[next] & -(long) there) != 0;
                next += there;
            }
            size += count;
        }

        @Override
        ColumnVector vector(long @Nullable [] takenNulls) {
            BooleanVector vector = BooleanVector.of(target, size, takenNulls);
            target = new boolean[0];
            return vector;
        }
    }

    private static final class Bytes extends LeafTarget {

        /** Short values are copied in whole words, beyond their end, which takes less time than a call for each. */
        private static final int SHORT = 4 * Long.BYTES;

        private byte[] target = {};
        /** Where values end; or which entries of the dictionary they are, as long as all are that. */
        private int[] offsets = {};

        private @Nullable DecodedValues dictionary;
        private int usual;

        Bytes(ColumnType type) {
            super(type);
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
            int needed = (int) end + SHORT;
            if (needed > target.length) {
                // The first time, a little more than the last vector had.
                target = Arrays.copyOf(
                        target, Math.max(usual, target.length == 0 ? needed : grown(target.length, needed)));
            }
        }

        /** Whether values can be taken by their numbers in a dictionary; if not, all are bytes from now on. */
        private boolean takesIds(DecodedValues values) {
            DecodedValues entries = values.dictionary;
            // Whoever writes the values out one after the other must have memory for them.
            if (entries != null
                    && (size == 0 || dictionary == entries)
                    && (long) offsets.length * entries.longest() <= ParquetLimits.BATCH_BYTES) {
                dictionary = entries;
                return true;
            }
            takePlaces();
            values.resolve();
            return false;
        }

        /** Turns what was taken by numbers into bytes. */
        private void takePlaces() {
            DecodedValues entries = dictionary;
            dictionary = null;
            if (entries == null) {
                return;
            }
            int[] ids = offsets;
            int count = size;
            offsets = new int[ids.length];
            for (int i = 0; i < count; i++) {
                offsets[i + 1] = offsets[i] + entries.offsets[ids[i] + 1] - entries.offsets[ids[i]];
            }
            target = new byte[Math.max(usual, offsets[count] + SHORT)];
            for (int i = 0; i < count; i++) {
                System.arraycopy(
                        entries.base, entries.offsets[ids[i]], target, offsets[i], offsets[i + 1] - offsets[i]);
            }
        }

        @Override
        void put(DecodedValues values, int from, int count) {
            if (takesIds(values)) {
                System.arraycopy(values.ids, from, offsets, size, count);
                size += count;
                return;
            }
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
        void spread(DecodedValues values, long[] present, int count) {
            if (takesIds(values)) {
                spreadIds(values, present, count);
                return;
            }
            int there = 0;
            for (int i = 0; i < count; i += Long.SIZE) {
                there += Long.bitCount(present[i >>> 6]);
            }
            int start = size;
            put(values, 0, there);
            // Where values end, from the last place to the first; one without a value ends where the one before does.
            int[] ends = offsets;
            int from = start + there;
            for (int i = count - 1; i >= 0; i--) {
                ends[start + i + 1] = ends[from];
                from -= (int) (present[i >>> 6] >>> i) & 1;
            }
            size = start + count;
        }

        private void spreadIds(DecodedValues values, long[] present, int count) {
            int[] source = values.ids;
            int none = Objects.requireNonNull(dictionary).entries();
            int next = 0;
            for (int i = 0; i < count; i++) {
                int there = (int) (present[i >>> 6] >>> i) & 1;
                offsets[size + i] = (source[next] & -there) | (none & (there - 1));
                next += there;
            }
            size += count;
        }

        @Override
        ColumnVector vector(long @Nullable [] takenNulls) {
            DecodedValues entries = dictionary;
            if (entries != null) {
                BytesVector vector =
                        BytesVector.ofDictionary(type, entries.base, entries.offsets, offsets, size, takenNulls);
                dictionary = null;
                offsets = new int[0];
                return vector;
            }
            int used = offsets[size];
            BytesVector vector = BytesVector.of(type, target, offsets, size, takenNulls);
            usual = used + (used >>> 5) + SHORT;
            target = new byte[0];
            offsets = new int[0];
            return vector;
        }
    }

    /** Decimals of more digits than a long has. */
    private static final class Decimals extends LeafTarget {
        private final LeafChange change;
        private ColumnVector.Builder builder;

        Decimals(LeafChange change) {
            super(change.type());
            this.change = change;
            builder = ColumnVector.builder(type, 0);
        }

        @Override
        void room(int needed) {
            if (size == 0) {
                builder = ColumnVector.builder(type, needed);
            }
        }

        @Override
        void put(DecodedValues values, int from, int count) {
            for (int i = from; i < from + count; i++) {
                builder.appendValue(change.decimalAt(values, i));
            }
            size += count;
        }

        @Override
        void spread(DecodedValues values, long[] present, int count) {
            int next = 0;
            for (int i = 0; i < count; i++) {
                builder.appendValue((present[i >>> 6] >>> i & 1) != 0 ? change.decimalAt(values, next++) : null);
            }
            size += count;
        }

        @Override
        ColumnVector vector(long @Nullable [] takenNulls) {
            return builder.build();
        }
    }
}
