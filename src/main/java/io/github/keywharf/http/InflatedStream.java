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

/** Decompresses gzip, up to a number of bytes: a few kilobytes can hold gigabytes. Reads nothing before it is read. */
final class InflatedStream extends BlockInputStream {
    private static final int BUFFER = 16 * 1024;

    private final InputStream compressed;
    private final String subject;
    private final long most;
    private @Nullable GZIPInputStream inflated;
    private long count;
    private boolean ended;

    InflatedStream(InputStream compressed, String subject, long most) {
        this.compressed = compressed;
        this.subject = subject;
        this.most = most;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        try {
            int n = inflate(target, offset, length);
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

    /** The JDK's stream takes a pause between two members for the end, so each that follows a pause is begun here. */
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

    /** Leaves the compressed stream open when a member ends. */
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
