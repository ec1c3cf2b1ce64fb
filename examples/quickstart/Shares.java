package examples.quickstart;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What the platform did for its clients is logged, shared with each of them, and read by each into a DuckDB file of its own. */
final class Shares implements AutoCloseable {
    private static final String FOLDER = "tables/usage";
    private static final String TABLE = "usage." + UsageLog.TABLE;

    private final ObjectStore platform;
    private final Path folder;
    private final UsageLog usage;

    Shares(Path folder) {
        this.folder = folder;
        this.platform = ObjectStore.ofDirectory(folder.resolve("platform"));
        this.usage = UsageLog.builder()
                .table(DeltaTable.at(platform, FOLDER))
                .spool(folder.resolve("spool"))
                .open();
    }

    /** Logs what happens, by client and hour. */
    EventListener usage() {
        return usage;
    }

    /**
     * Shares the usage, reads it as each client, and tries one's share with the other's profile.
     *
     * @param pages where each client's page and bundle go
     * @return the rows that each client was billed, and what the trespass got
     */
    List<String> run(List<String> clients, Path pages) throws IOException, SQLException {
        usage.flush();
        DeltaSharingServer server = DeltaSharingServer.builder(platform.under("shares"))
                .table("usage", platform, FOLDER)
                .build();
        List<String> outcome = new ArrayList<>();
        try (JettyServer jetty = JettyServer.serve(server).start()) {
            DeltaSharingManager manager = DeltaSharingManager.builder()
                    .catalog(server.catalog(jetty.uri()))
                    .secrets(SecretStore.directory(folder.resolve("profiles")))
                    .plan(SharingPlan.of("usage", TABLE, UsageLog.TENANT))
                    .build();
            for (String client : clients) {
                outcome.add(read(client, DeltaSharingClient.of(manager.provision(client)), pages));
            }
            List<DeltaSharingClient> readers = clients.stream()
                    .map(client -> DeltaSharingClient.of(manager.profile(client)))
                    .toList();
            outcome.add(
                    trespass(readers.get(1), readers.get(0).shares().findFirst().orElseThrow()));
        }
        return outcome;
    }

    private String read(String client, DeltaSharingClient sharing, Path pages) throws IOException, SQLException {
        Path database = folder.resolve(client + ".duckdb");
        String share = sharing.shares().findFirst().orElseThrow();
        System.out.println(client + " reads " + sharing.land(share, () -> DuckDbFile.replace(database)));
        UsageCharts charts = UsageCharts.platform().withTable(TABLE);
        Files.createDirectories(pages);
        Path page = UsagePage.of(
                        client,
                        charts,
                        sharing.table(share, "usage", UsageLog.TABLE).rows())
                .write(pages.resolve("usage-" + client + ".html"));
        System.out.println("Its usage as a page: " + page.toUri());
        SupersetBundle.builder()
                .tenant(client)
                .database("duckdb:///" + database.toAbsolutePath())
                .charts(charts)
                .build()
                .write(pages.resolve("usage-" + client + ".zip"));
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:" + database);
                Statement statement = duckdb.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT string_agg(DISTINCT client_space_uid), sum(amount) FROM " + TABLE
                                + " WHERE measure = 'rows'")) {
            rows.next();
            return rows.getString(1) + " " + rows.getLong(2) + " rows";
        }
    }

    private static String trespass(DeltaSharingClient client, String share) {
        try {
            return client.table(share, "usage", UsageLog.TABLE).rows().toTable().size() + " rows";
        } catch (KeywharfException e) {
            System.out.println("The share of another client: " + e.getMessage());
            return e.code();
        }
    }

    @Override
    public void close() {
        usage.close();
    }
}
