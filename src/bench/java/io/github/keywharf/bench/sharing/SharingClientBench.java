package io.github.keywharf.bench.sharing;

import io.github.keywharf.bench.measure.SideBySide;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.jetty.JettyServer;
import io.github.keywharf.query.duckdb.DuckDbFile;
import io.github.keywharf.sharing.client.DeltaSharingClient;
import io.github.keywharf.sharing.client.DeltaSharingTable;
import io.github.keywharf.sharing.server.DeltaSharingServer;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A shared table of 1,000 small files, all downloaded and its rows counted, by the client from the server of this library,
 * beside the least that does it: the JDK's client that downloads one file after the other, and DuckDB that counts.
 */
public final class SharingClientBench {

    /** Half of the time of one download after the other. */
    public static final Map<String, Double> GOALS = Map.of("jdk-duckdb", 0.5);

    private static final int RUNS = 5;
    private static final int WARM_UP = 2;
    private static final int FILES = 1_000;
    private static final int ROWS = 100;
    private static final Schema USAGE = Schema.of(
            Column.nullable("part", ColumnType.INT32),
            Column.nullable("calls", ColumnType.INT64),
            Column.nullable("at", ColumnType.TIMESTAMP_UTC),
            Column.nullable("feature", ColumnType.STRING));

    private SharingClientBench() {}

    /** Runs it. */
    public static Map<String, Object> run() throws Exception {
        ObjectStore store = ObjectStore.inMemory();
        DeltaTable table = DeltaTable.at(store, "tables/usage");
        table.create(USAGE, List.of("part"));
        table.sink().write(usage());
        List<String> keys = table.snapshot()
                .files()
                .map(file -> "tables/usage/" + file.key())
                .toList();
        DeltaSharingServer sharing = DeltaSharingServer.builder(store.under("sharing"))
                .table("usage", store, "tables/usage")
                .requestsPerMinute(1_000_000)
                .build();
        Path folder = Files.createTempDirectory("sharing-client");
        try (JettyServer jetty = JettyServer.serve(sharing).start();
                JettyServer plain = JettyServer.serve(request -> HttpResponse.of(200)
                                .withBody(HttpBody.of(
                                        store.readSmall(request.path().substring(1)))))
                        .start()) {
            DeltaSharingClient client = DeltaSharingClient.of(profile(sharing.catalog(jetty.uri())));
            DeltaSharingTable shared = client.table("acme", "platform", "usage");
            SideBySide race = new SideBySide()
                    .add("keywharf", () -> check(count(shared.rows())))
                    .add(
                            "keywharf-download",
                            () -> delete(folder.resolve("files")),
                            () -> check(shared.query()
                                            .download(folder.resolve("files"))
                                            .size()
                                    * (long) ROWS),
                            () -> {})
                    .add(
                            "keywharf-land",
                            () -> check(client.land("acme", () -> DuckDbFile.replace(folder.resolve("x.duckdb")))
                                    .get(0)
                                    .rows()))
                    .add("jdk-duckdb", () -> check(plainly(plain.uri(), keys, folder.resolve("plain"))))
                    .run(WARM_UP, RUNS);
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("name", "sharing-client");
            result.put("rows", FILES * ROWS);
            result.put("ratios", Map.of("jdk-duckdb", race.ratio("keywharf", "jdk-duckdb")));
            result.put("heap_mb", race.heap("keywharf").used());
            result.put("runs", RUNS);
            result.put("seconds", race.medians());
            return result;
        } finally {
            delete(folder);
        }
    }

    private static Rows usage() {
        List<ColumnVector.Builder> builders = ColumnBatch.builders(USAGE, FILES * ROWS);
        for (int i = 0; i < FILES * ROWS; i++) {
            builders.get(0).appendValue(i % FILES);
            builders.get(1).appendValue(i * 7919L % 1_000);
            builders.get(2).appendValue(java.time.Instant.ofEpochSecond(1_700_000_000L + i));
            builders.get(3).appendValue("feature " + i % 40);
        }
        return Rows.of(USAGE, List.of(ColumnBatch.build(USAGE, builders)));
    }

    private static ShareProfile profile(ShareCatalog catalog) {
        catalog.ensureShare(Share.of("acme", SharedTable.of("usage", "platform.usage")));
        catalog.ensureRecipient(Recipient.of("acme"));
        catalog.ensureGrant("acme", "acme");
        return catalog.activate("acme").orElseThrow();
    }

    private static long count(Rows source) {
        long count = 0;
        try (Rows rows = source) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                count += batch.size();
            }
        }
        return count;
    }

    private static void check(long rows) {
        if (rows != FILES * (long) ROWS) {
            throw new IllegalStateException("There are " + rows + " rows");
        }
    }

    private static long plainly(URI server, List<String> keys, Path folder) throws Exception {
        Files.createDirectories(folder);
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        for (int i = 0; i < keys.size(); i++) {
            URI uri = new URI(server.getScheme(), server.getAuthority(), "/" + keys.get(i), null, null);
            client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofFile(folder.resolve(i + ".parquet")));
        }
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement();
                ResultSet count = statement.executeQuery("SELECT count(*) FROM '" + folder + "/*.parquet'")) {
            count.next();
            return count.getLong(1);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
