package io.github.keywharf.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Decompresses gzip, up to a number of bytes: a few kilobytes can hold gigabytes. Reads nothing before it is read. */
final class InflatedStream extends InputStream {
    private static final int BUFFER = 16 * 1024;

    private final InputStream compressed;
    private final String subject;
    private final long most;
    private @Nullable GZIPInputStream inflated;
    private long count;

    InflatedStream(InputStream compressed, String subject, long most) {
        this.compressed = compressed;
        this.subject = subject;
        this.most = most;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int n = read(one, 0, 1);
        return n < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        try {
            if (inflated == null) {
                inflated = new GZIPInputStream(compressed, BUFFER);
            }
            int n = inflated.read(target, offset, length);
            count += Math.max(n, 0);
            if (count > most) {
                close();
                throw ClientErrors.tooLarge(subject, most);
            }
            return n;
        } catch (ZipException | EOFException e) {
            close();
            throw ClientErrors.bad(subject, "its gzip content is damaged or cut", e);
        }
    }

    @Override
    public void close() throws IOException {
        if (inflated == null) {
            compressed.close();
        } else {
            inflated.close();
        }
    }
}
