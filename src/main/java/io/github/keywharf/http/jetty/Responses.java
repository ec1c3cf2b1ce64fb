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
import org.jspecify.annotations.Nullable;

/** Writes responses. */
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

    /** Use of the connection after a response. */
    enum Next {
        REQUEST,
        CLOSE
    }

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    /** A year. */
    private static final String HSTS = "max-age=31536000";

    /**
     * Writes a response and completes the callback, whatever happens. A failure before the first byte is answered with 500;
     * each is reported to the exchange, never to Jetty.
     *
     * @param exchange exchange whose bytes are counted, or null
     * @param next what the connection is for afterwards
     */
    void send(
            HttpResponse answer,
            Request request,
            Response response,
            @Nullable Exchange exchange,
            Next next,
            Callback callback) {
        try {
            write(answer, request, response, exchange, next, callback);
        } catch (Throwable e) {
            report(exchange, e);
            if (response.isCommitted()) {
                callback.failed(LastWrite.unsaid());
                return;
            }
            try {
                response.reset();
                write(failed(), request, response, exchange, next, callback);
            } catch (Throwable again) {
                callback.failed(LastWrite.unsaid());
            }
        }
    }

    /** Answer to a client after a failure. */
    static HttpResponse failed() {
        return HttpResponse.text(500, "The server failed\n");
    }

    private void write(
            HttpResponse answer,
            Request request,
            Response response,
            @Nullable Exchange exchange,
            Next next,
            Callback callback)
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
        secure(headers);
        if (next == Next.CLOSE) {
            headers.put(HttpHeader.CONNECTION, "close");
        }
        if (!bodiless) {
            length.ifPresent(bytes -> headers.put(HttpHeader.CONTENT_LENGTH, bytes));
        } else if (head && answer.status() != 204) {
            lengthOfHead(answer).ifPresent(bytes -> headers.put(HttpHeader.CONTENT_LENGTH, bytes));
        }
        ByteBuffer end = bodiless
                ? ByteBuffer.allocate(0)
                : writeAllButTheEnd(answer.body(), length.orElse(-1), response, exchange);
        if (exchange != null) {
            exchange.waits();
        }
        response.write(true, end, new LastWrite(exchange, end.remaining(), callback));
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

    private void secure(HttpFields.Mutable headers) {
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

    /** Writes the body but for its last piece, which is returned when the body's stream is closed. */
    private static ByteBuffer writeAllButTheEnd(
            HttpBody body, long length, Response response, @Nullable Exchange exchange) throws IOException {
        InputStream stream = body.open();
        try {
            return writeAllButTheEnd(stream, length, response, exchange);
        } catch (Throwable e) {
            report(exchange, e);
            throw e;
        } finally {
            close(stream, exchange);
        }
    }

    private static ByteBuffer writeAllButTheEnd(
            InputStream stream, long length, Response response, @Nullable Exchange exchange) throws IOException {
        int most = exchange != null && exchange.isMultiplexed() ? Exchange.FRAME : PIECE;
        byte[] piece = new byte[(int) (length < 0 ? most : Math.min(most, length))];
        long sent = 0;
        while (sent != length) {
            int n = stream.read(piece, 0, (int) (length < 0 ? most : Math.min(most, length - sent)));
            if (n < 0 && length < 0) {
                break;
            }
            if (n < 0) {
                throw new IOException("The body ended after " + sent + " of " + length + " bytes");
            }
            sent += n;
            ByteBuffer read = ByteBuffer.wrap(piece, 0, n);
            if (sent == length) {
                return read;
            }
            await(response, read, exchange);
        }
        return ByteBuffer.allocate(0);
    }

    /** Closes a stream that has been read completely, so that a failure is reported and the response goes on. */
    private static void close(InputStream stream, @Nullable Exchange exchange) {
        try {
            stream.close();
        } catch (IOException | RuntimeException e) {
            report(exchange, e);
        }
    }

    private static void report(@Nullable Exchange exchange, Throwable failure) {
        if (exchange != null) {
            exchange.failed(failure);
        }
    }

    private static void await(Response response, ByteBuffer piece, @Nullable Exchange exchange) throws IOException {
        int bytes = piece.remaining();
        if (exchange != null) {
            exchange.waits();
        }
        try (Blocker.Callback written = Blocker.callback()) {
            response.write(false, piece, written);
            written.block();
            if (exchange != null) {
                exchange.sent(bytes);
            }
        } catch (IOException e) {
            if (exchange != null) {
                exchange.cut();
            }
            throw e;
        } finally {
            if (exchange != null) {
                exchange.goesOn();
            }
        }
    }
}
