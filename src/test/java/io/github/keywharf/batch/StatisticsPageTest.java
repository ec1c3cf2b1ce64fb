package io.github.keywharf.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.github.keywharf.Organisation;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.PageData;
import io.github.keywharf.testing.Browser;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatisticsPageTest {
    @TempDir
    Path directory;

    private static String json(IngestedFile... files) {
        return IngestStatistics.of(List.of(files), Instant.EPOCH).toJson();
    }

    @Test
    void the_response_has_the_policy_of_the_page_and_may_be_neither_framed_nor_cached() {
        try (HttpResponse response = StatisticsPage.response(json())) {
            assertThat(response.header("Content-Security-Policy").orElseThrow())
                    .startsWith("default-src 'none'; style-src 'sha256-")
                    .endsWith("; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
            assertThat(response.header("Content-Type")).contains("text/html; charset=utf-8");
            assertThat(response.header("Cache-Control")).contains("no-store");
            assertThat(PageData.of(response.body().text(1 << 20))).isEqualTo(json());
        }
    }

    @Test
    void a_browser_shows_the_numbers_and_takes_no_text_for_markup() throws Exception {
        Browser browser = Browser.find(directory);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try (HttpResponse page = StatisticsPage.response(json())) {
            String html = page.body().text(1 << 20);
            serve(server, "/", page.header("Content-Security-Policy").orElseThrow(), "text/html", html);
            serve(server, "/statistics", "default-src 'none'", "application/json", json(failed()));
            server.start();

            String seen = browser.elements(
                    "http://127.0.0.1:" + server.getAddress().getPort() + "/",
                    // Its clock stands still while a request is under way.
                    "--virtual-time-budget=5000");

            assertThat(seen)
                    .contains(">Live, every 2 seconds<", ">customer-1</th>")
                    .contains("customer-1/&lt;img src=x onerror=alert(1)&gt;.csv", "&lt;b&gt;bad&lt;/b&gt; row")
                    .contains("role=\"status\"", "aria-describedby=", "<th scope=\"col\" class=\"right\">")
                    .doesNotContain("<img", "<b>bad");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void the_numbers_in_the_page_are_shown_where_the_server_gives_no_others() throws Exception {
        Browser browser = Browser.find(directory);
        try (HttpResponse page = StatisticsPage.response(json(failed()))) {
            Path file = Files.writeString(
                    directory.resolve("statistics.html"), page.body().text(1 << 20));

            assertThat(browser.elements(file.toUri().toString(), "--virtual-time-budget=5000"))
                    .contains(">customer-1</th>", ">Not updated since ", "<dt>Failed</dt><dd class=\"bad\">1</dd>");
        }
    }

    @Test
    void tenants_can_be_searched() throws Exception {
        Browser browser = Browser.find(directory);
        try (HttpResponse page = StatisticsPage.response(json(failed()))) {
            String html = page.body().text(1 << 20).replaceFirst("<meta http-equiv[^\n]*", "");
            for (String words : List.of("CUSTOMER", "someone else")) {
                Path file = Files.writeString(
                        directory.resolve("statistics.html"),
                        html.replace(
                                "show(data());",
                                "show(data()); byId('find').value = '" + words
                                        + "'; byId('find').dispatchEvent(new Event('input'));"));

                assertThat(browser.elements(file.toUri().toString()).contains(">customer-1</th>"))
                        .as(words)
                        .isEqualTo(words.equals("CUSTOMER"));
            }
        }
    }

    private static IngestedFile failed() {
        return new IngestedFile(
                "0123456789abcdef0123456789abcdef",
                Organisation.of("customer-1"),
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
}
