package io.github.keywharf.table;

import io.github.keywharf.KeywharfException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Values of a {@link ColumnType.Kind#STRING}, {@link ColumnType.Kind#JSON}, {@link ColumnType.Kind#BYTES} or
 * {@link ColumnType.Kind#UUID} column, end to end in one array of bytes; text is UTF-8.
 */
public final class BytesVector extends ColumnVector {

    private final byte[] bytes;
    private final int[] offsets;

    BytesVector(ColumnType type, byte[] bytes, int[] offsets, int size, long @Nullable [] nulls) {
        super(type, size, nulls);
        this.bytes = bytes;
        this.offsets = offsets;
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
        if (!(builder(type, 0) instanceof Builder)) {
            throw new IllegalArgumentException("A BytesVector does not hold " + type);
        }
        return new BytesVector(type, bytes, offsets, size, nulls);
    }

    /**
     * The array that holds all values, not copied: read {@link #length} bytes from {@link #offset}, and change nothing.
     */
    public byte[] bytes() {
        return bytes;
    }

    /** Where the value at a position begins in {@link #bytes()}. */
    public int offset(int position) {
        return offsets[position];
    }

    /** How many bytes the value at a position has; 0 where it is null. */
    public int length(int position) {
        return offsets[position + 1] - offsets[position];
    }

    /** The text at a position, which must not be null. */
    public String stringAt(int position) {
        return new String(bytes, offsets[position], length(position), StandardCharsets.UTF_8);
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

    @Override
    Object boxed(int position) {
        return switch (type().kind()) {
            case BYTES -> Arrays.copyOfRange(bytes, offsets[position], offsets[position + 1]);
            case UUID -> {
                ByteBuffer buffer = ByteBuffer.wrap(bytes, offsets[position], 16);
                yield new UUID(buffer.getLong(), buffer.getLong());
            }
            default -> stringAt(position);
        };
    }

    @Override
    ColumnVector gathered(int[] positions, int count, long @Nullable [] taken) {
        int[] chosenOffsets = new int[count + 1];
        for (int i = 0; i < count; i++) {
            chosenOffsets[i + 1] = chosenOffsets[i] + length(positions[i]);
        }
        byte[] chosen = new byte[chosenOffsets[count]];
        for (int i = 0; i < count; i++) {
            System.arraycopy(bytes, offsets[positions[i]], chosen, chosenOffsets[i], length(positions[i]));
        }
        return new BytesVector(type(), chosen, chosenOffsets, count, taken);
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
                        "table.bad_value",
                        type.toString(),
                        "half of a surrogate pair has no form in UTF-8; correct the text");
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
                case UUID -> {
                    UUID uuid = (UUID) value;
                    byte[] wire = ByteBuffer.allocate(16)
                            .putLong(uuid.getMostSignificantBits())
                            .putLong(uuid.getLeastSignificantBits())
                            .array();
                    append(wire, 0, wire.length);
                }
                default -> append((String) value);
            }
        }

        @Override
        void skip() {
            close(offsets[size]);
        }

        @Override
        ColumnVector vector(long @Nullable [] takenNulls) {
            BytesVector vector = new BytesVector(type, bytes, offsets, size, takenNulls);
            bytes = new byte[Math.max(offsets[size], 16)];
            offsets = new int[capacity + 1];
            return vector;
        }
    }
}
