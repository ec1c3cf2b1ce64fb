package io.github.keywharf.http;

import io.github.keywharf.internal.BlockInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Decompresses gzip lazily, up to a number of bytes: a few kilobytes can hold gigabytes. */
final class InflatedStream extends BlockInputStream {
    private static final int BUFFER = 16 * 1024;

    private final InputStream compressed;
    private final String subject;
    private final long maxBytes;
    private @Nullable GZIPInputStream inflated;
    private long count;
    private boolean ended;

    InflatedStream(InputStream compressed, String subject, long maxBytes) {
        this.compressed = compressed;
        this.subject = subject;
        this.maxBytes = maxBytes;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        try {
            int n = inflate(target, offset, length);
            count += Math.max(n, 0);
            if (count > maxBytes) {
                close();
                throw ClientErrors.tooLarge(subject, maxBytes);
            }
            return n;
        } catch (ZipException | EOFException e) {
            close();
            throw ClientErrors.badResponse(subject, "its gzip content is damaged or cut", e);
        }
    }

    private int inflate(byte[] target, int offset, int length) throws IOException {
        if (length == 0 || ended) {
            return length == 0 ? 0 : -1;
        }
        GZIPInputStream member = inflated;
        if (member == null) {
            member = new GZIPInputStream(new Member(compressed), BUFFER);
            inflated = member;
        }
        while (true) {
            int n = member.read(target, offset, length);
            if (n >= 0) {
                return n;
            }
            // The JDK's stream ends between two members if the next one has not arrived, so it is opened here.
            int next = compressed.read();
            if (next < 0) {
                ended = true;
                return -1;
            }
            member.close();
            InputStream first = new ByteArrayInputStream(new byte[] {(byte) next});
            member = new GZIPInputStream(new SequenceInputStream(first, new Member(compressed)), BUFFER);
            inflated = member;
        }
    }

    @Override
    public void close() throws IOException {
        ended = true;
        try (compressed) {
            if (inflated != null) {
                inflated.close();
            }
        }
    }

    /** One member of the compressed stream; closing it leaves that stream open. */
    private static final class Member extends FilterInputStream {
        Member(InputStream compressed) {
            super(compressed);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return in.read(target, offset, length);
        }

        @Override
        public void close() {
            // The compressed stream has more than this member.
        }
    }
}
