package io.github.keywharf.http;

import io.github.keywharf.KeywharfException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Body of a request that is being sent, and the failure to read it, which the error of the JDK's client does not contain. */
final class Upload implements AutoCloseable {
    private final HttpBody body;
    private final Queue<InputStream> opened = new ConcurrentLinkedQueue<>();
    private volatile @Nullable RuntimeException failure;

    Upload(HttpBody body) {
        this.body = body;
    }

    InputStream open() {
        try {
            InputStream stream = new FailureRecorder(body.open());
            opened.add(stream);
            return stream;
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
    }

    /** Returns true if the client reads a stream of the body, which may block. */
    boolean isStream() {
        return !(body instanceof BytesBody);
    }

    /** Closes the body and its streams, which the client leaves open if an answer arrives before their end. */
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

    private final class FailureRecorder extends FilterInputStream {
        FailureRecorder(InputStream in) {
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
