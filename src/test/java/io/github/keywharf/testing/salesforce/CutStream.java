package io.github.keywharf.testing.salesforce;

import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpResponse;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Ends with an {@link IOException} after some bytes: what a client sees of a connection that is lost in a body. */
final class CutStream extends FilterInputStream {
    private int left;

    private CutStream(InputStream whole, int bytes) {
        super(whole);
        this.left = bytes;
    }

    /** The response with its body cut; its length stays the announced one, so that the end is seen to be missing. */
    static HttpResponse after(int bytes, HttpResponse response) {
        long length = response.body().length().orElse(0);
        if (length <= bytes) {
            return response;
        }
        return response.withBody(HttpBody.stream(new CutStream(response.body().open(), bytes), length));
    }

    @Override
    public int read() throws IOException {
        check();
        left--;
        return super.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        check();
        int n = super.read(target, offset, Math.min(length, left));
        left -= Math.max(0, n);
        return n;
    }

    private void check() throws IOException {
        if (left == 0) {
            throw new IOException("Connection reset");
        }
    }
}
