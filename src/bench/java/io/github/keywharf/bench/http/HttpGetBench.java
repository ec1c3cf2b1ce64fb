package io.github.keywharf.bench.http;

import io.github.keywharf.bench.measure.SideBySide;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.jetty.JettyServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/**
 * GETs of 1 KB, one after the other, and of 100 MB: the server beside a bare handler of Jetty, both called by the JDK's
 * client, and the client beside the JDK's, both calling the bare handler.
 */
public final class HttpGetBench {
    /** At least 0.9 of the peer's throughput. */
    public static final Map<String, Double> GOALS = Map.of(
            "jetty, 1 KB", 1 / 0.9,
            "jetty, 100 MB", 1 / 0.9,
            "http-client, 1 KB", 1 / 0.9,
            "http-client, 100 MB", 1 / 0.9);

    private static final int RUNS = 5;
    private static final int WARM_UP = 3;
    private static final int REQUESTS = 4_000;
    private static final byte[] SMALL = new byte[1024];
    private static final long LARGE = 100L * 1024 * 1024;
    private static final int PIECE = 64 * 1024;

    private HttpGetBench() {}

    /** Work with a server, which returns how many bytes came. */
    private interface Work {
        long at(URI server) throws Exception;
    }

    /** Runs it. */
    public static Map<String, Object> run() throws Exception {
        Server bare = bareServer();
        try (JettyServer ours = JettyServer.serve(HttpGetBench::answer).start()) {
            URI peer = URI.create("http://127.0.0.1:" + ((ServerConnector) bare.getConnectors()[0]).getLocalPort());
            HttpClient jdk =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            HttpHandler client = HttpClients.builder().open();
            SideBySide race = new SideBySide()
                    .add("server, 1 KB", () -> small(ours.uri(), uri -> get(jdk, uri)))
                    .add("jetty, 1 KB", () -> small(peer, uri -> get(jdk, uri)))
                    .add("client, 1 KB", () -> small(peer, uri -> get(client, uri)))
                    .add("server, 100 MB", () -> large(ours.uri(), uri -> stream(jdk, uri)))
                    .add("jetty, 100 MB", () -> large(peer, uri -> stream(jdk, uri)))
                    .add("client, 100 MB", () -> large(peer, uri -> stream(client, uri)))
                    .run(WARM_UP, RUNS);
            // The bare pair of handler and client is the peer of both.
            Map<String, Double> ratios = new LinkedHashMap<>();
            for (String size : new String[] {"1 KB", "100 MB"}) {
                ratios.put("jetty, " + size, SideBySide.rounded(race.ratio("server, " + size, "jetty, " + size)));
                ratios.put("http-client, " + size, SideBySide.rounded(race.ratio("client, " + size, "jetty, " + size)));
            }
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("name", "http-get");
            result.put("rows", REQUESTS);
            result.put("ratios", ratios);
            result.put("heap_mb", race.heap("server, 100 MB").used());
            result.put("runs", RUNS);
            result.put("seconds", race.medians());
            return result;
        } finally {
            bare.stop();
        }
    }

    private static void small(URI server, Work work) throws Exception {
        URI uri = server.resolve("/small");
        for (int i = 0; i < REQUESTS; i++) {
            check(work.at(uri), SMALL.length);
        }
    }

    private static void large(URI server, Work work) throws Exception {
        check(work.at(server.resolve("/large")), LARGE);
    }

    private static void check(long bytes, long wanted) {
        if (bytes != wanted) {
            throw new IllegalStateException(bytes + " bytes came, not " + wanted);
        }
    }

    private static long get(HttpHandler client, URI uri) {
        try (HttpResponse response = client.handle(HttpRequest.get(uri))) {
            return response.body().bytes(SMALL.length).length;
        }
    }

    private static long get(HttpClient client, URI uri) throws Exception {
        return client.send(java.net.http.HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray())
                .body()
                .length;
    }

    private static long stream(HttpHandler client, URI uri) throws IOException {
        try (HttpResponse response = client.handle(HttpRequest.get(uri));
                InputStream body = response.body().open()) {
            return drain(body);
        }
    }

    private static long stream(HttpClient client, URI uri) throws Exception {
        try (InputStream body = client.send(
                        java.net.http.HttpRequest.newBuilder(uri).build(), BodyHandlers.ofInputStream())
                .body()) {
            return drain(body);
        }
    }

    private static long drain(InputStream body) throws IOException {
        byte[] piece = new byte[PIECE];
        long count = 0;
        for (int n = body.read(piece); n >= 0; n = body.read(piece)) {
            count += n;
        }
        return count;
    }

    private static HttpResponse answer(HttpRequest request) {
        return HttpResponse.of(200)
                .withBody(
                        request.path().equals("/small")
                                ? HttpBody.of(SMALL)
                                : HttpBody.stream(new Zeros(LARGE), LARGE));
    }

    private static Server bareServer() throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server, 1, 1);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                if (request.getHttpURI().getPath().equals("/small")) {
                    response.getHeaders().put("Content-Length", SMALL.length);
                    response.write(true, ByteBuffer.wrap(SMALL), callback);
                    return true;
                }
                response.getHeaders().put("Content-Length", LARGE);
                try (InputStream zeros = new Zeros(LARGE);
                        OutputStream out = Content.Sink.asOutputStream(response)) {
                    byte[] piece = new byte[PIECE];
                    for (int n = zeros.read(piece); n >= 0; n = zeros.read(piece)) {
                        out.write(piece, 0, n);
                    }
                }
                callback.succeeded();
                return true;
            }
        });
        server.start();
        return server;
    }

    /** So many bytes, which cost nothing to make. */
    private static final class Zeros extends InputStream {
        private long left;

        Zeros(long length) {
            left = length;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int n = (int) Math.min(length, left);
            left -= n;
            return n == 0 ? -1 : n;
        }
    }
}
