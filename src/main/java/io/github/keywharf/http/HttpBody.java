package io.github.keywharf.http;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Checks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.OptionalLong;

/**
 * The content of a request or a response, read as a stream.
 *
 * <p>A body that {@link #isReplayable()} can be opened any number of times, by several threads; any other once, and by one.
 * The holder of a body closes it, read or not, so that its connection or file is released. Closing twice is harmless.
 */
public interface HttpBody extends AutoCloseable {
    /** Code of an error when a file does not exist or cannot be read. */
    String UNREADABLE = "http.body_unreadable";

    /** Number of bytes; empty if it is not known before the end. */
    OptionalLong length();

    /** Returns true if it can be opened again from its beginning. */
    boolean isReplayable();

    /**
     * The content from its beginning; closing the stream closes the body. Its methods throw {@link IOException} when the
     * other side goes away, or {@link KeywharfException} when a limit is exceeded.
     *
     * @throws IllegalStateException when it was opened before and is not replayable, or was closed
     * @throws KeywharfException {@code http.body_unreadable} when the file does not exist or cannot be read
     */
    InputStream open();

    /** Releases what the body holds. */
    @Override
    void close();

    /** No content, with a length of 0. */
    static HttpBody empty() {
        return BytesBody.EMPTY;
    }

    /** These bytes, which are not copied; replayable. */
    static HttpBody of(byte[] bytes) {
        return new BytesBody(bytes);
    }

    /** This text as UTF-8; replayable. */
    static HttpBody of(String text) {
        return new BytesBody(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A stream of unknown length, which is read once. Closing the body closes it. */
    static HttpBody stream(InputStream stream) {
        return new StreamBody(stream, OptionalLong.empty());
    }

    /** A stream of that many bytes, which is read once. Closing the body closes it. */
    static HttpBody stream(InputStream stream, long length) {
        return new StreamBody(stream, OptionalLong.of(Checks.notNegative("length", length)));
    }

    /** The pieces of an iterator, concatenated; each is taken when it is needed. Read once. */
    static HttpBody pieces(Iterator<byte[]> pieces) {
        return new StreamBody(new PieceStream(pieces), OptionalLong.empty());
    }

    /** The content of a file, which is opened when the body is; replayable. */
    static HttpBody file(Path file) {
        return new FileBody(file, null);
    }

    /**
     * That many bytes of a file from a position on; replayable. Its stream ends with an {@link IOException} where the file is
     * shorter by then.
     */
    static HttpBody file(Path file, long from, long length) {
        return new FileBody(
                file, new FileBody.Range(Checks.notNegative("from", from), Checks.notNegative("length", length)));
    }

    /**
     * Reads the whole content into memory, and closes the body.
     *
     * @param limit maximum number of bytes
     * @throws KeywharfException {@code http.too_large} beyond the limit; {@code http.broken} when reading fails
     */
    default byte[] bytes(int limit) {
        return BodyReading.bytes(this, limit);
    }

    /**
     * Reads the whole content as UTF-8 text, and closes the body. Malformed bytes become U+FFFD.
     *
     * @param limit maximum number of bytes
     * @throws KeywharfException as {@link #bytes}
     */
    default String text(int limit) {
        return new String(bytes(limit), StandardCharsets.UTF_8);
    }

    /**
     * Copies the content, and closes the body but not the target.
     *
     * @return number of bytes
     * @throws IOException when reading or writing fails
     */
    default long transferTo(OutputStream target) throws IOException {
        try (this;
                InputStream stream = open()) {
            return BodyReading.copy(stream, target);
        }
    }
}
