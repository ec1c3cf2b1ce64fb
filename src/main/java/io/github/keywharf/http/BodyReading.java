package io.github.keywharf.http;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Checks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Reads whole bodies into memory, within a limit, or copies them. */
final class BodyReading {
    /** Bytes copied at a time, 64 KiB: larger pieces are no faster. */
    static final int PIECE = 64 * 1024;

    private BodyReading() {}

    static byte[] bytes(HttpBody body, int limit) {
        Checks.notNegative("limit", limit);
        try (body) {
            long length = body.length().orElse(0);
            if (length > limit) {
                throw tooLarge(limit);
            }
            try (InputStream stream = body.open()) {
                byte[] bytes = stream.readNBytes(limit);
                if (bytes.length == limit && stream.read() >= 0) {
                    throw tooLarge(limit);
                }
                return bytes;
            }
        } catch (IOException e) {
            throw KeywharfException.retryable(
                    HttpClients.BROKEN, "body", "The content broke off before its end; send the request again", e);
        }
    }

    private static KeywharfException tooLarge(int limit) {
        return new KeywharfException(
                HttpClients.TOO_LARGE,
                "body",
                "The content has more than " + limit + " bytes; read it as a stream, or allow more");
    }

    static long copy(InputStream stream, OutputStream target) throws IOException {
        byte[] piece = new byte[PIECE];
        long copied = 0;
        for (int n = stream.read(piece); n >= 0; n = stream.read(piece)) {
            target.write(piece, 0, n);
            copied += n;
        }
        return copied;
    }
}
