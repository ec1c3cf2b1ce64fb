package io.github.keywharf.http;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.OptionalLong;

/** Content in memory. */
final class BytesBody implements HttpBody {
    static final BytesBody EMPTY = new BytesBody(new byte[0]);

    private final byte[] bytes;

    BytesBody(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The content, not copied. */
    byte[] content() {
        return bytes;
    }

    @Override
    public OptionalLong length() {
        return OptionalLong.of(bytes.length);
    }

    @Override
    public boolean isReplayable() {
        return true;
    }

    @Override
    public InputStream open() {
        return new ByteArrayInputStream(bytes);
    }

    @Override
    public void close() {
        // Holds nothing.
    }

    @Override
    public String toString() {
        return bytes.length + " bytes";
    }
}
