package io.github.keywharf.http.jetty;

import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHeaders;
import io.github.keywharf.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
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

    /** How much is read and written at a time. */
    private static final int PIECE = 64 * 1024;

    /** A year. */
    private static final String HSTS = "max-age=31536000";

    /**
     * Writes a response and completes the callback, whatever happens.
     *
     * @param exchange that is counted, or null
     * @param last whether the connection ends with it
     */
    void send(
            HttpResponse answer,
            Request request,
            Response response,
            @Nullable Exchange exchange,
            boolean last,
            Callback callback) {
        try {
            boolean bodiless = request.getMethod().equals("HEAD") || answer.status() == 204 || answer.status() == 304;
            OptionalLong length = answer.body().length();
            response.setStatus(answer.status());
            HttpFields.Mutable headers = response.getHeaders();
            for (HttpHeaders.Field field : answer.headers().fields()) {
                if (!FRAMING.contains(field.name().toLowerCase(Locale.ROOT))) {
                    headers.add(field.name(), field.value());
                }
            }
            secure(headers);
            if (last) {
                headers.put(HttpHeader.CONNECTION, "close");
            }
            if (bodiless) {
                if (answer.status() != 204 && request.getMethod().equals("HEAD")) {
                    String told = answer.header("Content-Length")
                            .orElseGet(() -> length.isPresent() ? Long.toString(length.getAsLong()) : "");
                    if (!told.isEmpty()) {
                        headers.put(HttpHeader.CONTENT_LENGTH, told);
                    }
                }
                response.write(true, ByteBuffer.allocate(0), callback);
                return;
            }
            if (length.isPresent()) {
                headers.put(HttpHeader.CONTENT_LENGTH, length.getAsLong());
            }
            write(answer.body(), length.orElse(-1), response, exchange, callback);
        } catch (Throwable e) {
            callback.failed(e);
        }
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

    private static void write(
            HttpBody body, long length, Response response, @Nullable Exchange exchange, Callback callback)
            throws IOException {
        try (InputStream stream = body.open()) {
            byte[] piece = new byte[(int) (length < 0 ? PIECE : Math.max(1, Math.min(PIECE, length)))];
            long sent = 0;
            while (sent != length) {
                int n = stream.read(piece, 0, (int) (length < 0 ? PIECE : Math.min(PIECE, length - sent)));
                if (n < 0) {
                    break;
                }
                sent += n;
                boolean isLast = sent == length;
                if (isLast && length <= PIECE) {
                    count(exchange, n);
                    response.write(true, ByteBuffer.wrap(piece, 0, n), callback);
                    return;
                }
                await(response, ByteBuffer.wrap(piece, 0, n), isLast, exchange);
                count(exchange, n);
            }
            if (length >= 0 && sent < length) {
                throw new IOException("The body ended after " + sent + " of " + length + " bytes");
            }
            if (length > 0) {
                callback.succeeded();
            } else {
                response.write(true, ByteBuffer.allocate(0), callback);
            }
        }
    }

    private static void count(@Nullable Exchange exchange, int n) {
        if (exchange != null) {
            exchange.sent(n);
        }
    }

    private static void await(Response response, ByteBuffer piece, boolean isLast, @Nullable Exchange exchange)
            throws IOException {
        if (exchange != null) {
            exchange.waits();
        }
        try (Blocker.Callback written = Blocker.callback()) {
            response.write(isLast, piece, written);
            written.block();
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
