package examples.quickstart;

import io.github.keywharf.Organisation;
import io.github.keywharf.batch.BatchIngestor;
import io.github.keywharf.batch.FetchData;
import io.github.keywharf.batch.FetchReport;
import io.github.keywharf.batch.IngestStatistics;
import io.github.keywharf.batch.TenantLogin;
import io.github.keywharf.batch.TenantProfile;
import io.github.keywharf.batch.TenantProfiles;
import io.github.keywharf.batch.TenantUsers;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.jetty.JettyServer;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.PlayStoreData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/** Two clients upload files over HTTP, each checked against its own profile, and see their rows and their statistics. */
final class Uploads {
    private static final String COLUMNS = " (id uuid PRIMARY KEY, name text, category text, rating real, reviews int,"
            + " size text, installs text, free boolean, price_dollar real, content_rating text, genres text,"
            + " last_update date, current_ver text, android_ver text)";
    private static final long ROWS = 3_000;

    private final PostgresDatabase database;
    private final Connection connection;
    private final Path folder;
    private final EventListener listener;

    Uploads(PostgresDatabase database, Connection connection, Path folder, EventListener listener) {
        this.database = database;
        this.connection = connection;
        this.folder = folder;
        this.listener = listener;
    }

    /**
     * Uploads three files of one client and two of the other, one of which is larger than its profile allows.
     *
     * @return how many rows are in the tables of both then
     */
    long run() throws IOException, SQLException {
        List<Organisation> tenants = List.of(Organisation.of("customer-1"), Organisation.of("customer-2"));
        PlayStoreData data = PlayStoreData.of(1);
        TenantProfiles.Editable profiles = TenantProfiles.inMemory();
        TenantUsers users = TenantUsers.create(folder.resolve("users.json"));
        for (Organisation tenant : tenants) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE " + table(tenant) + COLUMNS);
            }
            profiles.put(TenantProfile.builder(tenant)
                    .dataSizes(tenant.id().endsWith("1") ? 4_096 : 200)
                    .schema(PlayStoreData.schema(PlayStoreData.NAMES))
                    .values("{\"nulls\": [\"nan\"]}")
                    .rowId("id")
                    .target("public", table(tenant))
                    .build());
            users.put(tenant.id(), password(tenant));
        }
        for (int file = 0; file < 3; file++) {
            data.writeFile(
                    input(tenants.get(0)).resolve("apps-" + file + ".csv"), PlayStoreData.NAMES, file * 1_000L, 1_000);
        }
        data.writeFile(input(tenants.get(1)).resolve("apps.csv"), PlayStoreData.NAMES, 3_000, 1_000);
        data.writeFile(input(tenants.get(1)).resolve("all-apps.csv"), PlayStoreData.NAMES, 0, ROWS);
        try (BatchIngestor ingestor = BatchIngestor.builder()
                        .staging(folder.resolve("staging"))
                        .profiles(profiles)
                        .events(listener)
                        .sinks(job -> database.table(job.profile().table()).upsertBy("id"))
                        .start();
                JettyServer server = JettyServer.serve(ingestor.routes(TenantLogin.basic(users)))
                        .start()) {
            for (Organisation tenant : tenants) {
                FetchReport report = FetchData.builder(server.uri(), tenant, password(tenant))
                        .directory(input(tenant))
                        .build()
                        .run();
                System.out.println(tenant + ": " + report);
                report.files().forEach(file -> System.out.println("  " + file));
            }
            ingestor.awaitIdle(Duration.ofMinutes(1));
            IngestStatistics statistics = ingestor.statistics();
            System.out.println(statistics);
        }
        long rows = 0;
        for (Organisation tenant : tenants) {
            System.out.println("Of " + tenant + "'s rows:\n"
                    + database.query("SELECT name, category, rating, free, price_dollar, last_update FROM "
                                    + table(tenant) + " ORDER BY price_dollar DESC, name LIMIT 3")
                            .table());
            rows += database.query("SELECT count(*) AS rows FROM " + table(tenant))
                    .one()
                    .orElseThrow()
                    .longValue("rows");
        }
        return rows;
    }

    private static String table(Organisation tenant) {
        return tenant.id().replace('-', '_') + "_application";
    }

    private static Secret password(Organisation tenant) {
        return Secret.of("the password of " + tenant);
    }

    private Path input(Organisation tenant) throws IOException {
        return Files.createDirectories(folder.resolve("clients").resolve(tenant.id()));
    }
}
