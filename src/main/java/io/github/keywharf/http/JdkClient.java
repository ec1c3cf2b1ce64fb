package io.github.keywharf.http;

import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Handler that sends requests by the JDK's client.
 *
 * @param cleartext version of HTTP without TLS
 * @param gzip true to accept compressed responses, and decompress them
 */
record JdkClient(HttpClient client, HttpClient.Version cleartext, ExchangeLimits limits, boolean gzip)
        implements HttpHandler {

    /** Headers of the framing or of one connection, which the client sets, also for a request that is passed on. */
    private static final Set<String> FRAMING = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "http2-settings",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    @Override
    public HttpResponse handle(HttpRequest request) {
        String subject = subject(request);
        long deadline = System.nanoTime() + limits.timeout().toNanos();
        HttpBody body = request.body();
        Upload upload = new Upload(body);
        boolean answered = false;
        try {
            // The end of the response closes the request's body: an answer may come before all of it was read.
            java.net.http.HttpResponse<ResponseStream> answer = send(
                    toJdkRequest(request, publisher(body, upload)),
                    info -> new ResponseStream(subject, limits, deadline, upload),
                    upload,
                    subject);
            HttpResponse response = response(request, answer, subject);
            answered = true;
            return response;
        } finally {
            if (!answered) {
                upload.close();
            }
        }
    }

    private java.net.http.HttpResponse<ResponseStream> send(
            java.net.http.HttpRequest request, BodyHandler<ResponseStream> handler, Upload upload, String subject) {
        try {
            // A stream is read on the thread that sends, which a time limit does not reach; all else is sent on this
            // thread, since the JDK's other way takes a thread of its own for each request.
            return upload.isStream() ? sendWithTimeout(request, handler, subject) : client.send(request, handler);
        } catch (HttpTimeoutException e) {
            throw e instanceof HttpConnectTimeoutException
                    ? ClientErrors.of(subject, e)
                    : ClientErrors.timedOut(subject, limits, e);
        } catch (IOException e) {
            throw upload.failure().orElseGet(() -> ClientErrors.of(subject, e));
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted(subject, e);
        }
    }

    private java.net.http.HttpResponse<ResponseStream> sendWithTimeout(
            java.net.http.HttpRequest request, BodyHandler<ResponseStream> handler, String subject)
            throws IOException, InterruptedException {
        CompletableFuture<java.net.http.HttpResponse<ResponseStream>> answer = client.sendAsync(request, handler);
        boolean answered = false;
        try {
            java.net.http.HttpResponse<ResponseStream> arrived =
                    answer.get(limits.timeout().toNanos(), TimeUnit.NANOSECONDS);
            answered = true;
            return arrived;
        } catch (TimeoutException e) {
            throw ClientErrors.timedOut(subject, limits, e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } finally {
            if (!answered && !answer.cancel(true) && !answer.isCompletedExceptionally()) {
                answer.join().body().close();
            }
        }
    }

    /** Host and port, as the subject of errors and events: paths and queries may contain names and secrets. */
    static String subject(HttpRequest request) {
        int port = request.uri().getPort();
        return request.uri().getHost() + (port < 0 ? "" : ":" + port);
    }

    private static BodyPublisher publisher(HttpBody body, Upload upload) {
        if (body instanceof BytesBody bytes) {
            return bytes.content().length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(bytes.content());
        }
        OptionalLong length = body.length();
        if (length.isEmpty()) {
            return BodyPublishers.ofInputStream(upload::open);
        }
        return length.getAsLong() == 0
                ? BodyPublishers.noBody()
                : BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(upload::open), length.getAsLong());
    }

    /** Returns true if the client asks for gzip, and inflates the response. */
    private boolean inflates(HttpRequest request) {
        return gzip
                && !request.headers().has("Accept-Encoding")
                && !request.headers().has("Range");
    }

    private java.net.http.HttpRequest toJdkRequest(HttpRequest request, BodyPublisher body) {
        java.net.http.HttpRequest.Builder builder = java.net.http.HttpRequest.newBuilder(request.uri())
                .method(request.method(), body)
                .timeout(limits.timeout());
        if (request.uri().getScheme().equalsIgnoreCase("http")) {
            builder.version(cleartext);
        }
        for (HttpHeaders.Field field : request.headers().fields()) {
            if (!FRAMING.contains(field.name().toLowerCase(Locale.ROOT))) {
                builder.header(field.name(), field.value());
            }
        }
        if (inflates(request)) {
            builder.header("Accept-Encoding", "gzip");
        }
        return builder.build();
    }

    private HttpResponse response(
            HttpRequest request, java.net.http.HttpResponse<ResponseStream> answer, String subject) {
        ResponseStream stream = answer.body();
        try {
            HttpHeaders headers = headers(answer.headers());
            OptionalLong length = answer.headers().firstValueAsLong("Content-Length");
            boolean hasBody =
                    !request.method().equals("HEAD") && answer.statusCode() != 204 && answer.statusCode() != 304;
            if (!hasBody) {
                stream.close();
                return HttpResponse.of(answer.statusCode()).withHeaders(headers);
            }
            if (length.orElse(0) > limits.maxBytes()) {
                throw ClientErrors.tooLarge(subject, limits.maxBytes());
            }
            boolean compressed = inflates(request)
                    && headers.all("Content-Encoding").size() == 1
                    && headers.find("Content-Encoding").orElse("").equalsIgnoreCase("gzip")
                    && length.orElse(1) > 0;
            InputStream content = compressed ? new InflatedStream(stream, subject, limits.maxBytes()) : stream;
            return HttpResponse.of(answer.statusCode())
                    .withHeaders(
                            compressed ? headers.without("Content-Encoding").without("Content-Length") : headers)
                    .withBody(new StreamBody(content, compressed ? OptionalLong.empty() : length));
        } catch (IllegalArgumentException | KeywharfException e) {
            stream.close();
            throw e instanceof KeywharfException error ? error : ClientErrors.badResponse(subject, e.getMessage(), e);
        }
    }

    private static HttpHeaders headers(java.net.http.HttpHeaders received) {
        List<HttpHeaders.Field> fields = new ArrayList<>();
        received.map().forEach((name, values) -> {
            if (!name.startsWith(":")) {
                values.forEach(value -> fields.add(new HttpHeaders.Field(name, value)));
            }
        });
        return HttpHeaders.of(fields);
    }

    @Override
    public String toString() {
        return "HttpClients[timeout " + limits.timeout() + ", stall " + limits.stall() + ", at most "
                + limits.maxBytes() + " bytes]";
    }
}
