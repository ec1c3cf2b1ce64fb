package io.github.keywharf.http;

import io.github.keywharf.KeywharfException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Reads a request's body for the client, and remembers why that failed, which the client's own error does not say. */
final class Upload implements AutoCloseable {
    private final HttpBody body;
    private final Queue<InputStream> opened = new ConcurrentLinkedQueue<>();
    private volatile @Nullable RuntimeException failure;

    Upload(HttpBody body) {
        this.body = body;
    }

    InputStream open() {
        try {
            InputStream stream = new Noted(body.open());
            opened.add(stream);
            return stream;
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
    }

    /** Whether the client reads a stream of the body, which may wait. */
    boolean isStream() {
        return !(body instanceof BytesBody);
    }

    /** Closes the body and the streams of it, which the client leaves open where an answer came before their end. */
    @Override
    public void close() {
        body.close();
        for (InputStream stream = opened.poll(); stream != null; stream = opened.poll()) {
            try {
                stream.close();
            } catch (IOException e) {
                // What was read has been sent.
            }
        }
    }

    Optional<RuntimeException> failure() {
        return Optional.ofNullable(failure);
    }

    private final class Noted extends FilterInputStream {
        Noted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int n = read(one, 0, 1);
            return n < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                return in.read(target, offset, length);
            } catch (RuntimeException e) {
                failure = e;
                throw new IOException("The request's body cannot be read", e);
            } catch (IOException e) {
                failure = new KeywharfException(
                        HttpBody.UNREADABLE, "body", "The request's body cannot be read to its end; see the cause", e);
                throw e;
            }
        }
    }
}
