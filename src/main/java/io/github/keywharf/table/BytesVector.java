package io.github.keywharf.table;

import io.github.keywharf.KeywharfException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values of a {@link ColumnType.Kind#STRING}, {@link ColumnType.Kind#JSON}, {@link ColumnType.Kind#BYTES} or
 * {@link ColumnType.Kind#UUID} column in one array of bytes; text is UTF-8. The values lie end to end, or, if the file has a
 * dictionary, each distinct value once.
 */
public final class BytesVector extends ColumnVector {
    static final String BAD_VALUE = "table.bad_value";

    /** Maximum size of a dictionary relative to gathered values, above which they are copied and the dictionary freed. */
    private static final int MAX_DICTIONARY_RATIO = 4;

    private final byte[] bytes;
    private final int[] offsets;
    /** The dictionary entry of each position; null if the values lie end to end. */
    private final int @Nullable [] ids;

    private BytesVector(
            ColumnType type, byte[] bytes, int[] offsets, int @Nullable [] ids, int size, long @Nullable [] nulls) {
        super(type, size, nulls);
        this.bytes = bytes;
        this.offsets = offsets;
        this.ids = ids;
    }

    /**
     * A vector over these arrays, which then belong to the vector.
     *
     * @param bytes the values, end to end
     * @param offsets the start of each value, followed by the end of the last one
     * @param nulls a bit for each null position, 64 to a word, the lowest first; or null if there are none
     * @throws IllegalArgumentException if values of the type are not held as bytes
     */
    public static BytesVector of(ColumnType type, byte[] bytes, int[] offsets, int size, long @Nullable [] nulls) {
        requireBytes(type);
        return new BytesVector(type, bytes, offsets, null, size, nulls);
    }

    /**
     * A vector whose values are entries of a dictionary. The arrays then belong to the vector; vectors may share those of the
     * dictionary.
     *
     * @param bytes the entries, end to end
     * @param offsets the start of each entry, followed by the end of the last one
     * @param ids the number of each position's entry, counted from 0; at a null, the number of an entry without bytes
     * @param nulls a bit for each null position, 64 to a word, the lowest first; or null if there are none
     * @throws IllegalArgumentException if values of the type are not held as bytes, or an entry does not exist
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
                    "A value refers to an entry beyond the dictionary's " + (last + 1) + " entries");
        }
        return new BytesVector(type, bytes, offsets, ids, size, nulls);
    }

    private static void requireBytes(ColumnType type) {
        if (!(builder(type, 0) instanceof Builder)) {
            throw new IllegalArgumentException("A BytesVector does not hold " + type);
        }
    }

    /** Number of dictionary entries; 0 if the values lie end to end. */
    public int entries() {
        return ids == null ? 0 : offsets.length - 1;
    }

    /** The dictionary entry of a position, or the position itself if the values lie end to end. */
    public int entry(int position) {
        return ids == null ? position : ids[position];
    }

    /**
     * The array that holds all values, not copied: a value is the {@link #length} bytes from {@link #offset}. Values lie in any
     * order, and several positions may share one. The array must not be modified.
     */
    public byte[] bytes() {
        return bytes;
    }

    /** Start of the value at a position in {@link #bytes()}. */
    public int offset(int position) {
        return offsets[entry(position)];
    }

    /** Length in bytes of the value at a position; 0 if it is null. */
    public int length(int position) {
        int entry = entry(position);
        return offsets[entry + 1] - offsets[entry];
    }

    /** Total length in bytes of the values from one position up to another, which is excluded. */
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

    /** Start of the part of {@link #bytes()} that holds values. */
    public int firstByte() {
        return offsets[0];
    }

    /** End of the part of {@link #bytes()} that holds values. */
    public int endByte() {
        return offsets[ids == null ? size() : offsets.length - 1];
    }

    /** The text at a position, which must not be null. */
    public String stringAt(int position) {
        return new String(bytes, offset(position), length(position), StandardCharsets.UTF_8);
    }

    /** True if text can be stored: it has no unpaired surrogate, which UTF-8 cannot encode. */
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
    ColumnVector gather(int[] positions, int count, long @Nullable [] gatheredNulls) {
        long total = 0;
        for (int i = 0; i < count; i++) {
            total += length(positions[i]);
        }
        // A few values must not keep a large dictionary in memory.
        if (ids != null
                && bytes.length + (long) Integer.BYTES * offsets.length
                        <= MAX_DICTIONARY_RATIO * (total + (long) Integer.BYTES * count)) {
            int[] chosenIds = new int[count];
            for (int i = 0; i < count; i++) {
                chosenIds[i] = ids[positions[i]];
            }
            return new BytesVector(type(), bytes, offsets, chosenIds, count, gatheredNulls);
        }
        int[] chosenOffsets = new int[count + 1];
        byte[] chosen = new byte[Math.toIntExact(total)];
        for (int i = 0; i < count; i++) {
            int length = length(positions[i]);
            System.arraycopy(bytes, offset(positions[i]), chosen, chosenOffsets[i], length);
            chosenOffsets[i + 1] = chosenOffsets[i] + length;
        }
        return new BytesVector(type(), chosen, chosenOffsets, null, count, gatheredNulls);
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
        ColumnVector vector(long @Nullable [] nullBits) {
            BytesVector vector = new BytesVector(type, bytes, offsets, null, size, nullBits);
            bytes = new byte[Math.max(offsets[size], 16)];
            offsets = new int[capacity + 1];
            return vector;
        }
    }
}
