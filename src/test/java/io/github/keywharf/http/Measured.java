package io.github.keywharf.http;

import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A number of bytes that are made as they are read, and how far making them is ahead of using them: what lies between the
 * two is in somebody's memory.
 */
public final class Measured extends InputStream {
    private final long length;
    private final AtomicLong made = new AtomicLong();
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong ahead = new AtomicLong();

    /** So many bytes. */
    public Measured(long length) {
        this.length = length;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int size) {
        Objects.checkFromIndexSize(offset, size, target.length);
        long position = made.get();
        int n = (int) Math.min(size, length - position);
        if (n <= 0) {
            return size == 0 ? 0 : -1;
        }
        for (int i = 0; i < n; i++) {
            target[offset + i] = at(position + i);
        }
        made.addAndGet(n);
        ahead.accumulateAndGet(made.get() - used.get(), Math::max);
        return n;
    }

    private static byte at(long position) {
        return (byte) ((position * 31) >>> 7);
    }

    /** Reads what arrives, checks that it is what was made, and returns how much it was. */
    public long use(InputStream arriving) throws java.io.IOException {
        byte[] piece = new byte[64 * 1024];
        for (int n = arriving.read(piece); n >= 0; n = arriving.read(piece)) {
            long position = used.get();
            for (int i = 0; i < n; i++) {
                if (piece[i] != at(position + i)) {
                    throw new AssertionError("byte " + (position + i) + " is not the one that was sent");
                }
            }
            used.addAndGet(n);
        }
        return used.get();
    }

    /** The most bytes that were made and not yet used. */
    public long mostAhead() {
        return ahead.get();
    }
}
