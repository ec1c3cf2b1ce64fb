package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** A range of one version of an object; an answer that breaks off is asked for again from where it did. */
final class S3Range extends InputStream {
    private final S3Store store;
    private final StoredObject object;
    private final long end;
    private long position;
    private @Nullable ResponseInputStream<GetObjectResponse> content;
    private int failures;
    private boolean closed;

    /** The range from a position to an end, of which the answer has perhaps begun. */
    S3Range(
            S3Store store,
            StoredObject object,
            long position,
            long end,
            @Nullable ResponseInputStream<GetObjectResponse> content) {
        this.store = store;
        this.object = object;
        this.position = position;
        this.end = end;
        this.content = content;
    }

    /** Reads that many bytes, which the range must still have. */
    void readWhole(byte[] target, int offset, int length) {
        int done = 0;
        while (done < length) {
            done += read(target, offset + done, length - done);
        }
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (closed) {
            throw new IllegalStateException("The stream of '" + object.key() + "' is closed");
        }
        int wanted = (int) Math.min(length, end - position);
        if (wanted <= 0) {
            return length == 0 ? 0 : -1;
        }
        while (true) {
            IOException broken;
            try {
                int read = content().read(target, offset, wanted);
                if (read > 0) {
                    position += read;
                    failures = 0;
                    return read;
                }
                broken = new IOException("it ended " + (end - position) + " bytes early");
            } catch (SdkException e) {
                throw store.failed(object.key(), e);
            } catch (IOException e) {
                broken = e;
            }
            drop();
            failures++;
            if (failures >= store.clients().attempts()) {
                throw new KeywharfException(
                        "store.unavailable",
                        store.subject(object.key()),
                        "Reading broke off " + failures + " times at byte " + position + " of " + object.size()
                                + "; check the network and try again",
                        broken);
            }
        }
    }

    private InputStream content() {
        ResponseInputStream<GetObjectResponse> open = content;
        if (open == null) {
            open = store.s3()
                    .getObject(GetObjectRequest.builder()
                            .bucket(store.bucket())
                            .key(object.key())
                            .ifMatch('"' + object.etag() + '"')
                            .range("bytes=" + position + "-" + (end - 1))
                            .build());
            content = open;
        }
        return open;
    }

    @Override
    public long skip(long count) {
        long skipped = Math.max(0, Math.min(count, end - position));
        if (skipped > 0) {
            drop();
            position += skipped;
        }
        return skipped;
    }

    /** Gives the answer up without reading it to its end. */
    private void drop() {
        ResponseInputStream<GetObjectResponse> open = content;
        content = null;
        if (open != null) {
            open.abort();
        }
    }

    @Override
    public void close() {
        closed = true;
        ResponseInputStream<GetObjectResponse> open = content;
        if (position < end || open == null) {
            drop();
            return;
        }
        content = null;
        try {
            // Read to its end, the connection can serve again.
            if (open.read() < 0) {
                open.close();
            } else {
                open.abort();
            }
        } catch (IOException | SdkException e) {
            open.abort();
        }
    }
}
