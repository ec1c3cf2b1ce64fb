package io.github.keywharf.http.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpHeaders;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.BlockInputStream;
import io.github.keywharf.testing.Background;
import io.github.keywharf.testing.RecordedTime;
import io.github.keywharf.testing.RecordingListener;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the draft and of its guards, called in the process. */
class UploadServerTest {
    private static final URI BASE = URI.create("http://host.example");
    private static final String WRONG = "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:";

    @TempDir
    Path root;

    private final RecordedTime time = new RecordedTime();
    private final RecordingListener events = new RecordingListener();
    private final byte[] content = bytes(10_000);
    private Path directory;
    private Shelf shelf;
    private UploadServer server;
    private HttpHandler http;

    @BeforeEach
    void open() {
        directory = root.resolve("work");
        shelf = new Shelf(root.resolve("shelf"));
        start(builder -> builder);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private void start(UnaryOperator<UploadServer.Builder> settings) {
        if (server != null) {
            server.close();
        }
        server = settings.apply(UploadServer.builder(directory, shelf)
                        .clock(time)
                        .events(events)
                        .maxFileBytes(100_000))
                .open();
        http = Shelf.routes(server);
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static String sha256(byte[] bytes) {
        return java.util.HexFormat.of()
                .formatHex(io.github.keywharf.internal.Sha256.digest().digest(bytes));
    }

    private static HttpHeaders headers(String... namesAndValues) {
        HttpHeaders headers = HttpHeaders.none();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers = headers.withAdded(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }

    private HttpResponse create(HttpBody body, String... headers) {
        return http.handle(
                HttpRequest.post(BASE.resolve("/files/sales.csv"), body).withHeaders(headers(headers)));
    }

    /** A creation without content; the path of the upload. */
    private String created(String... headers) {
        HttpResponse response = create(
                HttpBody.empty(),
                Stream.concat(Stream.of("Upload-Complete", "?0"), Arrays.stream(headers))
                        .toArray(String[]::new));
        assertThat(response.status()).isEqualTo(201);
        return response.header("Location").orElseThrow();
    }

    private HttpResponse send(String method, String path, HttpBody body, String... headers) {
        return http.handle(
                HttpRequest.of(method, BASE.resolve(path)).withBody(body).withHeaders(headers(headers)));
    }

    private HttpResponse patch(String path, long offset, boolean last, HttpBody body, String... more) {
        return send(
                "PATCH",
                path,
                body,
                Stream.concat(
                                Stream.of(
                                        "Content-Type",
                                        "application/partial-upload",
                                        "Upload-Offset",
                                        Long.toString(offset),
                                        "Upload-Complete",
                                        last ? "?1" : "?0"),
                                Arrays.stream(more))
                        .toArray(String[]::new));
    }

    private HttpBody part(int from, int to) {
        return HttpBody.of(Arrays.copyOfRange(content, from, to));
    }

    private HttpResponse head(String path) {
        return send("HEAD", path, HttpBody.empty());
    }

    private long offset(String path) {
        HttpResponse response = head(path);
        assertThat(response.status()).isEqualTo(204);
        return Long.parseLong(response.header("Upload-Offset").orElseThrow());
    }

    private static JsonNode problem(HttpResponse response, int status, String code) {
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.header("Content-Type")).hasValue("application/problem+json");
        try {
            JsonNode problem = new ObjectMapper().readTree(response.body().bytes(10_000));
            assertThat(problem.path("code").asText()).isEqualTo(code);
            assertThat(problem.path("status").asInt()).isEqualTo(status);
            assertThat(problem.path("title").asText()).isNotEmpty();
            return problem;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Path> workingFiles() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("lock"))
                    .toList();
        }
    }

    /** A stream that breaks after these bytes. */
    private static HttpBody broken(byte[] bytes) {
        return HttpBody.stream(new SequenceInputStream(new ByteArrayInputStream(bytes), new BlockInputStream() {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                throw new IOException("cut");
            }
        }));
    }

    private static HttpBody unknownLength(byte[] bytes) {
        return HttpBody.stream(new ByteArrayInputStream(bytes));
    }

    @Test
    void a_file_that_comes_in_pieces_is_handed_over_whole() {
        HttpResponse creation = create(HttpBody.empty(), "Upload-Complete", "?0", "Upload-Length", "10000");
        assertThat(creation.status()).isEqualTo(201);
        assertThat(creation.header("Upload-Complete")).hasValue("?0");
        assertThat(creation.header("Upload-Limit"))
                .hasValue("max-size=100000, min-size=0, max-append-size=67108864, max-age=3600");
        String path = creation.header("Location").orElseThrow();
        assertThat(path).matches("/uploads/[0-9a-f]{40}");

        assertThat(offset(path)).isZero();
        HttpResponse first = patch(path, 0, false, part(0, 4_000));
        assertThat(first.status()).isEqualTo(204);
        assertThat(first.header("Upload-Offset")).hasValue("4000");
        assertThat(first.header("Upload-Complete")).hasValue("?0");
        assertThat(patch(path, 4_000, false, unknownLength(Arrays.copyOfRange(content, 4_000, 9_000)))
                        .status())
                .isEqualTo(204);

        HttpResponse state = head(path);
        assertThat(state.status()).isEqualTo(204);
        assertThat(state.header("Upload-Offset")).hasValue("9000");
        assertThat(state.header("Upload-Complete")).hasValue("?0");
        assertThat(state.header("Upload-Length")).hasValue("10000");
        assertThat(state.header("Upload-Limit"))
                .hasValue("max-size=100000, min-size=0, max-append-size=67108864, max-age=86400");
        assertThat(state.header("Cache-Control")).hasValue("no-store");
        assertThat(shelf.has("sales.csv")).isFalse();

        HttpResponse last = patch(path, 9_000, true, part(9_000, 10_000));
        assertThat(last.status()).isEqualTo(201);
        assertThat(last.header("X-Shelf")).hasValue("7");
        assertThat(last.header("Upload-Complete")).hasValue("?1");
        assertThat(last.body().text(1_000)).isEqualTo("{\"length\":10000,\"sha256\":\"" + sha256(content) + "\"}");
        assertThat(shelf.content("sales.csv")).isEqualTo(content);
        assertThat(events.named("http.upload.completed"))
                .containsExactly(Event.of(
                        Event.Level.INFO,
                        "http.upload.completed",
                        Work.NONE,
                        "sales.csv",
                        "Uploaded by anna, 10000 bytes",
                        Fact.bytes("bytes", 10_000)));
    }

    @Test
    void a_creation_may_bring_all_or_the_first_of_the_content() {
        HttpResponse whole = create(HttpBody.of(content), "Upload-Complete", "?1");
        assertThat(whole.status()).isEqualTo(201);
        assertThat(whole.header("X-Shelf")).hasValue("7");
        assertThat(head(whole.header("Location").orElseThrow()).header("Upload-Complete"))
                .hasValue("?1");

        HttpResponse first = create(part(0, 100), "Upload-Complete", "?0");
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.header("Upload-Offset")).hasValue("100");
        assertThat(offset(first.header("Location").orElseThrow())).isEqualTo(100);
    }

    @Test
    void an_empty_patch_finishes_and_an_empty_file_is_a_file() {
        String path = created();
        patch(path, 0, false, HttpBody.of(content));
        assertThat(head(path).header("Upload-Complete")).hasValue("?0");
        assertThat(patch(path, 10_000, true, HttpBody.empty()).status()).isEqualTo(201);
        assertThat(shelf.content("sales.csv")).isEqualTo(content);

        assertThat(patch(created("Upload-Length", "0"), 0, true, HttpBody.empty())
                        .status())
                .isEqualTo(201);
        assertThat(shelf.content("sales.csv")).isEmpty();
    }

    @Test
    void a_wrong_offset_is_answered_with_the_right_one() {
        String path = created();
        patch(path, 0, false, part(0, 100));

        for (long wrong : new long[] {0, 99, 101, 999_999_999_999_999L}) {
            HttpResponse response = patch(path, wrong, true, HttpBody.of(content));
            assertThat(response.header("Upload-Offset")).hasValue("100");
            assertThat(response.header("Upload-Complete")).hasValue("?0");
            JsonNode problem = problem(response, 409, "upload.mismatching_offset");
            assertThat(problem.path("type").asText())
                    .isEqualTo("https://iana.org/assignments/http-problem-types#mismatching-upload-offset");
            assertThat(problem.path("expected-offset").asLong()).isEqualTo(100);
            assertThat(problem.path("provided-offset").asLong()).isEqualTo(wrong);
        }
        assertThat(offset(path)).isEqualTo(100);
    }

    @Test
    void lengths_that_differ_are_refused() {
        String type = "https://iana.org/assignments/http-problem-types#inconsistent-upload-length";
        String path = created("Upload-Length", "10000");

        HttpResponse other = patch(path, 0, false, part(0, 10), "Upload-Length", "9999");
        assertThat(problem(other, 400, "upload.inconsistent_length")
                        .path("type")
                        .asText())
                .isEqualTo(type);
        problem(patch(path, 0, true, part(0, 10)), 400, "upload.inconsistent_length");
        problem(create(part(0, 10), "Upload-Complete", "?1", "Upload-Length", "11"), 400, "upload.inconsistent_length");
        problem(create(part(0, 10), "Upload-Complete", "?0", "Upload-Length", "9"), 400, "upload.inconsistent_length");
        assertThat(offset(path)).isZero();

        // What the content's own length says counts too, and is remembered.
        String implied = created();
        patch(implied, 0, true, broken(part(0, 10).bytes(10)), "Upload-Length", "500");
        assertThat(head(implied).header("Upload-Length")).hasValue("500");
        problem(patch(implied, 10, true, part(10, 20)), 400, "upload.inconsistent_length");
        assertThat(shelf.completed()).isEmpty();
    }

    @Test
    void content_that_is_shorter_than_declared_does_not_finish() {
        String path = created("Upload-Length", "10000");
        problem(patch(path, 0, true, unknownLength(new byte[9_999])), 400, "upload.inconsistent_length");
        assertThat(offset(path)).isEqualTo(9_999);
        assertThat(head(path).header("Upload-Complete")).hasValue("?0");
        assertThat(shelf.completed()).isEmpty();
    }

    @Test
    void bytes_beyond_the_declared_length_are_not_taken() {
        String path = created("Upload-Length", "100");
        problem(patch(path, 0, false, part(0, 101)), 400, "upload.inconsistent_length");
        assertThat(offset(path)).isZero();
        problem(patch(path, 0, true, unknownLength(new byte[20_000])), 400, "upload.inconsistent_length");
        assertThat(offset(path)).isEqualTo(100);
        problem(patch(path, 100, true, unknownLength(new byte[1])), 400, "upload.inconsistent_length");
        assertThat(shelf.completed()).isEmpty();
    }

    @Test
    void a_file_beyond_the_limit_is_refused_with_the_limit() {
        HttpResponse declared = create(HttpBody.empty(), "Upload-Complete", "?0", "Upload-Length", "100001");
        assertThat(declared.header("Upload-Limit").orElseThrow()).startsWith("max-size=100000,");
        assertThat(problem(declared, 413, "upload.too_large").path("constraint").asText())
                .isEqualTo("max-size");

        String path = created();
        patch(path, 0, false, HttpBody.of(new byte[99_999]));
        problem(patch(path, 99_999, false, HttpBody.of(new byte[2])), 413, "upload.too_large");
        problem(patch(path, 99_999, true, HttpBody.of(new byte[2])), 413, "upload.too_large");
        problem(patch(path, 99_999, false, unknownLength(new byte[2])), 413, "upload.too_large");
        assertThat(offset(path)).isEqualTo(100_000);
        assertThat(shelf.started()).hasSize(1);
    }

    @Test
    void a_request_beyond_the_limit_of_one_is_refused_with_the_limit() {
        start(builder -> builder.maxFileBytes(1L << 30));
        int most = (int) UploadServer.MAX_APPEND_BYTES;
        byte[] larger = new byte[most + 1];
        String path = created();
        HttpResponse known = patch(path, 0, false, HttpBody.of(larger));
        assertThat(known.header("Upload-Limit").orElseThrow()).contains("max-append-size=" + most);
        problem(known, 413, "upload.append_too_large");
        assertThat(offset(path)).isZero();

        problem(patch(path, 0, false, unknownLength(larger)), 413, "upload.append_too_large");
        assertThat(offset(path)).isEqualTo(most);
        assertThat(server.resume("anna", "x", HttpRequest.get(BASE)).status()).isEqualTo(405);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?2", "1", "true", "?1?1", "?0, ?1", "? 1", "?1;a=b", ""})
    void only_a_boolean_says_whether_an_upload_is_complete(String value) {
        problem(create(HttpBody.of(content), "Upload-Complete", value), 400, "upload.bad_header");
        String path = created();
        problem(
                send(
                        "PATCH",
                        path,
                        part(0, 1),
                        "Content-Type",
                        "application/partial-upload",
                        "Upload-Offset",
                        "0",
                        "Upload-Complete",
                        value),
                400,
                "upload.bad_header");
        assertThat(offset(path)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "-0",
                "+1",
                "1000000000000000",
                "99999999999999999999999",
                "0x10",
                "1.0",
                "1e3",
                "0, 0",
                "0;a",
                "'0'",
                "٣",
                ""
            })
    void only_a_number_says_where_a_request_begins_and_how_long_a_file_is(String value) {
        String shown = value.replace("٣", "\u00b3");
        String path = created();
        problem(
                send(
                        "PATCH",
                        path,
                        part(0, 1),
                        "Content-Type",
                        "application/partial-upload",
                        "Upload-Offset",
                        shown,
                        "Upload-Complete",
                        "?0"),
                400,
                "upload.bad_header");
        assertThat(offset(path)).isZero();
        problem(create(HttpBody.empty(), "Upload-Complete", "?0", "Upload-Length", shown), 400, "upload.bad_header");
    }

    @ParameterizedTest
    @CsvSource({"Upload-Offset,0", "Upload-Complete,?0", "Upload-Length,10000"})
    void a_header_that_comes_twice_is_refused(String name, String value) {
        String path = created("Upload-Length", "10000");
        problem(
                patch(path, 0, false, part(0, 1), name.toLowerCase(java.util.Locale.ROOT), value, name, value),
                400,
                "upload.bad_header");
        assertThat(offset(path)).isZero();
    }

    @Test
    void missing_headers_and_other_content_are_refused() {
        problem(create(HttpBody.of(content)), 400, "upload.bad_header");
        String path = created();
        problem(
                send("PATCH", path, part(0, 1), "Content-Type", "application/partial-upload", "Upload-Complete", "?0"),
                400,
                "upload.bad_header");
        problem(
                send("PATCH", path, part(0, 1), "Content-Type", "application/partial-upload", "Upload-Offset", "0"),
                400,
                "upload.bad_header");
        problem(
                send(
                        "PATCH",
                        path,
                        part(0, 1),
                        "Content-Type",
                        "text/csv",
                        "Upload-Offset",
                        "0",
                        "Upload-Complete",
                        "?0"),
                415,
                "upload.bad_media_type");
        assertThat(offset(path)).isZero();
        problem(
                server.create(
                        "anna",
                        "n".repeat(1_025),
                        "/uploads/",
                        HttpRequest.post(BASE, HttpBody.empty()).withHeader("Upload-Complete", "?0")),
                400,
                "upload.bad_name");
    }

    @Test
    void a_last_request_that_is_repeated_gets_the_first_answer_also_after_a_restart() {
        String path = created();
        patch(path, 0, false, part(0, 4_000));
        String answer = patch(path, 4_000, true, part(4_000, 10_000)).body().text(1_000);

        for (int i = 0; i < 2; i++) {
            HttpResponse repeated = patch(path, 4_000, true, part(4_000, 10_000));
            assertThat(repeated.status()).isEqualTo(201);
            assertThat(repeated.header("X-Shelf")).hasValue("7");
            assertThat(repeated.body().text(1_000)).isEqualTo(answer);
            assertThat(patch(path, 10_000, true, HttpBody.empty()).body().text(1_000))
                    .isEqualTo(answer);
            HttpResponse state = head(path);
            assertThat(state.header("Upload-Offset")).hasValue("10000");
            assertThat(state.header("Upload-Complete")).hasValue("?1");
            start(builder -> builder);
        }
        assertThat(shelf.completed()).hasSize(1);

        HttpResponse more = patch(path, 10_000, false, part(0, 1));
        assertThat(problem(more, 400, "upload.completed").path("type").asText())
                .isEqualTo("https://iana.org/assignments/http-problem-types#completed-upload");
        problem(patch(path, 5_000, true, part(5_000, 10_000)), 400, "upload.completed");
    }

    @Test
    void unknown_foreign_and_expired_uploads_look_the_same() {
        String path = created();
        String id = path.substring("/uploads/".length());
        byte[] unknown = notFound(server.resume("anna", "0".repeat(40), HttpRequest.of("PATCH", BASE)));

        for (String other :
                List.of("", "..", "../../etc/passwd", "lock", id.toUpperCase(java.util.Locale.ROOT), id + "0")) {
            assertThat(notFound(server.resume("anna", other, HttpRequest.of("PATCH", BASE))))
                    .isEqualTo(unknown);
        }
        for (String method : List.of("HEAD", "PATCH", "DELETE")) {
            assertThat(server.resume("bert", id, HttpRequest.of(method, BASE)).status())
                    .isEqualTo(404);
        }
        assertThat(notFound(server.resume("bert", id, HttpRequest.of("PATCH", BASE))))
                .isEqualTo(unknown);
        assertThat(offset(path)).isZero();
        time.advance(Duration.ofHours(24));
        assertThat(notFound(server.resume("anna", id, HttpRequest.of("PATCH", BASE))))
                .isEqualTo(unknown);
    }

    private static byte[] notFound(HttpResponse response) {
        assertThat(response.status()).isEqualTo(404);
        return response.body().bytes(10_000);
    }

    @Test
    void delete_cancels_and_leaves_nothing() throws IOException {
        String path = created();
        patch(path, 0, false, part(0, 10));
        assertThat(send("DELETE", path, HttpBody.empty()).status()).isEqualTo(204);
        assertThat(workingFiles()).isEmpty();
        assertThat(head(path).status()).isEqualTo(404);
        assertThat(send("DELETE", path, HttpBody.empty()).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sha-256",
                "sha-256=abc",
                "sha-256=:AAAA:",
                "sha-256=:****:",
                "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:, sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:",
                "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:;q=1"
            })
    void a_digest_that_cannot_be_read_is_refused_before_the_content(String digest) {
        problem(create(HttpBody.empty(), "Upload-Complete", "?0", "Repr-Digest", digest), 400, "upload.bad_header");
        assertThat(shelf.started()).isEmpty();
    }

    @Test
    void a_file_that_does_not_match_its_digest_is_discarded() throws IOException {
        String path = created("Repr-Digest", "sha-512=:AAAA:, " + WRONG, "Upload-Length", "10000");
        for (int i = 0; i < 2; i++) {
            problem(patch(path, 0, true, HttpBody.of(content)), 400, "upload.repr_digest");
            assertThat(head(path).header("Upload-Complete")).hasValue("?1");
        }
        assertThat(shelf.completed()).isEmpty();
        assertThat(workingFiles()).noneMatch(file -> file.endsWith("content"));
        assertThat(events.named("http.upload.refused")).hasSize(1);

        String right = UploadHeaders.digest(sha256(content));
        assertThat(patch(created("Repr-Digest", right), 0, true, HttpBody.of(content))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void what_came_before_a_cut_stays() {
        String path = created();
        problem(patch(path, 0, true, broken(part(0, 7_000).bytes(7_000))), 400, "upload.broken_off");
        assertThat(offset(path)).isEqualTo(7_000);
        start(builder -> builder);
        assertThat(offset(path)).isEqualTo(7_000);
        patch(path, 7_000, true, part(7_000, 10_000));
        assertThat(shelf.content("sales.csv")).isEqualTo(content);
    }

    @Test
    void a_creation_whose_content_breaks_off_leaves_nothing() throws IOException {
        problem(create(broken(content), "Upload-Complete", "?1"), 400, "upload.broken_off");
        assertThat(workingFiles()).isEmpty();
    }

    @Test
    void after_a_restart_content_beyond_the_recorded_offset_is_cut() throws IOException {
        String path = created();
        patch(path, 0, false, part(0, 5_000));
        server.close();
        Path file = directory.resolve(path.substring("/uploads/".length())).resolve("content");
        Files.write(file, new byte[3_000], StandardOpenOption.APPEND);
        start(builder -> builder);

        assertThat(offset(path)).isEqualTo(5_000);
        patch(path, 5_000, true, part(5_000, 10_000));
        assertThat(shelf.content("sales.csv")).isEqualTo(content);
    }

    @Test
    void an_upload_whose_files_are_damaged_is_removed_at_the_start() throws IOException {
        String shorter = created();
        patch(shorter, 0, false, part(0, 5_000));
        String stateless = created();
        server.close();
        Files.write(directory.resolve(shorter.substring(9)).resolve("content"), new byte[4_999]);
        Files.delete(directory.resolve(stateless.substring(9)).resolve("state"));
        start(builder -> builder);

        assertThat(head(shorter).status()).isEqualTo(404);
        assertThat(head(stateless).status()).isEqualTo(404);
        assertThat(workingFiles()).isEmpty();
        assertThat(events.named("http.upload.removed")).hasSize(2);
    }

    /** After a rollback of the library, say: the content may be all that its client has. */
    @Test
    void an_upload_of_another_version_stays_and_does_not_keep_the_server_from_starting() throws IOException {
        String path = created();
        patch(path, 0, false, part(0, 5_000));
        server.close();
        Path upload = directory.resolve(path.substring(9));
        Path state = upload.resolve("state");
        Files.writeString(state, Files.readString(state).replace("\"version\":1", "\"version\":2"));
        Path full = Files.createDirectories(directory.resolve("b".repeat(40)).resolve("folder"));
        Files.createFile(full.resolve("file"));
        start(builder -> builder);

        assertThat(head(path).status()).isEqualTo(404);
        assertThat(upload.resolve("content")).hasSize(5_000);
        assertThat(events.named("http.upload.unreadable")).hasSize(2);
    }

    @Test
    void content_is_its_owners_alone_also_once_it_is_moved() throws IOException {
        patch(created(), 0, true, HttpBody.of(content));
        assertThat(Files.getPosixFilePermissions(shelf.file("anna", "sales.csv")))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    }

    @Test
    void a_length_below_what_has_arrived_is_refused_and_not_recorded() {
        String path =
                create(part(0, 100), "Upload-Complete", "?0").header("Location").orElseThrow();
        problem(
                patch(path, 100, false, unknownLength(new byte[1]), "Upload-Length", "50"),
                400,
                "upload.inconsistent_length");
        assertThat(head(path).header("Upload-Length")).isEmpty();
        assertThat(patch(path, 100, true, part(100, 200)).status()).isEqualTo(201);
    }

    @Test
    void a_receiver_that_fails_locks_nobody_out() throws IOException {
        String path = created();
        shelf.beforeMove(upload -> {
            throw new IllegalStateException("the shelf is locked");
        });
        assertThatIllegalStateException().isThrownBy(() -> patch(path, 0, true, HttpBody.of(content)));
        assertThat(send("DELETE", path, HttpBody.empty()).status()).isEqualTo(204);
        for (int i = 0; i <= UploadServer.MAX_OPEN; i++) {
            assertThatIllegalStateException().isThrownBy(() -> create(HttpBody.of(content), "Upload-Complete", "?1"));
        }
        assertThat(workingFiles()).isEmpty();
        shelf.beforeMove(upload -> {});
        assertThat(create(HttpBody.of(content), "Upload-Complete", "?1").status())
                .isEqualTo(201);
    }

    @Test
    void the_directory_stays_locked_while_a_request_is_with_the_receiver() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        shelf.beforeMove(upload -> {
            arrived.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        String path = created();
        CompletableFuture<HttpResponse> last = Background.supply(() -> patch(path, 0, true, HttpBody.of(content)));
        arrived.await();
        assertThat(head(path).status()).isEqualTo(503);
        server.close();
        assertThatThrownBy(() -> UploadServer.builder(directory, shelf).open())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("http.upload_directory"));

        go.countDown();
        assertThat(last.get().status()).isEqualTo(201);
        server.close();
        start(builder -> builder);
        assertThat(head(path).header("Upload-Complete")).hasValue("?1");
        assertThat(shelf.content("sales.csv")).isEqualTo(content);
    }

    @Test
    void a_receiver_that_failed_is_called_again_by_the_next_request() {
        shelf.beforeMove(upload -> {
            throw new IllegalStateException("the shelf is locked");
        });
        String path = created();
        assertThatIllegalStateException().isThrownBy(() -> patch(path, 0, true, HttpBody.of(content)));
        assertThatIllegalStateException().isThrownBy(() -> head(path));

        shelf.beforeMove(upload -> {});
        HttpResponse state = head(path);
        assertThat(state.header("Upload-Complete")).hasValue("?1");
        assertThat(shelf.content("sales.csv")).isEqualTo(content);
        assertThat(patch(path, 0, true, HttpBody.of(content)).header("X-Shelf")).hasValue("7");
    }

    @Test
    void what_had_arrived_when_the_process_died_is_completed_at_the_start() {
        for (boolean moved : new boolean[] {false, true}) {
            shelf.beforeMove(upload -> die(!moved));
            shelf.afterMove(upload -> die(moved));
            String path = created();
            assertThatIllegalStateException().isThrownBy(() -> patch(path, 0, true, HttpBody.of(content)));
            start(builder -> builder);
            assertThat(events.named("http.upload.not_completed"))
                    .contains(Event.of(
                            Event.Level.ERROR,
                            "http.upload.not_completed",
                            Work.NONE,
                            "sales.csv",
                            "The receiver failed: java.lang.IllegalStateException"));

            shelf.beforeMove(upload -> {});
            shelf.afterMove(upload -> {});
            time.advance(Duration.ofDays(3));
            int before = shelf.completed().size();
            start(builder -> builder);
            assertThat(shelf.completed()).hasSize(before + 1);
            assertThat(shelf.content("sales.csv")).isEqualTo(content);
            assertThat(patch(path, 0, true, HttpBody.of(content)).header("X-Shelf"))
                    .hasValue("7");
        }
    }

    private static void die(boolean now) {
        if (now) {
            throw new IllegalStateException("the process dies here");
        }
    }

    @Test
    void the_receiver_refuses_at_the_beginning_and_at_the_end() throws IOException {
        shelf.decide(start -> {
            throw UploadRefused.of(403, "tenant.too_many_files", "Only 3 files a day are allowed", "maxFiles");
        });
        HttpResponse begin = create(HttpBody.empty(), "Upload-Complete", "?0");
        JsonNode problem = problem(begin, 403, "tenant.too_many_files");
        assertThat(problem.path("detail").asText()).isEqualTo("Only 3 files a day are allowed");
        assertThat(problem.path("constraint").asText()).isEqualTo("maxFiles");
        assertThat(workingFiles()).isEmpty();

        shelf.decide(start -> UploadPermit.granted());
        shelf.beforeMove(upload -> {
            throw UploadRefused.of(409, "tenant.exists", "There is such a file by now");
        });
        String path = created();
        problem(patch(path, 0, true, HttpBody.of(content)), 409, "tenant.exists");
        problem(patch(path, 0, true, HttpBody.of(content)), 409, "tenant.exists");
        assertThat(workingFiles()).noneMatch(file -> file.endsWith("content"));
        assertThat(events.named("http.upload.refused"))
                .extracting(Event::subject, Event::message)
                .containsExactly(
                        tuple("sales.csv", "Refused to anna with status 403: tenant.too_many_files"),
                        tuple("sales.csv", "Refused to anna with status 409: tenant.exists"));
    }

    @Test
    void the_receiver_learns_what_is_declared_and_sets_a_limit_or_answers() {
        String digest = UploadHeaders.digest(sha256(content));
        shelf.decide(start -> UploadPermit.upTo(500));
        String path = created("Upload-Length", "500", "Repr-Digest", digest);
        UploadStart start = shelf.started().get(0);
        assertThat(start.owner()).isEqualTo("anna");
        assertThat(start.name()).isEqualTo("sales.csv");
        assertThat(start.length()).hasValue(500);
        assertThat(start.sha256()).hasValue(sha256(content));
        assertThat(head(path).header("Upload-Limit").orElseThrow()).startsWith("max-size=500,");
        HttpResponse refused = create(HttpBody.empty(), "Upload-Complete", "?0", "Upload-Length", "501");
        assertThat(refused.header("Upload-Limit").orElseThrow()).startsWith("max-size=500,");
        problem(refused, 413, "upload.too_large");
        String open = created();
        HttpResponse beyond = patch(open, 0, false, unknownLength(new byte[501]));
        assertThat(beyond.header("Upload-Limit").orElseThrow()).startsWith("max-size=500,");
        problem(beyond, 413, "upload.too_large");

        shelf.decide(again -> UploadPermit.answered(HttpResponse.json(200, "{\"here\":true}")));
        HttpResponse here = create(HttpBody.empty(), "Upload-Complete", "?0", "Repr-Digest", digest);
        assertThat(here.status()).isEqualTo(200);
        assertThat(here.header("Upload-Complete")).hasValue("?1");
        assertThat(here.body().text(100)).isEqualTo("{\"here\":true}");
        assertThat(here.header("Location")).isEmpty();
    }

    @Test
    void uploads_expire_without_progress() throws IOException {
        String path = created();
        time.advance(Duration.ofMinutes(59));
        patch(path, 0, false, part(0, 10));
        time.advance(Duration.ofHours(23));
        patch(path, 10, false, part(10, 20));
        time.advance(Duration.ofHours(23));
        assertThat(offset(path)).isEqualTo(20);
        time.advance(Duration.ofHours(1));
        assertThat(head(path).status()).isEqualTo(404);
        assertThat(workingFiles()).isEmpty();

        String swept =
                create(part(0, 10), "Upload-Complete", "?0").header("Location").orElseThrow();
        time.advance(Duration.ofHours(24));
        String other = created();
        assertThat(events.named("http.upload.removed")).hasSize(2);
        assertThat(Files.exists(directory.resolve(swept.substring(9)))).isFalse();
        time.advance(Duration.ofHours(24));
        start(builder -> builder);
        assertThat(Files.exists(directory.resolve(other.substring(9)))).isFalse();
        assertThat(events.named("http.upload.removed")).hasSize(3);
    }

    /** Clients that lose the answer to a creation create another upload: those without content are not kept for long. */
    @Test
    void an_upload_without_content_expires_sooner() {
        for (int i = 0; i < UploadServer.MAX_OPEN; i++) {
            created();
        }
        problem(create(HttpBody.empty(), "Upload-Complete", "?0"), 429, "upload.too_many_open");
        time.advance(Duration.ofHours(1));
        created();
    }

    @Test
    void a_finished_upload_can_be_asked_for_a_while() throws IOException {
        String path = created();
        patch(path, 0, true, HttpBody.of(content));
        time.advance(UploadServer.FINISHED_KEPT.minusSeconds(1));
        assertThat(head(path).header("Upload-Complete")).hasValue("?1");
        time.advance(Duration.ofSeconds(1));
        assertThat(head(path).status()).isEqualTo(404);
        assertThat(workingFiles()).isEmpty();
    }

    @Test
    void an_owner_has_so_many_unfinished_uploads_at_most() {
        String first = created();
        for (int i = 1; i < UploadServer.MAX_OPEN; i++) {
            created();
        }
        HttpResponse beyond = create(HttpBody.empty(), "Upload-Complete", "?0");
        assertThat(problem(beyond, 429, "upload.too_many_open")
                        .path("constraint")
                        .asText())
                .isEqualTo("maxOpen");
        assertThat(create(HttpBody.empty(), "Upload-Complete", "?0", "X-Owner", "bert")
                        .status())
                .isEqualTo(201);

        patch(first, 0, true, HttpBody.empty());
        created();
        problem(create(HttpBody.empty(), "Upload-Complete", "?0"), 429, "upload.too_many_open");
    }

    @Test
    void links_in_the_directory_are_not_followed() throws IOException {
        Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
        Path precious = Files.writeString(elsewhere.resolve("content"), "precious");
        Files.writeString(elsewhere.resolve("state"), "precious");
        String swept = created();
        String open = created();
        patch(open, 0, false, part(0, 100));
        server.close();
        Files.createSymbolicLink(directory.resolve("a".repeat(40)), elsewhere);
        Files.createSymbolicLink(directory.resolve(swept.substring(9)).resolve("planted"), precious);
        start(builder -> builder);
        assertThat(server.resume("anna", "a".repeat(40), HttpRequest.of("HEAD", BASE))
                        .status())
                .isEqualTo(404);
        assertThat(patch(swept, 0, false, part(0, 1)).status()).isEqualTo(204);

        Path file = directory.resolve(open.substring(9)).resolve("content");
        Files.delete(file);
        Files.createSymbolicLink(file, precious);
        assertThatThrownBy(() -> patch(open, 100, false, part(100, 200)))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("http.upload_storage"));
        time.advance(Duration.ofHours(25));
        start(builder -> builder);
        assertThat(head(open).status()).isEqualTo(404);
        assertThat(precious).hasContent("precious");
        assertThat(elsewhere.resolve("state")).hasContent("precious");
    }

    @Test
    void names_and_owners_never_become_paths() throws IOException {
        HttpResponse response = server.create(
                "../owner",
                "../../evil",
                "/uploads/",
                HttpRequest.post(BASE, HttpBody.of(content)).withHeader("Upload-Complete", "?0"));
        assertThat(response.status()).isEqualTo(201);
        try (Stream<Path> files = Files.list(root)) {
            assertThat(files).containsExactlyInAnyOrder(directory, root.resolve("shelf"));
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .allMatch(name -> name.matches("lock|[0-9a-f]{40}"));
        }
    }

    /** Content of which some bytes come, and then nothing until it is closed. */
    private static final class Stalled extends InputStream {
        private final byte[] bytes;
        private final CountDownLatch closed = new CountDownLatch(1);
        private final CountDownLatch waiting = new CountDownLatch(1);
        private int position;

        Stalled(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() throws IOException {
            if (position < bytes.length) {
                return bytes[position++] & 0xff;
            }
            waiting.countDown();
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("closed");
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = Math.min(length, bytes.length - position);
            if (n == 0) {
                return read();
            }
            System.arraycopy(bytes, position, target, offset, n);
            position += n;
            return n;
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    @Test
    void a_second_request_ends_the_first_and_keeps_what_it_brought() throws Exception {
        String path = created();
        long offset = 0;
        for (String method : List.of("HEAD", "PATCH", "DELETE")) {
            Stalled stalled = new Stalled(new byte[1_000]);
            long begun = offset;
            CompletableFuture<HttpResponse> first =
                    Background.supply(() -> patch(path, begun, false, HttpBody.stream(stalled)));
            stalled.waiting.await();
            HttpResponse second = method.equals("PATCH")
                    ? patch(path, offset + 1_000, false, HttpBody.of(new byte[5]))
                    : send(method, path, HttpBody.empty());
            assertThat(second.status()).isEqualTo(204);
            problem(first.get(), 409, "upload.ended");
            offset = begun + (method.equals("PATCH") ? 1_005 : 1_000);
            if (!method.equals("DELETE")) {
                assertThat(offset(path)).isEqualTo(offset);
            }
        }
        assertThat(head(path).status()).isEqualTo(404);
    }

    @Test
    void closing_ends_what_is_under_way_and_gives_the_directory_back() throws Exception {
        assertThatThrownBy(() -> UploadServer.builder(directory, shelf).open())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("http.upload_directory"));
        String path = created();
        Stalled stalled = new Stalled(new byte[1_000]);
        CompletableFuture<HttpResponse> first =
                Background.supply(() -> patch(path, 0, false, HttpBody.stream(stalled)));
        stalled.waiting.await();
        server.close();
        server.close();
        await().until(first::isDone);
        assertThatIllegalStateException().isThrownBy(() -> head(path));
        start(builder -> builder);
        assertThat(offset(path)).isEqualTo(1_000);
    }

    @Test
    void a_directory_that_cannot_be_used_is_named() throws IOException {
        Path file = Files.createFile(root.resolve("file"));
        assertThatThrownBy(() -> UploadServer.builder(file, shelf).open())
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining(file.toString());
        assertThat(server.toString()).isEqualTo("UploadServer[" + directory + "]");
    }

    @Test
    void a_long_request_is_recorded_on_its_way() throws Exception {
        start(builder -> builder.maxFileBytes(1L << 30));
        String path = created();
        Stalled stalled = new Stalled(new byte[(int) Append.RECORD_EVERY + 1_000]);
        CompletableFuture<HttpResponse> first =
                Background.supply(() -> patch(path, 0, false, HttpBody.stream(stalled)));
        stalled.waiting.await();
        String state = Files.readString(directory.resolve(path.substring(9)).resolve("state"), StandardCharsets.UTF_8);
        long recorded = new ObjectMapper().readTree(state).path("offset").asLong();
        assertThat(recorded).isBetween(Append.RECORD_EVERY, Append.RECORD_EVERY + 1_000);
        stalled.close();
        first.get();
    }
}
