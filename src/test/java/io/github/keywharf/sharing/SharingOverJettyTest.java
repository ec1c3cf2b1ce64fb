package io.github.keywharf.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.RawClient;
import io.github.keywharf.http.jetty.JettyServer;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretStore;
import io.github.keywharf.sharing.client.DeltaSharingClient;
import io.github.keywharf.sharing.server.DeltaSharingServer;
import io.github.keywharf.sharing.server.SharedUsage;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.testing.Background;
import io.github.keywharf.testing.CountingStore;
import io.github.keywharf.testing.RecordingListener;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operators' routes and the server of shares behind one Jetty server, with clients of all kinds. */
class SharingOverJettyTest {
    private static final String OPERATOR = "operators-token-0123456789";
    private static final int TENANTS = 6;

    /** More than the buffers between two ends hold. */
    private static final int LARGE = 32 * 1024 * 1024;

    @TempDir
    private Path folder;

    private final CountingStore store = CountingStore.inMemory();
    private final SharedUsage usage = new SharedUsage(store);
    private final DeltaSharingServer sharing = DeltaSharingServer.builder(store.under("sharing"))
            .table("usage", store, "tables/usage")
            .build();
    private final RecordingListener events = new RecordingListener();
    private final HttpHandler http = HttpClients.builder().open();
    private JettyServer server;

    private void start(JettyServer.Builder builder) {
        server = builder.events(events).start();
    }

    private JettyServer.Builder jetty() {
        DeltaSharingManager[] manager = new DeltaSharingManager[1];
        return JettyServer.serve(request -> {
            synchronized (manager) {
                if (manager[0] == null) {
                    manager[0] = DeltaSharingManager.builder()
                            .catalog(sharing.catalog(server.uri()))
                            .secrets(SecretStore.inMemory())
                            .plan(SharingPlan.of("usage", "platform.usage", "tenant"))
                            .build();
                }
            }
            return request.path().startsWith("/clientspace")
                    ? SharingRoutes.of(manager[0], Secret.of(OPERATOR), event -> {})
                            .handle(request)
                    : sharing.handle(request);
        });
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String tenant(int number) {
        return "tenant_" + number;
    }

    /** What the route answers: the status, and the profile where it is 200. */
    private Map.Entry<Integer, String> provision(String tenant) {
        URI uri = URI.create(server.uri() + "/clientspace/" + tenant + "/delta-sharing-token");
        try (HttpResponse response =
                http.handle(HttpRequest.post(uri, HttpBody.of("")).withHeader("Authorization", "Bearer " + OPERATOR))) {
            return Map.entry(response.status(), response.body().text(100_000));
        }
    }

    private DeltaSharingClient client(String profile) {
        return DeltaSharingClient.builder(ShareProfile.parse(Secret.of(profile)))
                .tempDirectory(folder.resolve("temporary"))
                .build();
    }

    private static List<Long> numbers(Rows source) {
        try (Rows rows = source) {
            return rows.stream().map((Row row) -> row.longValue("n")).sorted().toList();
        }
    }

    @Test
    void many_clients_at_the_same_time_get_one_profile_each_and_their_own_rows() {
        start(jetty());
        for (int i = 0; i < TENANTS; i++) {
            usage.add(tenant(i), SharedUsage.DAY, i * 10L, i * 10L + 3)
                    .add(tenant(i), SharedUsage.DAY, i * 10L + 3, i * 10L + 5);
        }
        List<List<CompletableFuture<Map.Entry<Integer, String>>>> answers = new ArrayList<>();
        for (int i = 0; i < TENANTS; i++) {
            String tenant = tenant(i);
            answers.add(
                    List.of(Background.supply(() -> provision(tenant)), Background.supply(() -> provision(tenant))));
        }
        List<CompletableFuture<Void>> readers = new ArrayList<>();
        for (int i = 0; i < TENANTS; i++) {
            List<Map.Entry<Integer, String>> two =
                    answers.get(i).stream().map(CompletableFuture::join).toList();
            assertThat(two).extracting(Map.Entry::getKey).containsExactlyInAnyOrder(200, 409);
            String profile = two.get(two.get(0).getKey() == 200 ? 0 : 1).getValue();
            long from = i * 10L;
            for (int reader = 0; reader < 4; reader++) {
                readers.add(Background.run(() -> {
                    DeltaSharingClient client = client(profile);
                    assertThat(client.shares().flatMap(client::tables).map(table -> numbers(table.rows())))
                            .containsExactly(List.of(from, from + 1, from + 2, from + 3, from + 4));
                }));
            }
        }
        readers.forEach(CompletableFuture::join);
        assertThat(events.named("http.server.handler_failed")).isEmpty();
        assertThat(store.openReaders()).isZero();
    }

    /** A tenant whose table has a large file; its address as a request. */
    private String requestForLargeFile() throws IOException {
        String path = "tenant=tenant_0/day=2026-11-23/large.parquet";
        try (ObjectWriter writer = store.create("tables/usage/" + path)) {
            writer.write(new byte[LARGE]);
            writer.commit();
        }
        store.createIfAbsent(
                "tables/usage/_delta_log/00000000000000000001.json",
                ("{\"add\":{\"path\":\"" + path.replace("=", "%3D") + "\",\"size\":" + LARGE
                                + ",\"partitionValues\":{\"tenant\":\"tenant_0\",\"day\":\"2026-11-23\"},"
                                + "\"modificationTime\":1,\"dataChange\":true}}\n")
                        .getBytes(StandardCharsets.UTF_8));
        ShareProfile profile =
                ShareProfile.parse(Secret.of(provision("tenant_0").getValue()));
        SharedUsage.Client client = SharedUsage.Client.of(http, profile);
        String share = client.get("/shares").json().at("/items/0/name").textValue();
        URI address =
                URI.create(client.query(share, "{}").only("file").get("url").textValue());
        return "GET " + address.getRawPath() + (address.getRawQuery() == null ? "" : "?" + address.getRawQuery())
                + " HTTP/1.1\r\nHost: " + address.getAuthority() + "\r\n\r\n";
    }

    @Test
    void a_client_that_goes_away_within_a_file_leaves_nothing_open_and_keeps_nobodys_place() throws IOException {
        start(jetty().maxRequests(2));
        String request = requestForLargeFile();
        for (int i = 0; i < 5; i++) {
            // The place of the one before may be free a moment later than its file.
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                RawClient client = new RawClient(server.uri());
                String status = client.send(request).line();
                client.reset();
                assertThat(status).startsWith("HTTP/1.1 ").containsPattern(" 200 | 503 ");
                return status.contains(" 200 ");
            });
            await().atMost(Duration.ofMinutes(1)).until(() -> store.openReaders() == 0);
        }

        await().atMost(Duration.ofMinutes(1)).until(() -> provision("tenant_1").getKey() != 503);
        assertThat(provision("tenant_1").getKey()).isEqualTo(409);
        assertThat(events.named("http.server.handler_failed")).isEmpty();
    }

    @Test
    void a_client_that_takes_nothing_is_cut_and_others_are_served_meanwhile() throws IOException {
        // What comes in the first seconds fills buffers; then it is too little.
        start(jetty().minBytesPerSecond(LARGE));
        String request = requestForLargeFile();
        try (RawClient slow = new RawClient(server.uri())) {
            assertThat(slow.send(request).line()).isEqualTo("HTTP/1.1 200 OK");
            assertThat(provision("tenant_1").getKey()).isEqualTo(200);
            await().atMost(Duration.ofMinutes(1)).until(() -> store.openReaders() == 0);
            assertThat(slow.rest().length()).isLessThan(LARGE);
        }
        assertThat(events.named("http.server.slow_client")).hasSize(1);
        assertThat(events.named("http.server.handler_failed")).isEmpty();
    }

    @Test
    void headers_and_paths_that_are_too_large_are_refused_before_any_token_is_looked_at() throws IOException {
        start(jetty());
        String large = "x".repeat(JettyServer.Builder.DEFAULT_MAX_HEADER_BYTES);
        for (String path : List.of("/delta-sharing/shares", "/clientspace/tenant_0/delta-sharing-token")) {
            assertThat(status("GET " + path, "Authorization: Bearer " + large)).contains(" 431 ");
            assertThat(status("GET " + path + "?pageToken=" + large, "Accept: */*"))
                    .contains(" 414 ");
            assertThat(status("GET " + path, "Authorization: Bearer " + large.substring(1_000)))
                    .containsPattern(" 40[13] ");
        }
        assertThat(status("GET /files/" + large.substring(1_000), "Accept: */*"))
                .containsPattern(" 40[034] ");
        assertThat(events.named("http.server.handler_failed")).isEmpty();
    }

    private String status(String start, String header) throws IOException {
        try (RawClient client = new RawClient(server.uri())) {
            return client.send(start + " HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n\r\n")
                    .line();
        }
    }
}
