package io.github.keywharf.table;

import io.github.keywharf.KeywharfException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values of a {@link ColumnType.Kind#STRING}, {@link ColumnType.Kind#JSON}, {@link ColumnType.Kind#BYTES} or
 * {@link ColumnType.Kind#UUID} column in one array of bytes; text is UTF-8. They stand there end to end, or, where a file has a
 * dictionary, each different value once.
 */
public final class BytesVector extends ColumnVector {
    static final String BAD_VALUE = "table.bad_value";

    /** How many times the memory of some values a dictionary may take, so that they keep it. */
    private static final int MOST_TIMES = 4;

    private final byte[] bytes;
    private final int[] offsets;
    /** For each position, which value of a dictionary it has; null where the values themselves stand end to end. */
    private final int @Nullable [] ids;

    private BytesVector(
            ColumnType type, byte[] bytes, int[] offsets, int @Nullable [] ids, int size, long @Nullable [] nulls) {
        super(type, size, nulls);
        this.bytes = bytes;
        this.offsets = offsets;
        this.ids = ids;
    }

    /**
     * A vector over these arrays, which belong to the vector from now on.
     *
     * @param bytes the values, end to end
     * @param offsets where each value begins, and after the last one, where that ends
     * @param nulls a bit for each null position, 64 to a word, the lowest first; or null when there are none
     * @throws IllegalArgumentException when values of the type are not held as bytes
     */
    public static BytesVector of(ColumnType type, byte[] bytes, int[] offsets, int size, long @Nullable [] nulls) {
        requireBytes(type);
        return new BytesVector(type, bytes, offsets, null, size, nulls);
    }

    /**
     * A vector whose values are entries of a dictionary. The arrays belong to the vector from now on, the dictionary's perhaps
     * to others as well.
     *
     * @param bytes the entries, end to end
     * @param offsets where each entry begins, and after the last one, where that ends
     * @param ids the number of each position's entry, from 0 on; where it is null, that of an entry without bytes
     * @param nulls a bit for each null position, 64 to a word, the lowest first; or null when there are none
     * @throws IllegalArgumentException when values of the type are not held as bytes, or there is no entry of that number
     */
    public static BytesVector ofDictionary(
            ColumnType type, byte[] bytes, int[] offsets, int[] ids, int size, long @Nullable [] nulls) {
        requireBytes(type);
        int last = Math.max(offsets.length, 1) - 2;
        int outside = 0;
        for (int i = 0; i < size; i++) {
            outside |= ids[i] | (last - ids[i]);
        }
        if (outside < 0) {
            throw new IllegalArgumentException(
                    "A value's number is none of the dictionary's " + (last + 1) + " entries");
        }
        return new BytesVector(type, bytes, offsets, ids, size, nulls);
    }

    private static void requireBytes(ColumnType type) {
        if (!(builder(type, 0) instanceof Builder)) {
            throw new IllegalArgumentException("A BytesVector does not hold " + type);
        }
    }

    /** How many entries the dictionary has; 0 where values stand end to end. */
    public int entries() {
        return ids == null ? 0 : offsets.length - 1;
    }

    /** The number of a position's entry in the dictionary; of values end to end, its own. */
    public int entry(int position) {
        return ids == null ? position : ids[position];
    }

    /**
     * The array that holds all values, not copied: read {@link #length} bytes from {@link #offset}, and change nothing. Values
     * follow each other in any order, and some may have the same place.
     */
    public byte[] bytes() {
        return bytes;
    }

    /** Where the value at a position begins in {@link #bytes()}. */
    public int offset(int position) {
        return offsets[entry(position)];
    }

    /** How many bytes the value at a position has; 0 where it is null. */
    public int length(int position) {
        int entry = entry(position);
        return offsets[entry + 1] - offsets[entry];
    }

    /** How many bytes the values from one position to before another have together. */
    public long byteCount(int from, int to) {
        if (ids == null) {
            return (long) offsets[to] - offsets[from];
        }
        long count = 0;
        for (int i = from; i < to; i++) {
            count += length(i);
        }
        return count;
    }

    /** Where in {@link #bytes()} the first byte lies that is a value's. */
    public int firstByte() {
        return offsets[0];
    }

    /** Where in {@link #bytes()} those bytes end that are a value's. */
    public int endByte() {
        return offsets[ids == null ? size() : offsets.length - 1];
    }

    /** The text at a position, which must not be null. */
    public String stringAt(int position) {
        return new String(bytes, offset(position), length(position), StandardCharsets.UTF_8);
    }

    /** Whether text can be kept: it has no half of a surrogate pair, for which there are no bytes in UTF-8. */
    public static boolean isWellFormed(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                i++;
                if (Character.isLowSurrogate(c) || i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** A UUID's 16 bytes in network order. */
    static byte[] bytes(UUID uuid) {
        return ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
    }

    @Override
    Object boxed(int position) {
        return switch (type().kind()) {
            case BYTES -> Arrays.copyOfRange(bytes, offset(position), offset(position) + length(position));
            case UUID -> {
                ByteBuffer buffer = ByteBuffer.wrap(bytes, offset(position), 16);
                yield new UUID(buffer.getLong(), buffer.getLong());
            }
            default -> stringAt(position);
        };
    }

    @Override
    ColumnVector gathered(int[] positions, int count, long @Nullable [] taken) {
        long total = 0;
        for (int i = 0; i < count; i++) {
            total += length(positions[i]);
        }
        // A few values of a large dictionary do without it.
        if (ids != null
                && bytes.length + (long) Integer.BYTES * offsets.length
                        <= MOST_TIMES * (total + (long) Integer.BYTES * count)) {
            int[] chosenIds = new int[count];
            for (int i = 0; i < count; i++) {
                chosenIds[i] = ids[positions[i]];
            }
            return new BytesVector(type(), bytes, offsets, chosenIds, count, taken);
        }
        int[] chosenOffsets = new int[count + 1];
        byte[] chosen = new byte[Math.toIntExact(total)];
        for (int i = 0; i < count; i++) {
            int length = length(positions[i]);
            System.arraycopy(bytes, offset(positions[i]), chosen, chosenOffsets[i], length);
            chosenOffsets[i + 1] = chosenOffsets[i] + length;
        }
        return new BytesVector(type(), chosen, chosenOffsets, null, count, taken);
    }

    /** Collects values for a {@link BytesVector}. */
    public static final class Builder extends ColumnVector.Builder {

        private byte[] bytes;
        private int[] offsets;

        Builder(ColumnType type, int capacity) {
            super(type, capacity);
            bytes = new byte[this.capacity * 16];
            offsets = new int[this.capacity + 1];
        }

        /** Appends a copy of {@code length} bytes of an array from {@code offset} on. */
        public void append(byte[] source, int offset, int length) {
            int end = offsets[size];
            if (length > bytes.length - end) {
                bytes = Arrays.copyOf(bytes, grown(bytes.length, Math.addExact(end, length)));
            }
            System.arraycopy(source, offset, bytes, end, length);
            close(end + length);
        }

        /**
         * Appends text.
         *
         * @throws KeywharfException with code {@code table.bad_value} when it is not {@link BytesVector#isWellFormed}
         */
        public void append(String text) {
            if (!isWellFormed(text)) {
                throw new KeywharfException(
                        BAD_VALUE, type.toString(), "half of a surrogate pair has no form in UTF-8; correct the text");
            }
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            append(utf8, 0, utf8.length);
        }

        private void close(int end) {
            if (size + 1 == offsets.length) {
                offsets = Arrays.copyOf(offsets, grown(offsets.length, size + 2));
            }
            offsets[++size] = end;
        }

        @Override
        void appendBoxed(Object value) {
            switch (type.kind()) {
                case BYTES -> append((byte[]) value, 0, ((byte[]) value).length);
                case UUID -> append(bytes((UUID) value), 0, 16);
                default -> append((String) value);
            }
        }

        @Override
        void skip() {
            close(offsets[size]);
        }

        @Override
        ColumnVector vector(long @Nullable [] takenNulls) {
            BytesVector vector = new BytesVector(type, bytes, offsets, null, size, takenNulls);
            bytes = new byte[Math.max(offsets[size], 16)];
            offsets = new int[capacity + 1];
            return vector;
        }
    }
}
