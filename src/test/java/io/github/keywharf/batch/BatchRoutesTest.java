package io.github.keywharf.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.testing.ManualClock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchRoutesTest {
    private static final int MAX = 1 << 20;

    @TempDir
    Path directory;

    private final ManualClock clock = new ManualClock();
    private final TenantProfiles.Editable profiles = TenantProfiles.inMemory();
    private final MemoryFiles files = new MemoryFiles(clock, profiles);
    private Path users;
    private BatchRoutes routes;

    /** An answer that was read. */
    record Answer(int status, HttpResponse response, String body) {}

    @BeforeEach
    void open() throws IOException {
        profiles.put(TenantProfile.builder(Organisation.of("one"))
                .numberFiles(3)
                .dataSizes(2)
                .bytesADay(5_000)
                .build());
        profiles.put(TenantProfile.builder(Organisation.of("two"))
                .columns(List.of("id", "name"))
                .build());
        String hash = TenantUsersTest.cheap("pass");
        users = Files.writeString(
                directory.resolve("users.json"),
                "{\"one\": \"%s\", \"two\": \"%s\", \"gone\": \"%s\", \"boss\": \"%s\"}"
                        .formatted(hash, hash, hash, hash));
        TenantLogin login =
                TenantLogin.basic(TenantUsers.file(users, clock, EventListener.NONE), Set.of("boss"), clock);
        routes = new BatchRoutes(login, profiles, files, directory.resolve(".uploads"), clock, EventListener.NONE);
    }

    @AfterEach
    void close() {
        routes.close();
    }

    private static HttpRequest request(String method, String path, String user) {
        String pair = Base64.getEncoder().encodeToString((user + ":pass").getBytes(StandardCharsets.UTF_8));
        return HttpRequest.of(method, URI.create("http://localhost" + path))
                .withPeer("10.0.0.1")
                .withHeader("Authorization", "Basic " + pair);
    }

    private Answer ask(HttpRequest request) {
        try (HttpResponse response = routes.handle(request)) {
            return new Answer(response.status(), response, response.body().text(MAX));
        }
    }

    private Answer ask(String method, String path, String user) {
        return ask(request(method, path, user));
    }

    private static String digest(byte[] content) {
        try {
            return "sha-256=:"
                    + Base64.getEncoder()
                            .encodeToString(MessageDigest.getInstance("SHA-256").digest(content)) + ":";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private Answer create(String user, String path, byte[] content) {
        return ask(request("POST", path, user)
                .withHeader("Upload-Complete", "?0")
                .withHeader("Upload-Length", Integer.toString(content.length))
                .withHeader("Repr-Digest", digest(content)));
    }

    private Answer append(String user, String upload, byte[] content) {
        return ask(request("PATCH", upload, user)
                .withHeader("Content-Type", "application/partial-upload")
                .withHeader("Upload-Offset", "0")
                .withHeader("Upload-Complete", "?1")
                .withBody(HttpBody.of(content)));
    }

    private Answer upload(String user, String name, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        Answer created = create(user, "/files/" + name, bytes);
        return created.status() == 201
                ? append(user, created.response().header("Location").orElseThrow(), bytes)
                : created;
    }

    private static String id(Answer answer) {
        return answer.body().replaceAll(".*\"id\":\"([0-9a-f]{32})\".*", "$1");
    }

    @Test
    void a_tenant_gets_its_constraints_with_the_keys_of_old() {
        assertThat(ask("GET", "/customer", "one").body())
                .isEqualTo("{\"formats\":[\".csv\"],\"number_files\":3,\"data_sizes\":2,\"bytes_a_day\":5000}");
        assertThat(ask("GET", "/customer", "two").body()).endsWith(",\"columns\":[\"id\",\"name\"]}");
    }

    @Test
    void a_file_that_was_uploaded_is_received_and_shown() {
        Answer uploaded = upload("one", "a%20b.csv", "x\n1\n");

        assertThat(uploaded.status()).isEqualTo(200);
        assertThat(uploaded.body()).contains("\"state\":\"received\"", "\"name\":\"a b.csv\"", "\"bytes\":4");
        assertThat(files.content(id(uploaded))).asString().isEqualTo("x\n1\n");
        assertThat(ask("GET", "/files/" + id(uploaded), "one").body()).isEqualTo(uploaded.body());
        assertThat(ask("GET", "/files", "one").body()).isEqualTo("{\"files\":[" + uploaded.body() + "]}");
        assertThat(ask("GET", "/files/" + id(uploaded) + "/rejected", "one"))
                .satisfies(none -> assertThat(none.body()).isEmpty());
    }

    @Test
    void the_same_file_again_is_recognised_before_it_is_sent() {
        Answer first = upload("one", "a.csv", "x\n");
        Answer second = upload("one", "a.csv", "x\n");

        assertThat(second.status()).isEqualTo(200);
        assertThat(second.body()).contains("\"state\":\"duplicate\"").contains(id(first));
        assertThat(upload("one", "b.csv", "x\n").body()).contains("\"state\":\"received\"");
        assertThat(upload("two", "a.csv", "id,name\n").body()).contains("\"state\":\"received\"");
        assertThat(files.all()).hasSize(3);
    }

    @Test
    void a_file_that_an_upload_hands_over_twice_is_one_file() {
        TenantUploads uploads = new TenantUploads(profiles, files, clock);
        Path content = directory.resolve("content");
        var finished =
                new io.github.keywharf.http.upload.FinishedUpload("one", "u1", "a.csv", content, 2, "0".repeat(64));
        try {
            Files.writeString(content, "x\n");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }

        String first = uploads.complete(finished).body().text(MAX);
        assertThat(uploads.complete(finished).body().text(MAX)).isEqualTo(first);
        assertThat(files.all()).hasSize(1);
    }

    @Test
    void each_constraint_is_enforced_by_the_server_and_named_with_its_value() {
        assertThat(create("one", "/files/a.exe", new byte[1]))
                .satisfies(answer -> assertThat(answer.status()).isEqualTo(422))
                .satisfies(answer -> assertThat(answer.body())
                        .contains("\"constraint\":\"formats\"", "formats: .exe; allowed: .csv"));
        assertThat(create("one", "/files/a.csv", new byte[2_049]))
                .satisfies(answer -> assertThat(answer.status()).isEqualTo(413))
                .satisfies(answer ->
                        assertThat(answer.body()).contains("data_sizes: 2.0009765625 KB; allowed: at most 2 KB"));
        assertThat(upload("one", "1.csv", "1".repeat(2_048)).status()).isEqualTo(200);
        assertThat(upload("one", "2.csv", "2".repeat(2_048)).status()).isEqualTo(200);
        assertThat(create("one", "/files/3.csv", new byte[905]).body())
                .contains("bytes_a_day: 4096 bytes today and 905 more; allowed: at most 5000 bytes a day (UTC)");
        assertThat(upload("one", "3.csv", "3".repeat(904)).status()).isEqualTo(200);
        assertThat(create("one", "/files/4.csv", new byte[0]))
                .satisfies(answer -> assertThat(answer.status()).isEqualTo(422))
                .satisfies(answer -> assertThat(answer.body())
                        .contains("number_files: 3 files wait; allowed: up to 3 waiting files"));
        files.end(files.all().get(0).id(), FileState.DONE, "");
        clock.advance(Duration.ofDays(1));
        assertThat(upload("one", "4.csv", "").status()).isEqualTo(200);
        assertThat(upload("two", "a.csv", "name,id\n").body())
                .contains("\"state\":\"refused\"", "columns: name, id; allowed: the header id, name");
    }

    @Test
    void a_stream_of_unknown_length_is_cut_off_where_the_profile_ends() {
        Answer created = ask(request("POST", "/files/a.csv", "one").withHeader("Upload-Complete", "?0"));
        String upload = created.response().header("Location").orElseThrow();
        HttpBody endless = HttpBody.stream(new ByteArrayInputStream(new byte[10_000]));

        Answer answer = ask(request("PATCH", upload, "one")
                .withHeader("Content-Type", "application/partial-upload")
                .withHeader("Upload-Offset", "0")
                .withHeader("Upload-Complete", "?1")
                .withBody(endless));

        assertThat(answer.status()).isEqualTo(413);
        assertThat(files.all()).isEmpty();
    }

    @Test
    void content_that_is_not_what_was_declared_is_discarded() {
        byte[] declared = "x\n".getBytes(StandardCharsets.UTF_8);
        String upload = create("one", "/files/a.csv", declared)
                .response()
                .header("Location")
                .orElseThrow();

        assertThat(append("one", upload, "y\n".getBytes(StandardCharsets.UTF_8)).status())
                .isEqualTo(400);
        assertThat(files.all()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/files/..",
                "/files/%2e%2e",
                "/files/..%2f..%2fetc%2fpasswd.csv",
                "/files/..%5c..%5cwin.csv",
                "/files/%2fetc%2fpasswd.csv",
                "/files/C%3a%5ca.csv",
                "/files/a.csv%00.exe",
                "/files/a%0d%0aX-Evil:%201.csv",
                "/files/%c0%ae%c0%ae%c0%afa.csv",
                "/files/%ed%a0%80.csv",
                "/files/%ff.csv",
                "/files/%E2%80%AEvsc.csv",
                "/files/a%E2%80%8B.csv",
                "/files/nul.csv",
                "/files/COM1.csv",
                "/files/.csv",
                "/files/.hidden.csv",
                "/files/a.csv.",
                "/files/a.csv%20",
                "/files/a.csv::$DATA.csv",
                "/files/a.csv;.exe",
                "/files/a.csv/..",
                "/files//a.csv",
                "/files/",
                "/files",
                "/uploads/a.csv",
                "/../files/a.csv",
            })
    void a_name_that_leads_elsewhere_or_deceives_is_not_taken(String path) throws IOException {
        Answer answer = create("one", path, "x".getBytes(StandardCharsets.UTF_8));

        assertThat(answer.status()).isIn(400, 404, 405, 422);
        assertThat(answer.response().header("Location")).isEmpty();
        assertThat(files.all()).isEmpty();
        try (var left = Files.walk(directory)) {
            assertThat(left.filter(Files::isRegularFile).map(Path::getFileName).map(Path::toString))
                    .noneMatch(name -> name.endsWith(".csv") || name.contains("passwd"));
        }
    }

    @Test
    void a_name_of_256_bytes_is_not_taken() {
        assertThat(create("one", "/files/" + "a".repeat(252) + ".csv", new byte[1])
                        .status())
                .isEqualTo(422);
        assertThat(create("one", "/files/" + "a".repeat(251) + ".csv", new byte[1])
                        .status())
                .isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Upload-Complete | yes
            Upload-Length | -1
            Upload-Length | 99999999999999999999
            Upload-Length | 1e3
            Repr-Digest | sha-256=:AAAA:
            """)
    void headers_that_are_malformed_begin_nothing(String header, String value) {
        Answer answer = ask(request("POST", "/files/a.csv", "one")
                .withHeader("Upload-Complete", "?0")
                .withHeader(header, value));

        assertThat(answer.status()).isBetween(400, 499);
        assertThat(answer.response().header("Location")).isEmpty();
    }

    @Test
    void what_is_another_tenants_looks_as_if_it_did_not_exist() {
        String id = id(upload("one", "a.csv", "x\n"));
        files.end(id, FileState.FAILED, "no reason");
        byte[] content = "id,name\n".getBytes(StandardCharsets.UTF_8);
        String upload = create("one", "/files/b.csv", content)
                .response()
                .header("Location")
                .orElseThrow();
        String never = "0".repeat(32);
        List<String[]> routesOfFiles = List.of(
                new String[] {"GET", "/files/%s"},
                new String[] {"HEAD", "/files/%s"},
                new String[] {"GET", "/files/%s/rejected"},
                new String[] {"POST", "/files/%s/replay"},
                new String[] {"GET", "/files?before=%s"});

        for (String[] route : routesOfFiles) {
            Answer foreign = ask(route[0], route[1].formatted(id), "two");
            Answer absent = ask(route[0], route[1].formatted(never), "two");
            assertThat(foreign.status()).as(route[1]).isEqualTo(404).isEqualTo(absent.status());
            assertThat(foreign.body()).isEqualTo(absent.body());
            assertThat(foreign.response().headers()).isEqualTo(absent.response().headers());
        }
        for (String method : new String[] {"HEAD", "PATCH", "DELETE"}) {
            Answer foreign = ask(method, upload, "two");
            Answer absent = ask(method, "/uploads/" + never, "two");
            assertThat(foreign.status()).isEqualTo(404).isEqualTo(absent.status());
            assertThat(foreign.body()).isEqualTo(absent.body());
        }
        assertThat(ask("GET", "/files", "two").body()).isEqualTo("{\"files\":[]}");
        assertThat(ask("GET", "/statistics?tenant=one", "two").status()).isEqualTo(404);
        assertThat(ask("HEAD", upload, "one").status()).isEqualTo(204);
        assertThat(files.find(id)).map(IngestedFile::state).contains(FileState.FAILED);
    }

    @Test
    void a_failed_file_is_replayed_and_its_rejected_rows_are_handed_out() {
        String id = id(upload("one", "a.csv", "x\n"));
        assertThat(ask("POST", "/files/" + id + "/replay", "one").status()).isEqualTo(409);
        files.end(id, FileState.FAILED, "the app failed");

        assertThat(ask("GET", "/files/" + id, "one").body())
                .contains("\"state\":\"failed\"", "\"reason\":\"the app failed\"", "\"rejected\":1");
        assertThat(ask("GET", "/files/" + id + "/rejected", "one").body()).isEqualTo("{\"line\":3}\n");
        assertThat(ask("POST", "/files/" + id + "/replay", "one").body()).contains("\"state\":\"received\"");
    }

    @Test
    void files_are_listed_page_by_page_the_newest_first() {
        List<String> ids = new ArrayList<>();
        for (String name : new String[] {"1", "2", "3"}) {
            ids.add(0, id(upload("one", name + ".csv", name)));
        }

        String first = ask("GET", "/files?limit=2", "one").body();
        assertThat(first).contains("\"next\":\"" + ids.get(1) + "\"").doesNotContain(ids.get(2));
        assertThat(ask("GET", "/files?limit=2&before=" + ids.get(1), "one").body())
                .contains(ids.get(2))
                .doesNotContain(ids.get(1), "next");
        for (String limit : new String[] {"0", "-1", "1001", "x", "99999999999"}) {
            assertThat(ask("GET", "/files?limit=" + limit, "one").status()).isEqualTo(400);
        }
    }

    @Test
    void an_operator_sees_all_tenants_and_has_no_files() {
        assertThat(ask("GET", "/statistics", "boss").body()).isEqualTo("{\"of\":\"all\"}");
        assertThat(ask("GET", "/statistics?tenant=one", "boss").body()).isEqualTo("{\"of\":\"one\"}");
        assertThat(ask("GET", "/statistics?tenant=three", "boss").status()).isEqualTo(404);
        assertThat(ask("GET", "/statistics?tenant=../x", "boss").status()).isEqualTo(404);
        assertThat(ask("GET", "/", "boss").body()).isEqualTo("page of all");
        assertThat(ask("GET", "/", "one").body()).isEqualTo("page of one");
        assertThat(ask("GET", "/statistics", "one").body()).isEqualTo("{\"of\":\"one\"}");
        assertThat(ask("GET", "/files", "boss").status()).isEqualTo(403);
        assertThat(create("boss", "/files/a.csv", new byte[1]).status()).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /",
        "GET, /statistics",
        "GET, /customer",
        "GET, /files",
        "GET, /files/x",
        "GET, /files/x/rejected",
        "POST, /files/x/replay",
        "POST, /files/x.csv",
        "HEAD, /uploads/x",
        "PATCH, /uploads/x",
        "DELETE, /uploads/x",
    })
    void each_route_asks_who_it_is(String method, String path) {
        Answer nobody = ask(HttpRequest.of(method, URI.create("http://localhost" + path)));
        Answer wrong = ask(request(method, path, "nobody").withPeer("10.0.0.9"));

        assertThat(nobody.status()).isEqualTo(401);
        assertThat(nobody.response().headers().all("WWW-Authenticate"))
                .singleElement()
                .asString()
                .startsWith("Basic ");
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.body()).isEqualTo(nobody.body());
    }

    @Test
    void too_many_failures_are_answered_with_how_long_to_wait() {
        for (int i = 0; i < TenantLogin.FAILURES_PER_USER; i++) {
            assertThat(ask("GET", "/customer", "nobody").status()).isEqualTo(401);
        }

        Answer answer = ask("GET", "/customer", "nobody");
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.response().header("Retry-After")).contains("60");
    }

    @Test
    void a_tenant_without_a_profile_may_do_nothing_and_one_that_is_removed_no_more() {
        assertThat(ask("GET", "/customer", "gone").status()).isEqualTo(403);
        String upload = create("one", "/files/a.csv", "x".getBytes(StandardCharsets.UTF_8))
                .response()
                .header("Location")
                .orElseThrow();
        profiles.remove(Organisation.of("one"));

        assertThat(append("one", upload, "x".getBytes(StandardCharsets.UTF_8)).status())
                .isEqualTo(403);
        assertThat(files.all()).isEmpty();
    }

    @Test
    void a_page_of_another_site_changes_nothing_in_a_browser_that_names_the_origin_only() {
        String id = id(upload("one", "a.csv", "x\n"));
        files.end(id, FileState.FAILED, "");
        HttpRequest replay = request("POST", "/files/" + id + "/replay", "one");

        for (String origin :
                List.of("https://evil.example", "null", "http://localhost.evil.example", "http://xlocalhost")) {
            assertThat(ask(replay.withHeader("Origin", origin)).status())
                    .as(origin)
                    .isEqualTo(403);
        }
        assertThat(ask(replay.withHeader("Origin", "https://localhost")).status())
                .isEqualTo(200);
    }

    @Test
    void answers_that_a_tenant_takes_slowly_leave_turns_to_others() {
        List<HttpResponse> slow = new ArrayList<>();
        for (int i = 0; i < TenantTurns.MAX; i++) {
            slow.add(routes.handle(request("GET", i % 2 == 0 ? "/files" : "/statistics", "one")));
        }

        assertThat(slow).allMatch(HttpResponse::isSuccess);
        Answer crowded = ask("GET", "/files", "one");
        assertThat(crowded.status()).isEqualTo(429);
        assertThat(crowded.response().header("Retry-After")).contains("1");
        assertThat(ask("GET", "/files", "two").status()).isEqualTo(200);
        slow.get(0).close();
        slow.get(0).close();
        assertThat(ask("GET", "/files", "one").status()).isEqualTo(200);
        try (HttpResponse last = routes.handle(request("GET", "/files", "one"))) {
            assertThat(last.status()).isEqualTo(200);
            assertThat(ask("GET", "/files", "one").status()).isEqualTo(429);
        }
        slow.forEach(HttpResponse::close);
    }

    @Test
    void a_tenant_of_whom_too_many_files_are_recorded_uploads_no_more() {
        files.isFull = true;
        Answer answer = upload("one", "a.csv", "x\n");

        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.body()).contains("\"code\":\"batch.too_many_records\"");
    }

    @Test
    void a_page_of_another_site_changes_nothing() {
        String id = id(upload("one", "a.csv", "x\n"));
        files.end(id, FileState.FAILED, "");

        assertThat(ask(request("POST", "/files/" + id + "/replay", "one").withHeader("Sec-Fetch-Site", "cross-site"))
                        .status())
                .isEqualTo(403);
        assertThat(ask(request("POST", "/files/" + id + "/replay", "one").withHeader("Sec-Fetch-Site", "same-origin"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_passing_failure_is_answered_as_such() {
        TenantProfiles failing = () -> {
            throw KeywharfException.retryable("store.unavailable", "profiles", "The store is away");
        };
        try (BatchRoutes broken = new BatchRoutes(
                        request -> new TenantLogin.AsTenant(Organisation.of("one")),
                        failing,
                        files,
                        directory.resolve("other"),
                        clock,
                        EventListener.NONE);
                HttpResponse response = broken.handle(request("GET", "/customer", "one"))) {
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.header("Retry-After")).contains("1");
        }
    }
}
