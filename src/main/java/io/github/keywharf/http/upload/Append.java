package io.github.keywharf.http.upload;

import io.github.keywharf.http.HttpBody;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * Writes the content of one request behind the durable content, through a buffer of a fixed size. Bytes that arrived count,
 * however the request ends.
 */
final class Append {
    private static final int BUFFER = 64 * 1024;

    private static final int BROKEN_OFF = -2;

    /** Bytes after which the offset is recorded within a request, 8 MiB: a crash loses no more. */
    static final long RECORD_EVERY = 8L * 1024 * 1024;

    private final OpenUpload upload;
    private final InstantSource clock;
    private long offset;

    Append(OpenUpload upload, InstantSource clock) {
        this.upload = upload;
        this.clock = clock;
        this.offset = upload.state().progress().offset();
    }

    /**
     * Reads a body of at most {@code room} bytes. The content is durable afterwards; its end is recorded only if the body
     * failed, since the caller has more to record otherwise.
     *
     * @return the end of the content
     */
    long run(UploadFiles files, HttpBody body, long room, Supplier<UploadRefused> beyond) {
        long begun = offset;
        try (FileChannel channel = files.open(upload.creation())) {
            if (channel.size() < begun) {
                throw new IOException("The content has lost bytes");
            }
            // The bytes behind were never acknowledged.
            channel.truncate(begun).position(begun);
            try {
                copy(channel, body, begun + room, beyond);
            } catch (IOException | RuntimeException e) {
                recordAfter(e, channel, begun);
                throw e;
            }
            channel.force(false);
            return offset;
        } catch (IOException e) {
            throw UploadFiles.failed(upload.creation().name(), "be written", e);
        }
    }

    private void recordAfter(Exception failure, FileChannel channel, long begun) {
        try {
            if (offset > begun) {
                record(channel);
            }
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private void copy(FileChannel channel, HttpBody body, long end, Supplier<UploadRefused> beyond) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long recorded = offset;
        InputStream stream = body.open();
        upload.begin(stream);
        try {
            // One byte more than there is room for shows that there are too many.
            int n;
            while ((n = read(stream, buffer, (int) Math.min(BUFFER, end - offset + 1))) >= 0) {
                int fitting = (int) Math.min(n, end - offset);
                UploadFiles.writeFully(channel, ByteBuffer.wrap(buffer, 0, fitting));
                offset += fitting;
                if (fitting < n) {
                    throw beyond.get();
                }
                if (offset - recorded >= RECORD_EVERY) {
                    record(channel);
                    recorded = offset;
                }
            }
        } finally {
            upload.endContent();
        }
    }

    private int read(InputStream stream, byte[] buffer, int most) {
        int n;
        try {
            n = stream.read(buffer, 0, most);
        } catch (IOException e) {
            n = BROKEN_OFF;
        }
        if (!upload.isReading(stream)) {
            throw UploadRefused.of(409, "upload.ended", "Another request for this upload has come, and ended this one");
        }
        if (n == BROKEN_OFF) {
            throw UploadRefused.of(
                    400,
                    UploadRefused.BROKEN_OFF,
                    "The content broke off; ask by HEAD how much has arrived, and continue there");
        }
        return n;
    }

    private void record(FileChannel channel) throws IOException {
        channel.force(false);
        upload.record(upload.state().withOffset(offset, clock.instant()));
    }
}
