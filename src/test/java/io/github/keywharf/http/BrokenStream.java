package io.github.keywharf.http;

import java.io.IOException;
import java.io.InputStream;

/** Cannot be read. */
final class BrokenStream extends InputStream {
    private final String reason;

    BrokenStream(String reason) {
        this.reason = reason;
    }

    @Override
    public int read() throws IOException {
        throw new IOException(reason);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        throw new IOException(reason);
    }
}
