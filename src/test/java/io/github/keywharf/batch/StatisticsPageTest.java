package io.github.keywharf.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.testing.Browser;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatisticsPageTest {
    @TempDir
    Path directory;

    private static final String HTML = StatisticsPage.response().body().text(1 << 20);

    private static String within(String tag) {
        Matcher found =
                Pattern.compile("<" + tag + ">([\\s\\S]*?)</" + tag + ">").matcher(HTML);
        assertThat(found.find()).isTrue();
        String content = found.group(1);
        assertThat(found.find()).as("one " + tag).isFalse();
        return content;
    }

    private static String hash(String content) throws NoSuchAlgorithmException {
        return "'sha256-"
                + Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("SHA-256").digest(content.getBytes(UTF_8)))
                + "'";
    }

    @Test
    void the_policy_allows_the_style_and_the_script_of_the_page_and_nothing_else() throws NoSuchAlgorithmException {
        try (HttpResponse response = StatisticsPage.response()) {
            assertThat(response.header("Content-Security-Policy"))
                    .contains("default-src 'none'; style-src " + hash(within("style")) + "; script-src "
                            + hash(within("script"))
                            + "; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
            assertThat(response.header("Content-Type")).contains("text/html; charset=utf-8");
            assertThat(response.header("Cache-Control")).contains("no-store");
        }
        assertThat(HTML).doesNotContain(" style=", " onclick=", " onload=", "/*style*/", "/*script*/");
    }

    @Test
    void the_page_loads_nothing_from_elsewhere_and_makes_no_markup_of_texts() {
        assertThat(HTML).doesNotContain("http://", "https://", "url(", "@import", "src=");
        assertThat(within("script"))
                .contains("fetch(location.origin + location.pathname + 'statistics'")
                .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(");
    }

    @Test
    void a_browser_shows_the_numbers_and_takes_no_text_for_markup() throws Exception {
        Browser browser = Browser.find(directory);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try (HttpResponse page = StatisticsPage.response()) {
            String json = IngestStatistics.of(List.of(failed()), Instant.EPOCH).toJson();
            serve(server, "/", page.header("Content-Security-Policy").orElseThrow(), "text/html", HTML);
            serve(server, "/statistics", "default-src 'none'", "application/json", json);
            server.start();

            String seen = browser.elements(
                    "http://127.0.0.1:" + server.getAddress().getPort() + "/",
                    // Its clock stands still while a request is under way.
                    "--virtual-time-budget=5000");

            assertThat(seen)
                    .contains(">Live, every 2 seconds<", ">customer-1</th>")
                    .contains("customer-1/&lt;img src=x onerror=alert(1)&gt;.csv", "&lt;b&gt;bad&lt;/b&gt; row")
                    .doesNotContain("<img", "<b>bad");
        } finally {
            server.stop(0);
        }
    }

    private static IngestedFile failed() {
        return new IngestedFile(
                "0123456789abcdef0123456789abcdef",
                Tenant.of("customer-1"),
                "<img src=x onerror=alert(1)>.csv",
                1,
                "00",
                FileState.FAILED,
                1,
                Instant.EPOCH,
                Optional.of(Instant.EPOCH),
                Optional.of(Instant.EPOCH),
                0,
                0,
                0,
                "<b>bad</b> row");
    }

    private static void serve(HttpServer server, String path, String policy, String type, String content) {
        server.createContext(path, exchange -> {
            byte[] bytes = content.getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
            exchange.getResponseHeaders().set("Content-Security-Policy", policy);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    @Test
    void the_page_can_be_read_by_a_screen_reader_and_on_a_phone() {
        assertThat(HTML)
                .contains("<html lang=\"en\">", "<title>", "aria-describedby=", "width=device-width", "role=\"status\"")
                .contains("prefers-color-scheme: dark", "cell.scope = scope");
    }
}
