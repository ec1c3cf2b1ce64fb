package io.github.keywharf.format;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Decoders of pages that store differences. */
final class DeltaDecoders {

    private DeltaDecoders() {}

    private static void read(DeltaNumbers numbers, long[] target, int count) {
        try {
            numbers.read(target, count);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void check(boolean valid, long length) {
        if (!valid) {
            throw new IndexOutOfBoundsException("a page claims a value of " + length + " bytes");
        }
    }

    /** DELTA_BINARY_PACKED. */
    static final class Numbers implements ValueDecoder {
        private final DeltaNumbers numbers;
        private final boolean narrow;

        /** @param narrow whether they are numbers of 32 bits, whose differences may overflow */
        Numbers(DeltaNumbers numbers, boolean narrow) {
            this.numbers = numbers;
            this.narrow = narrow;
        }

        @Override
        public void decode(DecodedValues target, int count) {
            target.clear(count, false);
            read(numbers, target.longs, count);
            for (int i = 0; narrow && i < count; i++) {
                target.longs[i] = (int) target.longs[i];
            }
        }
    }

    /** DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes. */
    static final class Strings implements ValueDecoder {
        private final byte[] bytes;
        private final int end;
        private final DeltaNumbers lengths;
        private final long[] chosen;
        private int at;

        Strings(byte[] bytes, int from, int end, int most) throws IOException {
            this.bytes = bytes;
            this.end = end;
            chosen = new long[Math.min(most, LeafReader.SLICE)];
            lengths = new DeltaNumbers(bytes, from, end, most);
            at = lengths.end();
        }

        @Override
        public void decode(DecodedValues target, int count) {
            read(lengths, chosen, count);
            target.clear(count, true);
            target.base = bytes;
            for (int i = 0; i < count; i++) {
                long length = chosen[i];
                check(length >= 0 && length <= end - at, length);
                target.offsets[i] = at;
                target.lengths[i] = (int) length;
                at += (int) length;
            }
        }
    }

    /** DELTA_BYTE_ARRAY: how much each value has in common with the one before, then the rest of each. */
    static final class Prefixed implements ValueDecoder {
        private final byte[] bytes;
        private final int end;
        private final int fixed;
        private final DeltaNumbers prefixes;
        private final DeltaNumbers suffixes;
        private final long[] shared;
        private final long[] own;
        private int at;
        private byte[] previous = new byte[0];
        private int previousLength;

        Prefixed(byte[] bytes, int from, int end, int most, int fixed) throws IOException {
            this.bytes = bytes;
            this.end = end;
            this.fixed = fixed;
            shared = new long[Math.min(most, LeafReader.SLICE)];
            own = new long[shared.length];
            prefixes = new DeltaNumbers(bytes, from, end, most);
            suffixes = new DeltaNumbers(bytes, prefixes.end(), end, most);
            at = suffixes.end();
        }

        @Override
        public void decode(DecodedValues target, int count) {
            read(prefixes, shared, count);
            read(suffixes, own, count);
            target.clear(count, true);
            for (int i = 0; i < count; i++) {
                long prefix = shared[i];
                long suffix = own[i];
                int before = i == 0 ? previousLength : target.lengths[i - 1];
                check(prefix >= 0 && prefix <= before, prefix);
                check(suffix >= 0 && suffix <= end - at, suffix);
                check(fixed < 0 || prefix + suffix == fixed, prefix + suffix);
                if (i == 0) {
                    target.keep(0, previous, 0, (int) prefix, bytes, at, (int) suffix);
                } else {
                    target.keep(i, target.base, target.offsets[i - 1], (int) prefix, bytes, at, (int) suffix);
                }
                at += (int) suffix;
            }
            if (count > 0) {
                keepLast(target, count - 1);
            }
        }

        private void keepLast(DecodedValues target, int last) {
            previousLength = target.lengths[last];
            if (previous.length < previousLength) {
                previous = new byte[previousLength];
            }
            System.arraycopy(target.base, target.offsets[last], previous, 0, previousLength);
        }
    }
}
