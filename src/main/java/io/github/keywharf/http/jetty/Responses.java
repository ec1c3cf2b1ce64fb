package io.github.keywharf.http.jetty;

import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHeaders;
import io.github.keywharf.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.Callback;

/**
 * Writer of responses.
 *
 * @param tls true to add {@code Strict-Transport-Security}
 */
record Responses(boolean tls) {
    private static final Set<String> FRAMING = Set.of(
            "connection",
            "content-length",
            "date",
            "keep-alive",
            "proxy-connection",
            "server",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /** Bytes that are read and written at a time. */
    private static final int PIECE = 64 * 1024;

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    /** A year. */
    private static final String HSTS = "max-age=31536000";

    /**
     * Writes a response and completes the callback, whatever happens. A failure before the first byte is answered with 500;
     * each is reported to the exchange, never to Jetty.
     *
     * @param exchange counts the bytes
     */
    void send(HttpResponse answer, Request request, Response response, Exchange exchange, Callback callback) {
        try {
            write(answer, request, response, exchange, callback);
        } catch (Throwable e) {
            exchange.failed(e);
            if (response.isCommitted()) {
                callback.failed(LastWrite.quiet());
                return;
            }
            try {
                response.reset();
                write(failed(), request, response, exchange, callback);
            } catch (Throwable again) {
                callback.failed(LastWrite.quiet());
            }
        }
    }

    /** Answer to a client after a failure. */
    static HttpResponse failed() {
        return HttpResponse.text(500, "The server failed\n");
    }

    private void write(HttpResponse answer, Request request, Response response, Exchange exchange, Callback callback)
            throws IOException {
        boolean head = request.getMethod().equals("HEAD");
        boolean bodiless = head || answer.status() == 204 || answer.status() == 304;
        OptionalLong length = answer.body().length();
        response.setStatus(answer.status());
        HttpFields.Mutable headers = response.getHeaders();
        for (HttpHeaders.Field field : answer.headers().fields()) {
            if (!FRAMING.contains(field.name().toLowerCase(Locale.ROOT))) {
                headers.add(field.name(), field.value());
            }
        }
        addDefaults(headers);
        if (!bodiless) {
            length.ifPresent(bytes -> headers.put(HttpHeader.CONTENT_LENGTH, bytes));
        } else if (head && answer.status() != 204) {
            lengthOfHead(answer).ifPresent(bytes -> headers.put(HttpHeader.CONTENT_LENGTH, bytes));
        }
        ByteBuffer last = bodiless
                ? ByteBuffer.allocate(0)
                : writeAllButLast(answer.body(), length.orElse(-1), response, exchange);
        exchange.waitBegins();
        response.write(true, last, new LastWrite(exchange, last.remaining(), callback));
    }

    /** Returns the length in a response to HEAD: that of the handler's header, if there is one, as it may leave out the body. */
    private static OptionalLong lengthOfHead(HttpResponse answer) {
        Optional<String> length = answer.header("Content-Length");
        if (length.isEmpty()) {
            return answer.body().length();
        }
        if (!NUMBER.matcher(length.get()).matches()) {
            throw new IllegalArgumentException("The handler's Content-Length is not a number");
        }
        return OptionalLong.of(Long.parseLong(length.get()));
    }

    /** Adds the headers that the handler leaves out. */
    void addDefaults(HttpFields.Mutable headers) {
        if (!headers.contains("X-Content-Type-Options")) {
            headers.put("X-Content-Type-Options", "nosniff");
        }
        if (!headers.contains(HttpHeader.CACHE_CONTROL)) {
            headers.put(HttpHeader.CACHE_CONTROL, "no-store");
        }
        if (tls && !headers.contains(HttpHeader.STRICT_TRANSPORT_SECURITY)) {
            headers.put(HttpHeader.STRICT_TRANSPORT_SECURITY, HSTS);
        }
    }

    /** Writes all of the body but its last piece, which is returned after the body's stream is closed. */
    private static ByteBuffer writeAllButLast(HttpBody body, long length, Response response, Exchange exchange)
            throws IOException {
        InputStream stream = body.open();
        try {
            return writeAllButLast(stream, length, response, exchange);
        } catch (Throwable e) {
            exchange.failed(e);
            throw e;
        } finally {
            close(stream, exchange);
        }
    }

    private static ByteBuffer writeAllButLast(InputStream stream, long length, Response response, Exchange exchange)
            throws IOException {
        int maxPiece = exchange.isMultiplexed() ? Exchange.FRAME : PIECE;
        byte[] piece = new byte[(int) (length < 0 ? maxPiece : Math.min(maxPiece, length))];
        long sent = 0;
        while (sent != length) {
            int n = stream.read(piece, 0, (int) (length < 0 ? maxPiece : Math.min(maxPiece, length - sent)));
            if (n < 0 && length < 0) {
                break;
            }
            if (n < 0) {
                throw new IOException("The body ended after " + sent + " of " + length + " bytes");
            }
            sent += n;
            ByteBuffer next = ByteBuffer.wrap(piece, 0, n);
            if (sent == length) {
                return next;
            }
            writePiece(response, next, exchange);
        }
        return ByteBuffer.allocate(0);
    }

    /** Closes a stream that has been read completely; a failure is reported, and the response continues. */
    private static void close(InputStream stream, Exchange exchange) {
        try {
            stream.close();
        } catch (IOException | RuntimeException e) {
            exchange.failed(e);
        }
    }

    private static void writePiece(Response response, ByteBuffer piece, Exchange exchange) throws IOException {
        int bytes = piece.remaining();
        exchange.waitBegins();
        try (Blocker.Callback written = Blocker.callback()) {
            response.write(false, piece, written);
            written.block();
            exchange.sent(bytes);
        } catch (IOException e) {
            exchange.noteDisconnected();
            throw e;
        } finally {
            exchange.waitEnds();
        }
    }
}
