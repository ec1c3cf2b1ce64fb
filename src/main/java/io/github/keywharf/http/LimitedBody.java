package io.github.keywharf.http;

import io.github.keywharf.KeywharfException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** A body of unknown length that fails when more than a number of bytes are read. */
record LimitedBody(HttpBody body, long maxBytes, Supplier<KeywharfException> error) implements HttpBody {
    @Override
    public OptionalLong length() {
        return body.length();
    }

    @Override
    public boolean isReplayable() {
        return body.isReplayable();
    }

    @Override
    public InputStream open() {
        return new Counted(body.open());
    }

    @Override
    public void close() {
        body.close();
    }

    @Override
    public String toString() {
        return body + " of at most " + maxBytes + " bytes";
    }

    private final class Counted extends FilterInputStream {
        private long count;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int one = in.read();
            count(one < 0 ? 0 : 1);
            return one;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = in.read(target, offset, length);
            count(Math.max(n, 0));
            return n;
        }

        @Override
        public long skip(long n) throws IOException {
            long skipped = in.skip(n);
            count(skipped);
            return skipped;
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        private void count(long more) {
            count += more;
            if (count > maxBytes) {
                throw error.get();
            }
        }
    }
}
