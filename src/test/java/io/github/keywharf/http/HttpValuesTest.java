package io.github.keywharf.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpValuesTest {
    private static final URI URL = URI.create("https://api.example/v1");

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b", "a\u007fb", "a\u0085b", "snow \u2603"})
    void a_header_value_cannot_smuggle_in_another_header(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HttpHeaders.none().with("X-Name", value))
                .withMessageContaining("X-Name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:b", "a\r\nb", "ä", "a(b)"})
    void a_header_name_is_a_token(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> HttpHeaders.none().with(name, "value"));
    }

    @Test
    void headers_are_limited_in_number_and_size() {
        HttpHeaders.Field field = new HttpHeaders.Field("X-A", "1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HttpHeaders.of(Collections.nCopies(HttpHeaders.MAX_FIELDS + 1, field)))
                .withMessageContaining("201");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HttpHeaders.none().with("X-A", "x".repeat(HttpHeaders.MAX_CHARACTERS)))
                .withMessageContaining("65539");
    }

    @Test
    void header_names_are_compared_without_regard_to_case_and_copies_leave_the_original() {
        HttpHeaders one = HttpHeaders.none().with("X-Name", " a ").withAdded("x-name", "b");

        assertThat(one.find("X-NAME")).hasValue("a");
        assertThat(one.all("x-name")).containsExactly("a", "b");
        assertThat(one.with("X-NAME", "c").all("x-name")).containsExactly("c");
        assertThat(one.without("x-NAME")).isEqualTo(HttpHeaders.none());
        assertThat(one.all("x-name")).hasSize(2);
        assertThat(one).isEqualTo(HttpHeaders.of(List.copyOf(one.fields()))).hasToString("[X-Name: a, x-name: b]");
    }

    @Test
    void nothing_that_prints_shows_a_secret() {
        HttpHeaders headers = HttpHeaders.none()
                .with("Authorization", "Bearer hunter2")
                .with("cookie", "sid=hunter2")
                .with("X-Api-Key", "hunter2")
                .with("X-Pass", "hunter2")
                .with("Location", "https://x.example/?token=hunter2&page=3");
        HttpRequest request = HttpRequest.get(
                        "https://api.example/a?X-Amz-Signature=hunter2&sig=hunter2&%74oken=hunter2&n=7&pwd=hunter2&passphrase=hunter2&jwt=hunter2")
                .withHeaders(headers);
        HttpResponse response =
                HttpResponse.text(200, "hunter2").withHeaders(headers.with("Set-Cookie", "sid=hunter2"));

        assertThat(request.toString())
                .doesNotContain("hunter2")
                .contains("n=7", "api.example/a", "page=3", "[redacted]");
        assertThat(response.toString()).doesNotContain("hunter2").contains("200", "7 bytes");
    }

    @Test
    void credentials_before_a_host_and_keys_of_any_name_are_not_shown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HttpRequest.get("https://alice:hunter2@my_host/x"))
                .withMessageNotContaining("hunter2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HttpRequest.get("ftp://alice:hunter2@host/"))
                .withMessageNotContaining("hunter2");
        for (String name : new String[] {
            "X-Serverless-Authorization", "x-functions-key", "X-Auth-Key", "Ocp-Apim-Subscription-Key", "X-Auth"
        }) {
            assertThat(HttpResponse.of(200).withHeader(name, "hunter2").toString())
                    .doesNotContain("hunter2");
        }
        assertThat(HttpResponse.of(302)
                        .withHeader("Location", "https://alice:hunter2@host/a?b=c@d")
                        .toString())
                .doesNotContain("hunter2")
                .contains("@host/a?b=c@d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/relative", "ftp://host/", "https:///path", "https://user:hunter2@host/", "mailto:a@b"})
    void a_request_needs_an_absolute_uri_of_http_without_credentials(String uri) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HttpRequest.get(uri))
                .withMessageNotContaining("hunter2");
    }

    @Test
    void a_method_is_a_token_and_a_status_is_final() {
        assertThatIllegalArgumentException().isThrownBy(() -> HttpRequest.of("GET /x", URL));
        assertThatIllegalArgumentException().isThrownBy(() -> HttpResponse.of(100));
        assertThatIllegalArgumentException().isThrownBy(() -> HttpResponse.of(600));
    }

    @Test
    void query_parameters_are_decoded_and_malformed_ones_are_as_sent() {
        HttpRequest request = HttpRequest.get("https://api.example/?a+b=c%20d%C3%BC&flag&a+b=2&bad=%FF");

        assertThat(request.query("a b")).hasValue("c dü");
        assertThat(request.query("flag")).hasValue("");
        assertThat(request.query("none")).isEmpty();
        assertThat(request.query("bad")).hasValue("%FF");
    }

    @Test
    void methods_say_whether_a_request_is_repeatable_and_the_caller_may_say_otherwise() {
        assertThat(HttpRequest.get(URL).isRepeatable()).isTrue();
        assertThat(HttpRequest.put(URL, HttpBody.of("x")).isRepeatable()).isTrue();
        assertThat(HttpRequest.post(URL, HttpBody.of("x")).isRepeatable()).isFalse();
        assertThat(HttpRequest.post(URL, HttpBody.of("x")).withRepeatable(true).isRepeatable())
                .isTrue();
    }

    @Test
    void a_body_is_read_whole_only_within_a_limit() {
        assertThat(HttpBody.of("hello").text(5)).isEqualTo("hello");
        assertThat(HttpBody.of(new byte[0]).bytes(0)).isEmpty();
        for (HttpBody body : new HttpBody[] {
            HttpBody.of("hello!"),
            HttpBody.stream(new ByteArrayInputStream("hello!".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        }) {
            assertThatThrownBy(() -> body.bytes(5))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("http.too_large"));
        }
    }

    @Test
    void a_stream_is_read_once_and_closed_with_its_body(@TempDir Path folder) throws IOException {
        ClosingStream stream = new ClosingStream();
        HttpBody body = HttpBody.stream(stream, 3);
        assertThat(body.isReplayable()).isFalse();
        assertThat(body.length()).hasValue(3);
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        assertThat(body.transferTo(copy)).isEqualTo(3);
        assertThat(stream.closed).isTrue();
        assertThatIllegalStateException().isThrownBy(body::open);

        HttpBody file = HttpBody.file(Files.writeString(folder.resolve("a.txt"), "abc"));
        assertThat(file.isReplayable()).isTrue();
        assertThat(file.text(3) + file.text(3)).isEqualTo("abcabc");
        assertThatThrownBy(() -> HttpBody.file(folder.resolve("none")).open())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("http.body_unreadable"));
    }

    @Test
    void a_part_of_a_file_is_a_body_that_breaks_off_where_the_file_is_shorter(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("part.txt"), "0123456789");
        HttpBody part = HttpBody.file(file, 3, 4);
        assertThat(part.length()).hasValue(4);
        assertThat(part.isReplayable()).isTrue();
        assertThat(part.text(4) + part.text(4)).isEqualTo("34563456");
        assertThat(HttpBody.file(file, 10, 0).text(1)).isEmpty();
        try (InputStream stream = HttpBody.file(file, 9, 2).open()) {
            assertThat(stream.read()).isEqualTo('9');
            assertThatThrownBy(stream::read).isInstanceOf(IOException.class).hasMessageContaining("1 bytes before");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> HttpBody.file(file, -1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> HttpBody.file(file, 0, -1));
        assertThat(part).hasToString("file " + file + ", 4 bytes from 3 on");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST", "127.0.0.1", "127.255.0.9", "[::1]", "::1"})
    void a_host_of_this_machine_is_known_by_what_is_written(String host) {
        assertThat(Loopback.isLoopback(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1.example.com", "127.example.com", "127.1", "127.0.0.256", "128.0.0.1", "0.0.0.0", "[::]",
                "localhost.", "xlocalhost", "localhost.example.com", "[::2]", "[::ffff:127.0.0.1]", "127.0.0.1\n", ""
            })
    void any_other_host_is_not_this_machine(String host) {
        assertThat(Loopback.isLoopback(host)).isFalse();
    }

    @Test
    void an_origin_is_scheme_host_and_port() {
        assertThat(HttpRequest.get("HTTPS://Example.com/a?b").origin()).isEqualTo("https://example.com:443");
        assertThat(HttpRequest.get("http://example.com").origin()).isEqualTo("http://example.com:80");
        assertThat(HttpRequest.get("http://example.com:8080/").origin()).isEqualTo("http://example.com:8080");
    }

    @Test
    void a_body_that_breaks_off_is_reported_as_broken() {
        HttpBody body = HttpBody.stream(new BrokenStream("gone"));

        assertThatThrownBy(() -> body.text(10))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("http.broken"))
                .hasCauseInstanceOf(IOException.class);
    }

    private static final class ClosingStream extends ByteArrayInputStream {
        private boolean closed;

        ClosingStream() {
            super(new byte[3]);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
