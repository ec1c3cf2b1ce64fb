package io.github.keywharf.http.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpFilter;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpHeaders;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.BlockInputStream;
import io.github.keywharf.testing.RecordedTime;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UploadClientTest {
    private static final URI TARGET = URI.create("http://host.example/files/sales.csv");
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(4);
    private static final HttpHeaders ANNA = HttpHeaders.none().with("X-Owner", "anna");

    @TempDir
    Path root;

    private final RecordedTime time = new RecordedTime();
    private final List<HttpRequest> requests = new CopyOnWriteArrayList<>();
    private final List<Long> progress = new CopyOnWriteArrayList<>();
    private final AtomicReference<URI> created = new AtomicReference<>();
    private Shelf shelf;
    private UploadServer server;
    private HttpHandler http;
    private Path file;
    private byte[] content;

    @BeforeEach
    void open() throws IOException {
        shelf = new Shelf(root.resolve("shelf"));
        server = UploadServer.builder(root.resolve("work"), shelf).clock(time).open();
        HttpHandler routes = Shelf.routes(server);
        http = request -> {
            requests.add(request);
            return routes.handle(request);
        };
        file = root.resolve("sales.csv");
        content = new byte[100_000];
        new Random(1).nextBytes(content);
        Files.write(file, content);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private UploadClient client(UnaryOperator<UploadClient.Builder> settings, HttpFilter... filters) {
        return settings.apply(UploadClient.builder(http.with(filters))
                        .sliceBytes(30_000)
                        .clock(time, time))
                .build();
    }

    private UploadClient through(HttpFilter... filters) {
        return client(builder -> builder, filters);
    }

    private final UploadListener noting = new UploadListener() {
        @Override
        public void created(URI upload) {
            created.set(upload);
        }

        @Override
        public void progress(long bytes, long total) {
            assertThat(total).isEqualTo(Math.max(content.length, bytes));
            progress.add(bytes);
        }
    };

    private UploadReceipt upload(UploadClient client) {
        return client.upload(file, TARGET, ANNA, noting);
    }

    private static void assertCode(Throwable failure, String code) {
        assertThat(failure)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static HttpResponse refusal(int status) {
        return HttpResponse.text(status, "not now");
    }

    @Test
    void a_file_arrives_in_slices() {
        UploadReceipt receipt = upload(through());

        assertThat(shelf.content("sales.csv")).isEqualTo(content);
        assertThat(receipt.status()).isEqualTo(201);
        assertThat(receipt.uri()).isEqualTo(created.get());
        assertThat(receipt.body()).contains("\"length\":100000");
        assertThat(progress).containsExactly(0L, 30_000L, 60_000L, 90_000L, 100_000L);
        assertThat(requests.stream().map(HttpRequest::method))
                .containsExactly("POST", "PATCH", "PATCH", "PATCH", "PATCH");
        assertThat(requests)
                .allSatisfy(request -> assertThat(request.header("X-Owner")).hasValue("anna"));
        assertThat(requests.get(0).header("Upload-Complete")).hasValue("?0");
        assertThat(requests.get(0).header("Upload-Length")).hasValue("100000");
        assertThat(requests.get(0).body().length()).hasValue(0);
        assertThat(shelf.started().get(0).sha256())
                .hasValue(shelf.completed().get(0).sha256());
        assertThat(time.waits()).isEmpty();
    }

    @Test
    void an_empty_file_arrives_too() throws IOException {
        Files.write(file, new byte[0]);
        content = new byte[0];
        assertThat(upload(through()).status()).isEqualTo(201);
        assertThat(shelf.content("sales.csv")).isEmpty();
        assertThat(requests).hasSize(2);
    }

    @Test
    void the_server_may_want_smaller_slices() {
        upload(through(next ->
                request -> next.handle(request).withHeader("Upload-Limit", "max-size=100000, max-append-size=25000")));
        assertThat(progress).containsExactly(0L, 25_000L, 50_000L, 75_000L, 100_000L);
    }

    /** Loses and cuts requests and answers, as its seed wants; at most a few in a row. */
    private static final class Weather implements HttpFilter {
        private final Random random;

        Weather(long seed) {
            random = new Random(seed);
        }

        @Override
        public HttpHandler around(HttpHandler next) {
            return request -> {
                switch (random.nextInt(8)) {
                    case 0 -> throw KeywharfException.retryable("http.unreachable", "host", "nobody is there");
                    case 1 -> {
                        return refusal(random.nextBoolean() ? 503 : 429).withHeader("Retry-After", "2");
                    }
                    case 2 -> {
                        next.handle(request).close();
                        throw KeywharfException.retryable("http.broken", "host", "the answer is lost");
                    }
                    case 3, 4 -> {
                        int cut = random.nextInt(20_000);
                        next.handle(request.withBody(cutAfter(request.body(), cut)))
                                .close();
                        throw KeywharfException.retryable("http.broken", "host", "the request is cut");
                    }
                    default -> {
                        return next.handle(request);
                    }
                }
            };
        }

        private static HttpBody cutAfter(HttpBody body, int bytes) {
            InputStream whole = body.open();
            return HttpBody.stream(new BlockInputStream() {
                private int left = bytes;

                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    int n = left == 0 ? -1 : whole.read(target, offset, Math.min(length, left));
                    if (n < 0) {
                        throw new IOException("cut");
                    }
                    left -= n;
                    return n;
                }

                @Override
                public void close() throws IOException {
                    whole.close();
                }
            });
        }
    }

    @Test
    void whatever_is_lost_on_the_way_the_file_arrives_once_and_whole() throws IOException {
        for (int seed = 1; seed <= 60; seed++) {
            shelf.completed().clear();
            progress.clear();
            UploadReceipt receipt = upload(client(builder -> builder.attempts(30, FIRST, LONGEST), new Weather(seed)));

            assertThat(shelf.content("sales.csv")).as("seed %d", seed).isEqualTo(content);
            assertThat(shelf.completed()).as("seed %d", seed).hasSize(1);
            assertThat(receipt.body()).as("seed %d", seed).contains("\"length\":100000");
            assertThat(receipt.status()).isEqualTo(201);
            assertThat(progress).as("seed %d", seed).isSorted().endsWith(100_000L);
            Files.delete(shelf.file("anna", "sales.csv"));
        }
        assertThat(requests).extracting(HttpRequest::method).contains("HEAD");
    }

    @Test
    void an_upload_goes_on_in_a_later_process() {
        UploadListener dying = new UploadListener() {
            @Override
            public void created(URI upload) {
                created.set(upload);
            }

            @Override
            public void progress(long bytes, long total) {
                if (bytes > 50_000) {
                    throw new IllegalStateException("the process ends");
                }
            }
        };
        assertThatThrownBy(() -> through().upload(file, TARGET, ANNA, dying)).isInstanceOf(IllegalStateException.class);
        requests.clear();

        UploadReceipt receipt = through().resume(file, created.get(), ANNA, noting);
        assertThat(receipt.uri()).isEqualTo(created.get());
        assertThat(requests.stream().map(HttpRequest::method)).containsExactly("HEAD", "PATCH", "PATCH");
        assertThat(shelf.content("sales.csv")).isEqualTo(content);

        // Once more, as after a crash right behind the end: the answer comes again.
        assertThat(through().resume(file, created.get(), ANNA, noting).body()).isEqualTo(receipt.body());
        assertThat(shelf.completed()).hasSize(1);
    }

    @Test
    void another_file_than_the_one_begun_with_is_not_sent() throws IOException {
        upload(through());
        Files.write(file, new byte[100_001]);
        assertThatThrownBy(() -> through().resume(file, created.get(), ANNA, UploadListener.NONE))
                .satisfies(e -> assertCode(e, "http.upload_changed"));
    }

    @Test
    void waits_double_and_end() {
        assertThatThrownBy(() ->
                        upload(client(builder -> builder.attempts(5, FIRST, LONGEST), next -> request -> refusal(503))))
                .satisfies(e -> assertCode(e, "http.upload_interrupted"))
                .satisfies(e -> assertThat(((KeywharfException) e).retryable()).isTrue())
                .hasCauseInstanceOf(UploadRefused.class);
        List<Duration> waits = time.waits();
        assertThat(waits).hasSize(4);
        long[] expected = {1_000, 2_000, 4_000, 4_000};
        for (int i = 0; i < 4; i++) {
            assertThat(waits.get(i).toMillis()).isBetween(expected[i] * 3 / 4, expected[i] * 5 / 4);
        }
    }

    @Test
    void progress_renews_the_patience() {
        List<Integer> count = new ArrayList<>();
        upload(client(builder -> builder.attempts(2, FIRST, LONGEST), next -> request -> {
            if (request.method().equals("PATCH")) {
                count.add(1);
                if (count.size() % 2 == 1) {
                    return refusal(500);
                }
            }
            return next.handle(request);
        }));
        assertThat(shelf.content("sales.csv")).isEqualTo(content);
        assertThat(time.waits()).hasSize(4);
    }

    @Test
    void retry_after_is_obeyed_up_to_a_limit() {
        List<HttpRequest> seen = new ArrayList<>();
        upload(through(next -> request -> {
            seen.add(request);
            return seen.size() == 1 ? refusal(429).withHeader("Retry-After", "77") : next.handle(request);
        }));
        assertThat(time.waits()).containsExactly(Duration.ofSeconds(77));

        assertThatThrownBy(() -> upload(through(next -> request -> refusal(503).withHeader("Retry-After", "301"))))
                .satisfies(e -> assertCode(e, "http.upload_interrupted"))
                .hasMessageContaining("PT5M1S");
        assertThat(time.waits()).hasSize(1);
    }

    @Test
    void an_error_that_does_not_pass_ends_the_upload() {
        KeywharfException untrusted = new KeywharfException("http.tls_failed", "host", "not trusted");
        assertThatThrownBy(() -> upload(through(next -> request -> {
                    throw untrusted;
                })))
                .isSameAs(untrusted);
        assertThat(time.waits()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"append", "touch", "swap", "cut", "delete", "content"})
    void a_file_that_changes_while_it_is_sent_is_noticed(String how) {
        UploadListener changing = new UploadListener() {
            @Override
            public void progress(long bytes, long total) {
                if (bytes == 30_000) {
                    change(how);
                }
            }
        };
        assertThatThrownBy(() -> through().upload(file, TARGET, ANNA, changing))
                .satisfies(e -> assertCode(e, how.equals("delete") ? "http.body_unreadable" : "http.upload_changed"));
        assertThat(shelf.completed()).isEmpty();
    }

    private void change(String how) {
        try {
            FileTime before = Files.getLastModifiedTime(file);
            switch (how) {
                case "append" -> Files.write(file, new byte[1], StandardOpenOption.APPEND);
                case "touch" -> Files.setLastModifiedTime(file, FileTime.fromMillis(before.toMillis() + 5_000));
                case "swap" -> {
                    Path other = Files.write(root.resolve("other"), content);
                    Files.setLastModifiedTime(other, before);
                    Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                }
                case "cut" -> Files.write(file, new byte[10]);
                case "delete" -> Files.delete(file);
                default -> {
                    byte[] changed = content.clone();
                    changed[99_999]++;
                    Files.write(file, changed, StandardOpenOption.WRITE);
                    Files.setLastModifiedTime(file, before);
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void a_refusal_carries_what_the_server_says_printable_and_cut() {
        shelf.decide(start -> {
            throw UploadRefused.of(403, "tenant.quota", "Used up\nuntil tomorrow" + "!".repeat(5_000), "maxBytes");
        });
        assertThatThrownBy(() -> upload(through())).isInstanceOfSatisfying(UploadRefused.class, e -> {
            assertThat(e.code()).isEqualTo("http.upload_refused");
            assertThat(e.status()).isEqualTo(403);
            assertThat(e.reason()).isEqualTo("tenant.quota");
            assertThat(e.constraint()).hasValue("maxBytes");
            assertThat(e.detail()).startsWith("Used up?until tomorrow!").hasSizeLessThanOrEqualTo(1_000);
            assertThat(e)
                    .hasMessageStartingWith(
                            "[host.example:80] The server refused the upload with status 403 (tenant.quota): Used up?");
            assertThat(e.retryable()).isFalse();
        });
        assertThat(requests).hasSize(1);

        shelf.decide(start -> UploadPermit.granted());
        shelf.beforeMove(upload -> {
            throw UploadRefused.of(409, "tenant.exists", "There is such a file");
        });
        assertThatThrownBy(() -> upload(through()))
                .isInstanceOfSatisfying(
                        UploadRefused.class, e -> assertThat(e.status()).isEqualTo(409));
    }

    @Test
    void a_refusal_of_another_kind_of_server_carries_its_status() {
        assertThatThrownBy(() -> upload(through(next -> request -> HttpResponse.text(401, "<html>login</html>"))))
                .isInstanceOfSatisfying(UploadRefused.class, e -> {
                    assertThat(e.status()).isEqualTo(401);
                    assertThat(e.reason()).isEmpty();
                    assertThat(e.detail()).isEmpty();
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://host.example/uploads/1",
                "http://evil.example/uploads/1",
                "http://host.example:81/uploads/1",
                "//evil.example/uploads/1"
            })
    void credentials_do_not_go_to_another_origin(String location) {
        assertThatThrownBy(() -> upload(through(next -> request -> {
                    requests.add(request);
                    return HttpResponse.of(201).withHeader("Location", location);
                })))
                .satisfies(e -> assertCode(e, "http.upload_elsewhere"));
        assertThat(requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "http://host.example:80/uploads/1 2", "mailto:x", "http://a:b@host.example/"})
    void a_location_that_is_not_one_is_refused(String location) {
        assertThatThrownBy(() -> upload(through(next -> request -> location.isEmpty()
                        ? HttpResponse.of(201)
                        : HttpResponse.of(201).withHeader("Location", location))))
                .satisfies(e -> assertCode(e, "http.bad_response"));
    }

    @Test
    void a_file_that_is_there_already_is_not_sent() {
        shelf.decide(start -> UploadPermit.answered(HttpResponse.text(200, "here")));
        UploadReceipt receipt = upload(through());
        assertThat(receipt).isEqualTo(new UploadReceipt(200, TARGET, "here"));
        assertThat(requests).hasSize(1);
        assertThat(created).hasValue(null);
    }

    @Test
    void an_upload_that_the_server_lost_is_reported() {
        assertThatThrownBy(() -> upload(through(next -> request -> {
                    if (request.method().equals("PATCH")) {
                        next.handle(request.withMethod("DELETE").withBody(HttpBody.empty()));
                    }
                    return next.handle(request);
                })))
                .satisfies(e -> assertCode(e, "http.upload_gone"));
        assertThatThrownBy(() -> through().resume(file, created.get(), ANNA, UploadListener.NONE))
                .satisfies(e -> assertCode(e, "http.upload_gone"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "x", "100001"})
    void an_offset_that_cannot_be_is_not_believed(String offset) {
        upload(through());
        assertThatThrownBy(() -> through(next -> request -> offset.isEmpty()
                                ? HttpResponse.of(204)
                                : HttpResponse.of(204).withHeader("Upload-Offset", offset))
                        .resume(file, created.get(), ANNA, UploadListener.NONE))
                .satisfies(e -> assertCode(e, "http.bad_response"));
    }

    @Test
    void a_server_whose_offset_rises_and_falls_ends_the_upload() {
        List<HttpRequest> heads = new ArrayList<>();
        assertThatThrownBy(() -> upload(through(next -> request -> {
                    if (request.method().equals("HEAD")) {
                        heads.add(request);
                        return HttpResponse.of(204).withHeader("Upload-Offset", String.valueOf(heads.size() % 2));
                    }
                    return request.method().equals("PATCH") ? HttpResponse.of(409) : next.handle(request);
                })))
                .satisfies(e -> assertCode(e, "http.upload_interrupted"));
        assertThat(heads).hasSizeLessThan(20);
    }

    @Test
    void mistakes_are_named() {
        assertThatIllegalArgumentException().isThrownBy(() -> through().upload(file, URI.create("ftp://host/x")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UploadClient.builder(http).sliceBytes(0));
        assertThatThrownBy(() -> through().upload(root.resolve("missing"), TARGET))
                .satisfies(e -> assertCode(e, "http.body_unreadable"));
        assertThat(through().toString()).startsWith("UploadClient[");
    }
}
