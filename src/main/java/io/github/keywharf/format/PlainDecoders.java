package io.github.keywharf.format;

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

    static final class Ints implements ValueDecoder {
        private final byte[] bytes;
        private final int end;
        private int at;

        Ints(byte[] bytes, int from, int to) {
            this.bytes = bytes;
            this.at = from;
            this.end = to;
        }

        @Override
        public void decode(DecodedValues target, int count) {
            check(count <= (end - at) / Integer.BYTES);
            target.clear(count, false);
            long[] longs = target.longs;
            for (int i = 0; i < count; i++) {
                longs[i] = LittleEndian.intAt(bytes, at + i * Integer.BYTES);
            }
            at += count * Integer.BYTES;
        }
    }

    static final class Longs implements ValueDecoder {
        private final byte[] bytes;
        private final int end;
        private int at;

        Longs(byte[] bytes, int from, int to) {
            this.bytes = bytes;
            this.at = from;
            this.end = to;
        }

        @Override
        public void decode(DecodedValues target, int count) {
            check(count <= (end - at) / Long.BYTES);
            target.clear(count, false);
            long[] longs = target.longs;
            for (int i = 0; i < count; i++) {
                longs[i] = LittleEndian.longAt(bytes, at + i * Long.BYTES);
            }
            at += count * Long.BYTES;
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
}
