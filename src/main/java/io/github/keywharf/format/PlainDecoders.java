package io.github.keywharf.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.LongBuffer;

/** Decoders of plain pages. */
final class PlainDecoders {

    private PlainDecoders() {}

    private static void check(boolean enough) {
        if (!enough) {
            throw new IndexOutOfBoundsException("a page has fewer values than it says");
        }
    }

    static final class Bits implements ValueDecoder {
        private final byte[] bytes;
        private final long end;
        private long bit;

        Bits(byte[] bytes, int from, int to) {
            this.bytes = bytes;
            this.bit = (long) from * Byte.SIZE;
            this.end = (long) to * Byte.SIZE;
        }

        @Override
        public void decode(DecodedValues target, int count) {
            check(count <= end - bit);
            target.clear(count, false);
            for (int i = 0; i < count; i++, bit++) {
                target.longs[i] = (bytes[(int) (bit >>> 3)] >>> (bit & 7)) & 1L;
            }
        }
    }

    private static ByteBuffer buffer(byte[] bytes, int from, int to) {
        return ByteBuffer.wrap(bytes, from, to - from).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    static final class Ints implements ValueDecoder {
        private final IntBuffer values;

        Ints(byte[] bytes, int from, int to) {
            values = buffer(bytes, from, to).asIntBuffer();
        }

        @Override
        public void decode(DecodedValues target, int count) {
            check(count <= values.remaining());
            target.clear(count, false);
            int[] ints = target.ints(count);
            values.get(ints, 0, count);
            for (int i = 0; i < count; i++) {
                target.longs[i] = ints[i];
            }
        }
    }

    static final class Longs implements ValueDecoder {
        private final LongBuffer values;

        Longs(byte[] bytes, int from, int to) {
            values = buffer(bytes, from, to).asLongBuffer();
        }

        @Override
        public void decode(DecodedValues target, int count) {
            check(count <= values.remaining());
            target.clear(count, false);
            values.get(target.longs, 0, count);
        }
    }

    static final class Strings implements ValueDecoder {
        private final byte[] bytes;
        private final int end;
        private final int fixed;
        private int at;

        Strings(byte[] bytes, int from, int to, int fixed) {
            this.bytes = bytes;
            this.at = from;
            this.end = to;
            this.fixed = fixed;
        }

        @Override
        public void decode(DecodedValues target, int count) {
            check(count <= (end - at) / (fixed < 0 ? Integer.BYTES : Math.max(fixed, 1)) || fixed == 0);
            target.clear(count, true);
            target.base = bytes;
            for (int i = 0; i < count; i++) {
                int length = fixed;
                if (fixed < 0) {
                    check(end - at >= Integer.BYTES);
                    length = LittleEndian.intAt(bytes, at);
                    at += Integer.BYTES;
                }
                check(length >= 0 && length <= end - at);
                target.offsets[i] = at;
                target.lengths[i] = length;
                at += length;
            }
        }
    }

    /** BYTE_STREAM_SPLIT: the first bytes of all values, then the second ones, and so on. */
    static final class Split implements ValueDecoder {
        private final byte[] bytes;
        private final int from;
        private final int width;
        private final int stream;
        private final boolean binary;
        private final byte[] value;
        private int next;

        Split(byte[] bytes, int from, int to, int width, boolean binary) {
            check(width > 0 && (to - from) % width == 0);
            this.bytes = bytes;
            this.from = from;
            this.width = width;
            this.stream = (to - from) / width;
            this.binary = binary;
            this.value = new byte[binary ? width : 0];
        }

        @Override
        public void decode(DecodedValues target, int count) {
            check(count <= stream - next);
            target.clear(count, binary);
            for (int i = 0; i < count; i++, next++) {
                if (binary) {
                    for (int b = 0; b < width; b++) {
                        value[b] = bytes[from + b * stream + next];
                    }
                    target.keep(i, value, 0, width);
                } else {
                    long bits = bytes[from + (width - 1) * stream + next];
                    for (int b = width - 2; b >= 0; b--) {
                        bits = (bits << Byte.SIZE) | (bytes[from + b * stream + next] & 0xFF);
                    }
                    target.longs[i] = bits;
                }
            }
        }
    }
}
