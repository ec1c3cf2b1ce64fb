package io.github.keywharf.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.cassandra.key.CassandraKeyRing;
import io.github.keywharf.cassandra.key.IssuerLogin;
import io.github.keywharf.cassandra.key.Onboarding;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.Actor;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.CassandraServer;
import io.github.keywharf.testing.PlayStoreData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two tenants' files into Cassandra, each under its organisation's own key. The server is killed while files are ingested, the
 * ingestor is closed meanwhile and another one starts before the server is back: each row is there once.
 */
class CassandraIngestIT {
    private static final List<Organisation> TENANTS =
            List.of(Organisation.of("customer-1"), Organisation.of("customer-2"));
    private static final Actor BY = Actor.of("operator", "127.0.0.1");
    private static final Duration LONG = Duration.ofMinutes(3);

    /** What a table has, counted by the server or from the files. */
    private record Contents(long rows, long reviews, long paid, long rated) {}

    @TempDir
    private Path directory;

    @Test
    void each_row_is_there_once_although_the_server_was_killed_and_the_ingestor_restarted() throws IOException {
        try (CassandraServer server =
                CassandraServer.builder().durableCommits(true).start()) {
            IssuerLogin login;
            try (CassandraManager superuser = connect(server, server.superuser(), server.superuserPassword())) {
                login = CassandraKeyRing.of(superuser)
                        .setup()
                        .replicas(server.localDatacenter(), 1)
                        .mayCreateKeyspaces(true)
                        .run();
            }
            try (Secret password = login.password().orElseThrow();
                    CassandraManager issuer = connect(server, login.role(), password.reveal())) {
                Map<Organisation, CassandraManager> tenants = onboard(server, CassandraKeyRing.of(issuer));
                try {
                    ingestThroughAnOutage(server, tenants);
                    for (Organisation tenant : TENANTS) {
                        assertThat(table(tenants.get(tenant))).isEqualTo(files(tenant));
                    }
                    KeywharfException refused = catchThrowableOfType(
                            KeywharfException.class,
                            () -> tenants.get(TENANTS.get(0)).execute("SELECT * FROM customer_2_data.application"));
                    assertThat(refused.code()).isEqualTo("cassandra.denied");
                } finally {
                    tenants.values().forEach(CassandraManager::close);
                }
            }
        }
    }

    private Map<Organisation, CassandraManager> onboard(CassandraServer server, CassandraKeyRing keys)
            throws IOException {
        Map<Organisation, CassandraManager> tenants = new TreeMap<>();
        for (Organisation tenant : TENANTS) {
            String keyspace = tenant.id().replace('-', '_') + "_data";
            keys.onboard(Onboarding.of(tenant, keyspace).creating(server.localDatacenter(), 1), BY);
            server.execute("CREATE TABLE " + keyspace + ".application (id uuid PRIMARY KEY, name text, category text,"
                    + " rating float, reviews int, size text, installs text, free boolean, price_dollar float,"
                    + " content_rating text, genres text, last_update date, current_ver text, android_ver text)");
            try (AccessKey key = keys.issue(KeyRequest.of(tenant), BY)) {
                tenants.put(tenant, keys.open(key, "127.0.0.1"));
            }
            Path data = Files.createDirectories(staging().resolve(tenant.id()).resolve("data"));
            data(tenant).writeFiles(data, PlayStoreData.NAMES);
        }
        return tenants;
    }

    private void ingestThroughAnOutage(CassandraServer server, Map<Organisation, CassandraManager> tenants) {
        try (BatchIngestor ingestor = start(tenants)) {
            Awaitility.await().atMost(LONG).until(() -> done(ingestor) > 0);
            server.kill();
        }
        try (BatchIngestor ingestor = start(tenants)) {
            Awaitility.await()
                    .atMost(LONG)
                    .until(() -> TENANTS.stream()
                            .flatMap(tenant -> ingestor.files(tenant).stream())
                            .anyMatch(file -> file.state() == FileState.RUNNING));
            server.restart();
            assertThat(ingestor.awaitIdle(LONG)).isTrue();
            assertThat(done(ingestor)).isEqualTo(22);
            for (Organisation tenant : TENANTS) {
                assertThat(ingestor.files(tenant)).allSatisfy(file -> {
                    assertThat(file.state()).isEqualTo(FileState.DONE);
                    assertThat(file.rejected()).isZero();
                });
            }
        }
    }

    private static long done(BatchIngestor ingestor) {
        return TENANTS.stream()
                .flatMap(tenant -> ingestor.files(tenant).stream())
                .filter(file -> file.state() == FileState.DONE)
                .count();
    }

    private BatchIngestor start(Map<Organisation, CassandraManager> tenants) {
        TenantProfiles.Editable profiles = TenantProfiles.inMemory();
        for (Organisation tenant : TENANTS) {
            profiles.put(TenantProfile.builder(tenant)
                    .numberFiles(100)
                    .attempts(20)
                    .schema(PlayStoreData.schema(PlayStoreData.NAMES))
                    .values("{\"nulls\": [\"nan\"]}")
                    .rowId("id")
                    .build());
        }
        BatchIngestor.Builder builder = BatchIngestor.builder()
                .staging(staging())
                .profiles(profiles)
                .sinks(job -> tenants.get(job.tenant()).table("application"))
                .settle(Duration.ofMillis(10))
                .stopWithin(Duration.ZERO);
        builder.firstPause = Duration.ofMillis(500);
        return builder.start();
    }

    private Path staging() {
        return directory.resolve("staging");
    }

    private static PlayStoreData data(Organisation tenant) {
        return PlayStoreData.of(TENANTS.indexOf(tenant));
    }

    private static Contents table(CassandraManager tenant) {
        var row = tenant.execute(
                        "SELECT count(*) AS rows, sum(cast(reviews AS bigint)) AS reviews, count(rating) AS rated FROM application")
                .one()
                .orElseThrow();
        long paid = tenant.execute("SELECT count(*) AS paid FROM application WHERE free = false ALLOW FILTERING")
                .one()
                .orElseThrow()
                .longValue("paid");
        return new Contents(row.longValue("rows"), row.longValue("reviews"), paid, row.longValue("rated"));
    }

    /** From the rows as they were generated. */
    private static Contents files(Organisation tenant) {
        long reviews = 0;
        long paid = 0;
        long rated = 0;
        for (long number = 0; number < PlayStoreData.ROWS; number++) {
            List<String> row = data(tenant).row(number);
            reviews += Long.parseLong(row.get(PlayStoreData.NAMES.indexOf("reviews")));
            paid += row.get(PlayStoreData.NAMES.indexOf("free")).equalsIgnoreCase("false") ? 1 : 0;
            rated += row.get(PlayStoreData.NAMES.indexOf("rating")).equals("nan") ? 0 : 1;
        }
        return new Contents(PlayStoreData.ROWS, reviews, paid, rated);
    }

    private static CassandraManager connect(CassandraServer server, String user, String password) {
        return CassandraManager.builder()
                .contactPoint(server.host(), server.port())
                .localDatacenter(server.localDatacenter())
                .trust(server.caCertificate())
                .credentials(user, Secret.of(password))
                .patience(Duration.ofSeconds(3))
                .connect();
    }
}
