package io.github.keywharf.batch;

import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The live page of the statistics. It fetches {@code statistics} beside it every two seconds and loads nothing else, from
 * nowhere: style and script are in it, and its Content-Security-Policy names them by their hashes.
 */
final class StatisticsPage {

    private static final String CSS = resource("statistics.css");
    private static final String JS = resource("statistics.js");
    private static final byte[] HTML = resource("statistics.html")
            .replace("/*style*/", CSS)
            .replace("/*script*/", JS)
            .getBytes(StandardCharsets.UTF_8);
    private static final String POLICY = "default-src 'none'; style-src " + hash(CSS) + "; script-src " + hash(JS)
            + "; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private StatisticsPage() {}

    /** The page; who may see it is for the route to decide. */
    static HttpResponse response() {
        return HttpResponse.of(200)
                .withHeader("Content-Type", "text/html; charset=utf-8")
                .withHeader("Content-Security-Policy", POLICY)
                .withHeader("X-Content-Type-Options", "nosniff")
                .withHeader("Referrer-Policy", "no-referrer")
                .withHeader("Cache-Control", "no-store")
                .withBody(HttpBody.of(HTML));
    }

    private static String resource(String name) {
        try (InputStream stream = StatisticsPage.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("The resource " + name + " is not on the class path");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(String content) {
        return "'" + Sha256.forPolicy(content) + "'";
    }
}
