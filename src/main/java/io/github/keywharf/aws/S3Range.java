package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.BlockInputStream;
import io.github.keywharf.store.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * A range of one version of an object. An answer that breaks off is requested again from where it did, and an answer with
 * other bytes than those requested is refused: the first answer to a request for a whole object is checked against the
 * checksum that S3 stores with it, before its last bytes are returned.
 */
final class S3Range extends BlockInputStream {
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
                InputStream open = content();
                int read = open.read(target, offset, wanted);
                if (read > 0) {
                    position += read;
                    failures = 0;
                    if (position == end) {
                        finish(open);
                    }
                    return read;
                }
                broken = new IOException("it ended " + (end - position) + " bytes early");
            } catch (SdkException e) {
                drop();
                throw AwsErrors.isDamaged(e) ? damaged(e) : store.failed(object.key(), e);
            } catch (IOException e) {
                broken = e;
            }
            drop();
            failures++;
            if (failures >= store.clients().attempts()) {
                throw KeywharfException.retryable(
                        S3Store.UNAVAILABLE,
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
            open = store.s3().getObject(request());
            content = open;
            checkVersion(S3Store.etag(open.response().eTag()));
            if (!isWhole()) {
                checkRange(open.response().contentRange());
            }
        }
        return open;
    }

    private boolean isWhole() {
        return position == 0 && end == object.size();
    }

    /** A checksum is of the whole object, so it is asked for only with the whole object. */
    private GetObjectRequest request() {
        GetObjectRequest.Builder request = store.requests().get(object.key()).ifMatch('"' + object.etag() + '"');
        return (isWhole()
                        ? request.checksumMode(store.clients().checksumMode())
                        : request.range("bytes=" + position + "-" + (end - 1)))
                .build();
    }

    /** Servers exist that ignore the header {@code If-Match} and send whatever version there is. */
    private void checkVersion(String etag) {
        if (!etag.isEmpty() && !etag.equals(object.etag())) {
            drop();
            throw S3Store.replaced(store.subject(object.key()), null);
        }
    }

    /** Servers and gateways exist that ignore the header {@code Range} and send the object from its beginning. */
    private void checkRange(@Nullable String range) {
        String requested = "bytes " + position + "-" + (end - 1) + "/";
        if (range == null || !range.startsWith(requested)) {
            drop();
            throw new KeywharfException(
                    "store.unsupported",
                    store.subject(object.key()),
                    "The server was asked for bytes " + position + " to " + end + " and answered with "
                            + (range == null ? "the whole object" : "'" + range + "'")
                            + "; use a server, or a gateway before it, that obeys the header Range");
        }
    }

    /**
     * Reads the end of an answer after its last byte. The SDK compares the checksum only then; and a connection whose
     * answer was read to its end can serve again.
     */
    private void finish(InputStream open) {
        try {
            if (open.read() < 0) {
                open.close();
                content = null;
                return;
            }
        } catch (IOException brokeOffAfterTheLastByte) {
            drop();
            return;
        }
        drop();
        throw damaged(null);
    }

    private KeywharfException damaged(@Nullable SdkException cause) {
        return KeywharfException.retryable(
                "store.damaged",
                store.subject(object.key()),
                cause == null
                        ? "The answer has more bytes than the " + (end - position) + " after byte " + position
                                + " that were requested; check the server and what is between it and this machine"
                        : "What arrived does not match the checksum that is stored with the object; read it again, and"
                                + " check the server and what is between it and this machine",
                cause);
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
        drop();
    }
}
