package io.github.keywharf.format;

import io.github.keywharf.store.ObjectReader;
import java.io.EOFException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The bytes of a column chunk, in memory or fetched a window at a time. */
final class ChunkInput {

    private final @Nullable ObjectReader object;
    private final @Nullable PageBuffer windows;
    private final int window;
    private final long end;
    private long fetched;
    private byte[] buffer;
    private int position;
    private int limit;

    /** Bytes that are there already. */
    ChunkInput(byte[] bytes, int from, int to) {
        object = null;
        windows = null;
        window = 0;
        end = 0;
        buffer = bytes;
        position = from;
        limit = to;
    }

    /** Bytes of an object, fetched {@code window} at a time into a buffer that other chunks had before. */
    ChunkInput(ObjectReader object, long start, long end, int window, PageBuffer windows) {
        this.object = object;
        this.windows = windows;
        this.window = window;
        this.end = end;
        fetched = start;
        buffer = new byte[0];
    }

    /** Makes that many bytes follow in {@link #buffer()}, and returns where they begin. */
    int need(int count) throws IOException {
        int there = limit - position;
        if (there >= count) {
            return position;
        }
        if (object == null || windows == null || count - there > end - fetched) {
            throw new EOFException("the column ends within a page");
        }
        ParquetLimits.check(count, ParquetLimits.PAGE_BYTES, "bytes in one page");
        int fetch = (int) Math.min(end - fetched, Math.max(window, count - there));
        byte[] target = windows.room(there + fetch);
        System.arraycopy(buffer, position, target, 0, there);
        object.readFully(fetched, target, there, fetch);
        fetched += fetch;
        buffer = target;
        position = 0;
        limit = there + fetch;
        return 0;
    }

    byte[] buffer() {
        return buffer;
    }

    /** Takes the bytes that {@link #need} made ready. */
    void advance(int count) {
        position += count;
    }
}
