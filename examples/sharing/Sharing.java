package examples.sharing;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.http.jetty.JettyServer;
import io.github.keywharf.query.duckdb.DuckDbFile;
import io.github.keywharf.secret.SecretStore;
import io.github.keywharf.sharing.DeltaSharingManager;
import io.github.keywharf.sharing.SharingPlan;
import io.github.keywharf.sharing.client.DeltaSharingClient;
import io.github.keywharf.sharing.server.DeltaSharingServer;
import io.github.keywharf.sharing.usage.SupersetBundle;
import io.github.keywharf.sharing.usage.UsageCharts;
import io.github.keywharf.sharing.usage.UsageLog;
import io.github.keywharf.sharing.usage.UsagePage;
import io.github.keywharf.store.ObjectStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** A platform shares its usage with two tenants, and each of them reads its own into DuckDB, a page and Superset. */
public final class Sharing {
    private static final String TABLE = "usage." + UsageLog.TABLE;
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-23T10:20:00Z"));

    private Sharing() {}

    /** Logs usage, serves it, and reads it as each tenant. */
    public static void main(String[] args) throws Exception {
        ObjectStore platform = ObjectStore.ofDirectory(Path.of("sharing-platform"));
        try (UsageLog usage = UsageLog.builder()
                .table(DeltaTable.at(platform, "tables/usage"))
                .spool(Path.of("sharing-spool"))
                .clock(CLOCK)
                .open()) {
            work(usage);
        }

        DeltaSharingServer server = DeltaSharingServer.builder(platform.under("shares"))
                .table("usage", platform, "tables/usage")
                .build();
        try (JettyServer jetty = JettyServer.serve(server).start()) {
            DeltaSharingManager manager = DeltaSharingManager.builder()
                    .catalog(server.catalog(jetty.uri()))
                    .secrets(SecretStore.directory(Path.of("sharing-profiles")))
                    .plan(SharingPlan.of("usage", TABLE, UsageLog.TENANT))
                    .build();
            for (String tenant : List.of("acme", "globex")) {
                read(tenant, DeltaSharingClient.of(manager.provision(tenant)));
            }
            DeltaSharingClient acme = DeltaSharingClient.of(manager.profile("acme"));
            DeltaSharingClient globex = DeltaSharingClient.of(manager.profile("globex"));
            System.out.println("globex sees " + globex.shares().toList());
            trespass(globex, acme.shares().findFirst().orElseThrow());
        }
    }

    private static void work(EventListener platform) {
        exported(platform, "acme", "orders.csv", 500);
        exported(platform, "acme", "customers.csv", 70);
        exported(platform, "globex", "orders.csv", 20);
    }

    /** Reports what the platform did for a tenant. */
    private static void exported(EventListener platform, String tenant, String file, long rows) {
        Work work = Work.of(Organisation.of(tenant));
        platform.info("platform.export.finished", work, file, "exported", Fact.count("rows", rows));
    }

    /** What a tenant does with its profile. */
    private static void read(String tenant, DeltaSharingClient client) throws SQLException {
        Path database = Path.of(tenant + ".duckdb").toAbsolutePath();
        String share = client.shares().findFirst().orElseThrow();
        client.land(share, () -> DuckDbFile.replace(database))
                .forEach(table -> System.out.println(tenant + ": " + table));
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:" + database);
                Statement statement = duckdb.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT activity, measure, sum(amount) FROM " + TABLE + " GROUP BY ALL ORDER BY ALL")) {
            while (rows.next()) {
                System.out.println("  " + rows.getString(1) + ", " + rows.getString(2) + ": " + rows.getLong(3));
            }
        }
        UsageCharts charts = UsageCharts.platform().withTable(TABLE);
        UsagePage.of(
                        tenant,
                        charts,
                        client.table(share, "usage", UsageLog.TABLE).rows())
                .write(Path.of(tenant + ".html"));
        SupersetBundle bundle = SupersetBundle.builder()
                .tenant(tenant)
                .database("duckdb:///" + database)
                .charts(charts)
                .build();
        bundle.write(Path.of(tenant + ".zip"));
        System.out.println("  " + bundle + ", and a page: " + Files.exists(Path.of(tenant + ".html")));
    }

    private static void trespass(DeltaSharingClient client, String share) {
        try {
            client.table(share, "usage", UsageLog.TABLE).rows().toTable();
        } catch (KeywharfException e) {
            System.out.println("The share " + share + " of another: " + e.code());
        }
    }
}
