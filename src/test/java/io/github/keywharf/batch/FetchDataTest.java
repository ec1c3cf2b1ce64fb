package io.github.keywharf.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Progress;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.jetty.JettyServer;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.Actor;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.key.KeyRing;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.Ports;
import io.github.keywharf.testing.RecordingListener;
import io.github.keywharf.testing.TcpProxy;
import io.github.keywharf.testing.TestCertificates;
import io.github.keywharf.tls.TlsConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchDataTest {
    private static final Organisation TENANT = Organisation.of("one");
    private static final int SLICE = 256 * 1024;

    @TempDir
    Path directory;

    private final TenantProfiles.Editable profiles = TenantProfiles.inMemory();
    private final MemoryFiles files = new MemoryFiles(InstantSource.system(), profiles);
    private final KeyRing ring = KeyRing.inMemory();
    private final RecordingListener events = new RecordingListener();
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();
    /** What happens while the content of each piece is on its way. */
    private final Queue<Runnable> atPatches = new ConcurrentLinkedQueue<>();

    private Path input;
    private BatchRoutes routes;
    private JettyServer server;

    @BeforeEach
    void start() throws IOException {
        input = Files.createDirectory(directory.resolve("input"));
        profiles.put(
                TenantProfile.builder(TENANT).numberFiles(3).dataSizes(4_096).build());
        Path users = Files.writeString(
                directory.resolve("users.json"), "{\"one\": \"" + TenantUsersTest.cheap("right") + "\"}");
        routes = new BatchRoutes(
                TenantLogin.basic(TenantUsers.file(users)).or(TenantLogin.keys(ring, profiles)),
                profiles,
                files,
                directory.resolve("uploads"),
                InstantSource.system(),
                EventListener.NONE);
        server = JettyServer.serve(request -> {
                    requests.add(request.method() + " " + request.uri());
                    if (request.method().equals("PATCH")) {
                        Optional.ofNullable(atPatches.poll()).ifPresent(Runnable::run);
                    }
                    return routes.handle(request);
                })
                .tls(TlsConfig.ofServer(TestCertificates.server(), TestCertificates.serverKey(), null))
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
        routes.close();
    }

    private FetchData.Builder client(int port, String password) {
        return FetchData.builder(URI.create("https://localhost:" + port), TENANT, Secret.of(password))
                .directory(input)
                .tls(TlsConfig.ofSystem().withTrust(TestCertificates.authority()))
                .sliceBytes(SLICE)
                .clock(InstantSource.system(), wait -> Thread.sleep(10))
                .events(events);
    }

    private FetchReport fetch() {
        return client(server.port(), "right").build().run();
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(input.resolve(name), content);
    }

    private List<String> messages() {
        return events.events().stream()
                .filter(event -> event.name().startsWith("batch.fetch."))
                .map(Event::message)
                .toList();
    }

    @Test
    void files_are_checked_and_uploaded_by_name_and_each_refusal_names_constraint_and_value() throws IOException {
        write("b.csv", "x\n2\n");
        write("a ü.csv", "x\n1\n");
        write("c.exe", "MZ");
        write("d.csv", "x".repeat(4_096 * 1_024 + 1));
        write("e.csv", "");
        write(".hidden", "x");
        Files.createDirectory(input.resolve("f.csv"));
        Files.createSymbolicLink(input.resolve("g.csv"), directory.resolve("users.json"));

        FetchReport report = fetch();

        assertThat(report.files())
                .extracting(FetchedFile::name, FetchedFile::result)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("a ü.csv", FetchedFile.Result.UPLOADED),
                        org.assertj.core.groups.Tuple.tuple("b.csv", FetchedFile.Result.UPLOADED),
                        org.assertj.core.groups.Tuple.tuple("c.exe", FetchedFile.Result.REFUSED),
                        org.assertj.core.groups.Tuple.tuple("d.csv", FetchedFile.Result.REFUSED),
                        org.assertj.core.groups.Tuple.tuple("e.csv", FetchedFile.Result.UPLOADED),
                        org.assertj.core.groups.Tuple.tuple("g.csv", FetchedFile.Result.REFUSED));
        assertThat(report.files().get(2).refusal()).contains(new Refusal("formats", ".exe", ".csv"));
        assertThat(report.files().get(3).refusal())
                .contains(new Refusal("data_sizes", "4096.0009765625 KB", "at most 4096 KB"));
        assertThat(report.toString()).startsWith("3 uploaded, 0 received before, 3 refused, 0 failed in ");
        assertThat(report.isComplete()).isFalse();
        assertThat(files.all()).extracting(IngestedFile::name).containsExactly("a ü.csv", "b.csv", "e.csv");
        assertThat(files.content(files.all().get(0).id())).asString().isEqualTo("x\n1\n");
        assertThat(messages().get(0))
                .matches("The file a ü\\.csv of 0\\.00390625 KB was successfully uploaded in [0-9.E-]+ seconds");
        assertThat(messages())
                .contains("The file c.exe is not uploaded - formats: .exe; allowed: .csv")
                .contains("The maximum number of files on the server is reached - the file g.csv and the following ones"
                        + " will not be uploaded");
        assertThat(requests).noneMatch(request -> request.contains("c.exe") || request.contains("d.csv"));
    }

    @Test
    void a_link_fails_and_is_not_followed() throws IOException {
        Files.createSymbolicLink(input.resolve("a.csv"), directory.resolve("users.json"));

        assertThat(fetch().files()).singleElement().satisfies(file -> {
            assertThat(file.result()).isEqualTo(FetchedFile.Result.FAILED);
            assertThat(file.reason()).contains("links are not followed");
        });
        assertThat(files.all()).isEmpty();
    }

    @Test
    void a_run_uploads_as_many_files_as_the_constraint_says_and_the_next_one_goes_on() throws IOException {
        for (int i = 1; i <= 5; i++) {
            write(i + ".csv", "x\n" + i);
        }
        write("0.txt", "is skipped, and does not count");

        FetchReport first = fetch();
        assertThat(first.count(FetchedFile.Result.UPLOADED)).isEqualTo(3);
        assertThat(first.files().get(5).refusal())
                .contains(new Refusal("number_files", "after 3 files of this run", "up to 3 files"));
        files.all().forEach(file -> files.end(file.id(), FileState.DONE, ""));

        FetchReport second = fetch();
        assertThat(second.count(FetchedFile.Result.DUPLICATE)).isEqualTo(3);
        assertThat(second.count(FetchedFile.Result.UPLOADED)).isEqualTo(2);
        assertThat(messages()).contains("The file 1.csv was received before and is not uploaded again");
        assertThat(files.all()).hasSize(5);
    }

    @Test
    void what_the_server_refuses_is_reported_with_constraint_and_value() throws IOException {
        write("1.csv", "1");
        write("2.csv", "2");
        fetch();
        profiles.put(TenantProfile.builder(TENANT).numberFiles(2).build());
        write("3.csv", "3");

        assertThat(fetch().files().get(2).refusal())
                .contains(new Refusal("number_files", "2 files wait", "up to 2 waiting files"));
    }

    @Test
    void a_header_that_is_not_the_profiles_is_refused_before_anything_is_sent() throws IOException {
        profiles.put(
                TenantProfile.builder(TENANT).columns(List.of("id", "name")).build());
        write("1.csv", "id,name\n1,x\n");
        write("2.csv", "id;name\n1;x\n");

        assertThat(fetch().files())
                .extracting(FetchedFile::result)
                .containsExactly(FetchedFile.Result.UPLOADED, FetchedFile.Result.REFUSED);
        assertThat(requests).noneMatch(request -> request.contains("2.csv"));
    }

    @Test
    void a_connection_that_is_cut_in_the_middle_of_a_file_resumes() throws IOException {
        write("big.csv", "x\n" + "1234567\n".repeat(400_000));
        try (TcpProxy proxy = TcpProxy.start("127.0.0.1", server.port())) {
            atPatches.addAll(List.of(() -> {}, proxy::cut, () -> {}, proxy::cut));
            FetchReport report = client(proxy.port(), "right").build().run();

            assertThat(atPatches).isEmpty();
            assertThat(report.count(FetchedFile.Result.UPLOADED)).isEqualTo(1);
        }
        assertThat(requests).anyMatch(request -> request.startsWith("HEAD"));
        assertThat(requests.stream().filter(request -> request.startsWith("POST")))
                .hasSize(1);
        assertThat(files.content(files.all().get(0).id())).isEqualTo(Files.readAllBytes(input.resolve("big.csv")));
        assertThat(events.events(Progress.class)).last().satisfies(last -> {
            assertThat(last.finished()).isTrue();
            assertThat(last.done()).isEqualTo(last.total());
        });
        assertThat(input.resolve(FetchData.Builder.STATE_DIRECTORY)).isEmptyDirectory();
    }

    /** A run whose process ends after the first piece. */
    private void die() {
        assertThatThrownBy(() ->
                        client(server.port(), "right").http(dying()).build().run())
                .isInstanceOf(ProcessDied.class);
    }

    /** The note of the one upload that is under way. */
    private Path state() throws IOException {
        try (var states = Files.list(input.resolve(FetchData.Builder.STATE_DIRECTORY))) {
            return states.findFirst().orElseThrow();
        }
    }

    private static final class ProcessDied extends Error {
        private static final long serialVersionUID = 1L;
    }

    private io.github.keywharf.http.HttpHandler dying() {
        io.github.keywharf.http.HttpHandler http = io.github.keywharf.http.HttpClients.builder()
                .tls(TlsConfig.ofSystem().withTrust(TestCertificates.authority()))
                .open();
        AtomicBoolean first = new AtomicBoolean(true);
        return request -> {
            if (request.method().equals("PATCH") && !first.getAndSet(false)) {
                throw new ProcessDied();
            }
            return http.handle(request);
        };
    }

    @Test
    void an_upload_that_one_process_began_another_one_ends() throws IOException {
        write("big.csv", "x\n" + "1234567\n".repeat(400_000));
        die();
        assertThat(Files.readString(state())).doesNotContain("right");
        requests.clear();

        assertThat(fetch().count(FetchedFile.Result.UPLOADED)).isEqualTo(1);
        assertThat(requests).noneMatch(request -> request.startsWith("POST"));
        assertThat(files.content(files.all().get(0).id())).isEqualTo(Files.readAllBytes(input.resolve("big.csv")));
        assertThat(input.resolve(".keywharf")).isEmptyDirectory();
    }

    @Test
    void a_file_that_changed_since_is_uploaded_from_its_beginning() throws IOException {
        write("big.csv", "x\n" + "1234567\n".repeat(400_000));
        die();
        write("big.csv", "x\n" + "7654321\n".repeat(400_000));
        requests.clear();

        assertThat(fetch().count(FetchedFile.Result.UPLOADED)).isEqualTo(1);
        assertThat(requests.stream().filter(request -> request.startsWith("POST")))
                .hasSize(1);
        assertThat(files.content(files.all().get(0).id())).isEqualTo(Files.readAllBytes(input.resolve("big.csv")));
    }

    @Test
    void an_upload_that_the_server_has_lost_begins_again() throws IOException {
        write("big.csv", "x\n" + "1234567\n".repeat(400_000));
        die();
        String upload = requests.stream()
                .filter(request -> request.startsWith("PATCH"))
                .findFirst()
                .orElseThrow();
        io.github.keywharf.http.HttpHandler http = io.github.keywharf.http.HttpClients.builder()
                .tls(TlsConfig.ofSystem().withTrust(TestCertificates.authority()))
                .open();
        String pair = java.util.Base64.getEncoder()
                .encodeToString("one:right".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        try (var response = http.handle(HttpRequest.of("DELETE", URI.create(upload.substring("PATCH ".length())))
                .withHeader("Authorization", "Basic " + pair))) {
            assertThat(response.status()).isEqualTo(204);
        }

        assertThat(fetch().count(FetchedFile.Result.UPLOADED)).isEqualTo(1);
    }

    @Test
    void a_note_that_somebody_forged_does_not_lead_the_password_elsewhere() throws IOException {
        write("big.csv", "x\n" + "1234567\n".repeat(400_000));
        die();
        Path state = state();
        Files.writeString(
                state, Files.readString(state).replaceAll("https://[^/]+/", "https://localhost:" + Ports.free() + "/"));

        assertThat(fetch().count(FetchedFile.Result.UPLOADED)).isEqualTo(1);
    }

    @Test
    void a_wrong_password_is_refused_and_nothing_is_sent() throws IOException {
        write("a.csv", "x\n");

        assertThatThrownBy(() -> client(server.port(), "hunter2").build().run())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("batch.login_refused"))
                .hasMessageNotContaining("hunter2");
        assertThat(requests).hasSize(1).noneMatch(request -> request.contains("hunter2") || request.contains("?"));
    }

    @Test
    void a_key_of_the_organisation_logs_in_too() throws IOException {
        write("a.csv", "x\n");
        try (AccessKey key = ring.issue(KeyRequest.of(Organisation.of("one")), Actor.of("test", "here"))) {
            assertThat(client(server.port(), key.reveal()).build().run().isComplete())
                    .isTrue();
        }
    }

    @Test
    void a_server_that_is_down_is_an_error_and_one_that_goes_down_leaves_the_rest_untried() throws IOException {
        write("a.csv", "x\n");
        write("b.csv", "x\n");
        int port = Ports.free();
        assertThatThrownBy(() -> client(port, "right").build().run())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("http.unreachable"));

        try (TcpProxy proxy = TcpProxy.start("127.0.0.1", server.port())) {
            io.github.keywharf.http.HttpHandler http = io.github.keywharf.http.HttpClients.builder()
                    .tls(TlsConfig.ofSystem().withTrust(TestCertificates.authority()))
                    .open();
            FetchReport report = client(proxy.port(), "right")
                    .http(request -> {
                        if (request.method().equals("POST")) {
                            proxy.refuse(true);
                            proxy.cut();
                        }
                        return http.handle(request);
                    })
                    .build()
                    .run();

            assertThat(report.count(FetchedFile.Result.FAILED)).isEqualTo(2);
            assertThat(report.files().get(1).reason()).startsWith("not tried, because of what was before: ");
        }
    }

    @Test
    void a_password_is_not_sent_in_plain_text_to_another_machine_unless_that_is_meant() {
        FetchData.Builder plain = FetchData.builder(URI.create("http://192.0.2.1/ingest"), TENANT, Secret.of("right"))
                .directory(input)
                .http(request -> {
                    assertThat(request.uri()).hasToString("http://192.0.2.1/ingest/customer");
                    throw new KeywharfException("http.too_large", "192.0.2.1", "reached");
                });

        assertThatThrownBy(() -> plain.build().run())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("batch.plain_http"));
        assertThatThrownBy(() -> plain.plainHttp(true).build().run()).hasMessageContaining("reached");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FetchData.builder(URI.create("https://one:right@localhost"), TENANT, Secret.of("x")))
                .withMessageNotContaining("right");
    }

    @Test
    void a_server_whose_certificate_is_not_trusted_is_refused() throws IOException {
        write("a.csv", "x\n");

        assertThatThrownBy(() -> client(server.port(), "right")
                        .tls(TlsConfig.ofSystem().withTrust(TestCertificates.otherAuthority()))
                        .build()
                        .run())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("http.tls_failed"));
        assertThat(requests).isEmpty();
    }

    @Test
    void a_user_without_a_profile_is_shown_what_the_server_says() {
        profiles.remove(TENANT);

        assertThatThrownBy(this::fetch)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("batch.login_refused"))
                .hasMessageContaining("There is no profile for this login");
    }

    private int command(Map<String, String> environment, String... arguments) {
        return FetchCommand.run(arguments, environment, () -> Optional.of(Secret.of("asked")), events);
    }

    @Test
    void the_command_ends_with_0_1_or_2() throws IOException {
        Path trust = Files.writeString(directory.resolve("ca.pem"), TestCertificates.authority());
        String uri = "https://localhost:" + server.port();
        String[] rest = {"-d", input.toString(), "--server", uri, "--trust", trust.toString()};
        write("a.csv", "x\n");

        assertThat(command(Map.of(), with(rest, "-u", "one", "-p", "right"))).isEqualTo(0);
        assertThat(command(Map.of("KEYWHARF_PASSWORD", "right"), with(rest, "-u", "one")))
                .isEqualTo(0);
        write("a.exe", "x");
        assertThat(command(Map.of("KEYWHARF_PASSWORD", "right"), with(rest, "-u", "one")))
                .isEqualTo(1);
        assertThat(command(Map.of(), with(rest, "-u", "one"))).isEqualTo(2);
        assertThat(command(Map.of(), with(rest, "-u", "two", "-p", "right"))).isEqualTo(2);
        assertThat(command(Map.of(), "-u", "one", "-p", "right", "--server", "http://192.0.2.1"))
                .isEqualTo(2);
        Path other = Files.writeString(directory.resolve("other.pem"), TestCertificates.otherAuthority());
        assertThat(command(Map.of(), "-u", "one", "-p", "right", "--server", uri, "--trust", other.toString()))
                .isEqualTo(2);
        assertThat(command(Map.of(), "--help")).isZero();
        assertThat(messages())
                .filteredOn(message -> message.contains("  "))
                .as("options")
                .hasSizeGreaterThan(6)
                .allMatch(message -> ("fetchdata: " + message).length() <= 80);
        for (String[] wrong : List.of(
                new String[] {},
                new String[] {"-u"},
                new String[] {"-u", "One Two"},
                new String[] {"-u", "one", "-u", "two"},
                new String[] {"-u", "one", "hunter2"},
                new String[] {"-u", "one", "--server", "https://one:hunter2@local host"},
                new String[] {"-u", "one", "--server", "ftp://localhost"})) {
            assertThat(command(Map.of(), wrong)).isEqualTo(2);
        }
        assertThat(messages()).anyMatch(message -> message.contains("Usage: fetchdata -u USER"));
        assertThat(messages())
                .contains("The user or the password is wrong; check both (batch.login_refused)")
                .noneMatch(message -> message.contains("KeywharfException"));
        assertThat(messages()).noneMatch(message -> message.contains("hunter2") || message.contains("right"));
    }

    private static String[] with(String[] rest, String... more) {
        return java.util.stream.Stream.concat(java.util.Arrays.stream(more), java.util.Arrays.stream(rest))
                .toArray(String[]::new);
    }

    @Test
    void nothing_that_prints_shows_the_password() {
        FetchData data = client(server.port(), "right").build();

        assertThat(data.toString()).doesNotContain("right");
        assertThat(Set.of(new FetchServer(client(server.port(), "right").settings()).credentials())
                        .toString())
                .doesNotContain(
                        "right",
                        java.util.Base64.getEncoder()
                                .encodeToString("one:right".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }
}
