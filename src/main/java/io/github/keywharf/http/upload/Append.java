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
import org.jspecify.annotations.Nullable;

/**
 * Writes the content of one request behind what is there, through buffers of a fixed size.
 *
 * <p>What came counts, however the request ends, unless it has a digest of its own: then all of it counts, or nothing.
 */
final class Append {
    /** How a request ended. */
    enum End {
        /** With its last byte. */
        WHOLE,
        /** It has more bytes than there is room for. */
        BEYOND,
        /** The client went away. */
        BROKEN,
        /** Another request came. */
        ENDED,
        /** Its content does not match its digest. */
        DAMAGED
    }

    /** How much is read at a time. */
    private static final int PIECE = 64 * 1024;

    private static final int CUT = -2;

    /** After how many bytes the offset is recorded within a request, 8 MiB: a crash loses no more. */
    static final long RECORD_EVERY = 8L * 1024 * 1024;

    private final OpenUpload upload;
    private final InstantSource clock;
    private final @Nullable String expected;
    private final MessageDigest whole;
    private final MessageDigest part = Sha256.digest();
    private long offset;

    /** An append with the digest that the request declares of its content. */
    Append(OpenUpload upload, Optional<String> digest, InstantSource clock) {
        this.upload = upload;
        this.clock = clock;
        this.expected = digest.orElse(null);
        this.whole = upload.hash();
        this.offset = upload.state().offset();
    }

    /** Where the content ends by now, which is durable. */
    long offset() {
        return offset;
    }

    /** The SHA-256 of all content so far. */
    String sha256() {
        return HexFormat.of().formatHex(OpenUpload.copy(whole).digest());
    }

    /**
     * Reads a body, of which so many bytes have room. The content is durable afterwards; the offset is recorded unless it ended
     * whole, since whoever goes on may have more to record.
     */
    End run(UploadFiles files, HttpBody body, long room) {
        long begun = offset;
        try (FileChannel channel = files.appending(upload.state())) {
            End end;
            try {
                end = copied(channel, body, room);
            } catch (IOException | RuntimeException e) {
                settleAfter(e, channel, begun);
                throw e;
            }
            return settled(channel, begun, end);
        } catch (IOException e) {
            throw UploadFiles.failed(upload.state().name(), "be written", e);
        }
    }

    private void settleAfter(Exception failure, FileChannel channel, long begun) {
        try {
            settled(channel, begun, End.BROKEN);
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private End settled(FileChannel channel, long begun, End end) throws IOException {
        if (expected != null
                && (end != End.WHOLE || !HexFormat.of().formatHex(part.digest()).equals(expected))) {
            offset = begun;
            channel.truncate(begun);
            return end == End.WHOLE ? End.DAMAGED : end;
        }
        if (offset > begun) {
            channel.force(false);
            upload.keep(whole, offset);
            if (end != End.WHOLE) {
                record();
            }
        }
        return end;
    }

    private End copied(FileChannel channel, HttpBody body, long room) throws IOException {
        byte[] piece = new byte[PIECE];
        long last = offset + room;
        long recorded = offset;
        InputStream stream = body.open();
        OpenUpload.Incoming incoming = new OpenUpload.Incoming(stream);
        upload.reads(incoming);
        try {
            while (true) {
                // One byte more than there is room for shows that there are too many.
                int n = read(incoming, piece, (int) Math.min(PIECE, last - offset + 1));
                if (incoming.isEnded()) {
                    return End.ENDED;
                }
                if (n == CUT) {
                    return End.BROKEN;
                }
                if (n < 0) {
                    return End.WHOLE;
                }
                int fitting = (int) Math.min(n, last - offset);
                UploadFiles.writeFully(channel, ByteBuffer.wrap(piece, 0, fitting));
                whole.update(piece, 0, fitting);
                if (expected != null) {
                    part.update(piece, 0, fitting);
                }
                offset += fitting;
                if (fitting < n) {
                    return End.BEYOND;
                }
                if (expected == null && offset - recorded >= RECORD_EVERY) {
                    channel.force(false);
                    record();
                    recorded = offset;
                }
            }
        } finally {
            upload.reads(null);
            close(stream);
        }
    }

    /** As a stream reads, and {@link #CUT} where the client went away. */
    private static int read(OpenUpload.Incoming incoming, byte[] piece, int most) {
        try {
            return incoming.stream().read(piece, 0, most);
        } catch (IOException e) {
            return CUT;
        }
    }

    private static void close(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            // All that came of it was read.
        }
    }

    private void record() {
        upload.record(upload.state().at(offset, clock.instant()));
    }
}
