package io.github.keywharf.http.upload;

import io.github.keywharf.http.HttpBody;
import io.github.keywharf.internal.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Writes the content of one request behind what is there, through a buffer of a fixed size.
 *
 * <p>What came counts, however the request ends, unless it has a digest of its own: then all of it counts, or nothing.
 */
final class Append {
    /** How much is read at a time. */
    private static final int PIECE = 64 * 1024;

    private static final int CUT = -2;

    /** After how many bytes the offset is recorded within a request, 8 MiB: a crash loses no more. */
    static final long RECORD_EVERY = 8L * 1024 * 1024;

    private final OpenUpload upload;
    private final Optional<String> expected;
    private final InstantSource clock;
    private final MessageDigest digest = Sha256.digest();
    private long offset;

    /** An append with the digest that the request declares of its content. */
    Append(OpenUpload upload, Optional<String> expected, InstantSource clock) {
        this.upload = upload;
        this.expected = expected;
        this.clock = clock;
        this.offset = upload.state().offset();
    }

    /**
     * Reads a body, of which so many bytes have room. The content is durable afterwards; its end is recorded only when the
     * body failed, since the caller has more to record otherwise.
     *
     * @return where the content ends
     */
    long run(UploadFiles files, HttpBody body, long room, Supplier<UploadRefused> beyond) {
        long begun = offset;
        try (FileChannel channel = files.open(upload.state())) {
            if (channel.size() < begun) {
                throw new IOException("The content has lost bytes");
            }
            // What is beyond was never acknowledged.
            channel.truncate(begun).position(begun);
            try {
                copy(channel, body, begun + room, beyond);
                if (expected.isPresent()
                        && !expected.get().equals(HexFormat.of().formatHex(digest.digest()))) {
                    throw UploadRefused.of(
                            400,
                            "upload.content_digest",
                            "The content does not match its " + UploadHeaders.CONTENT_DIGEST
                                    + "; none of it counts, send it again");
                }
            } catch (IOException | RuntimeException e) {
                settle(channel, begun, e);
                throw e;
            }
            channel.force(false);
            return offset;
        } catch (IOException e) {
            throw UploadFiles.failed(upload.state().name(), "be written", e);
        }
    }

    /** Keeps what came of a body that failed, or takes it back where only the whole would count. */
    private void settle(FileChannel channel, long begun, Exception failure) {
        try {
            if (expected.isPresent()) {
                channel.truncate(begun);
            } else if (offset > begun) {
                record(channel);
            }
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private void copy(FileChannel channel, HttpBody body, long end, Supplier<UploadRefused> beyond) throws IOException {
        byte[] piece = new byte[PIECE];
        long recorded = offset;
        InputStream stream = body.open();
        upload.begin(stream);
        try {
            // One byte more than there is room for shows that there are too many.
            int n;
            while ((n = read(stream, piece, (int) Math.min(PIECE, end - offset + 1))) >= 0) {
                int fitting = (int) Math.min(n, end - offset);
                UploadFiles.writeFully(channel, ByteBuffer.wrap(piece, 0, fitting));
                if (expected.isPresent()) {
                    digest.update(piece, 0, fitting);
                }
                offset += fitting;
                if (fitting < n) {
                    throw beyond.get();
                }
                if (expected.isEmpty() && offset - recorded >= RECORD_EVERY) {
                    record(channel);
                    recorded = offset;
                }
            }
        } finally {
            upload.endContent();
        }
    }

    private int read(InputStream stream, byte[] piece, int most) {
        int n;
        try {
            n = stream.read(piece, 0, most);
        } catch (IOException e) {
            n = CUT;
        }
        if (!upload.isReading(stream)) {
            throw UploadRefused.of(409, "upload.ended", "Another request for this upload has come, and ended this one");
        }
        if (n == CUT) {
            throw UploadRefused.of(
                    400,
                    "upload.broken_off",
                    "The content broke off; ask by HEAD how much has arrived, and continue there");
        }
        return n;
    }

    private void record(FileChannel channel) throws IOException {
        channel.force(false);
        upload.record(upload.state().at(offset, clock.instant()));
    }
}
