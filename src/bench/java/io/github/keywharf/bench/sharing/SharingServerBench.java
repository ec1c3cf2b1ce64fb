package io.github.keywharf.bench.sharing;

import io.github.keywharf.aws.AWSManager;
import io.github.keywharf.bench.measure.HeapWatch;
import io.github.keywharf.bench.measure.SideBySide;
import io.github.keywharf.bench.measure.Trees;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.ShareCatalog;
import io.github.keywharf.catalog.ShareCredentials;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.catalog.TenantFilter;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.jetty.JettyServer;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.sharing.server.DeltaSharingServer;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Queries of a table of 50,000 files and 200 tenants over HTTP, with addresses signed for S3: all files, and one tenant's. Beside
 * them the same bytes made before, which is what a server can do at most. The client runs on the same processors.
 */
public final class SharingServerBench {
    /** 500 requests a second for one tenant's files. */
    public static final Map<String, Double> GOALS = Map.of("500 requests/s, one tenant", 1.0);

    private static final int FILES = 50_000;
    private static final int TENANTS = 200;
    private static final int WARM_UP = 4;
    private static final int RUNS = 7;
    private static final int QUERIES = 200;
    private static final int CLIENTS = 4;
    private static final int LOAD = 8_000;
    private static final double WANTED = 500;
    private static final int MAX_BODY = 1_000;

    private SharingServerBench() {}

    /** Runs it. */
    public static Map<String, Object> run() throws Exception {
        Path folder = Files.createTempDirectory("keywharf-sharing");
        try (AWSManager aws = AWSManager.builder()
                .credentials("AKIDEXAMPLE", Secret.of("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"))
                .region("eu-west-1")
                .connect()) {
            ObjectStore store = ObjectStore.ofDirectory(folder);
            writeLog(store);
            DeltaSharingServer sharing = DeltaSharingServer.builder(store.under("sharing"))
                    .table("usage", store, "usage", aws.signedUrls("lake"))
                    .requestsPerMinute(1_000_000)
                    .build();
            try (JettyServer jetty = JettyServer.serve(sharing).start()) {
                ShareProfile profile = provision(sharing.catalog(jetty.uri()));
                return measure(
                        profile.endpoint(),
                        ((ShareCredentials.Bearer) profile.credentials())
                                .token()
                                .reveal());
            }
        } finally {
            Trees.delete(folder);
        }
    }

    private static ShareProfile provision(ShareCatalog catalog) {
        SharedTable table = SharedTable.of("usage", "platform.usage");
        catalog.ensureShare(Share.of("all", table));
        catalog.ensureShare(Share.of("one", table.withFilter(TenantFilter.value("tenant", "tenant-7"))));
        catalog.ensureRecipient(Recipient.of("bench"));
        catalog.ensureGrant("all", "bench");
        catalog.ensureGrant("one", "bench");
        return catalog.activate("bench").orElseThrow();
    }

    private static void writeLog(ObjectStore store) throws IOException {
        String schema =
                "{\\\"type\\\":\\\"struct\\\",\\\"fields\\\":[{\\\"name\\\":\\\"tenant\\\",\\\"type\\\":\\\"string\\\",\\\"nullable\\\":true,"
                        + "\\\"metadata\\\":{}},{\\\"name\\\":\\\"at\\\",\\\"type\\\":\\\"timestamp\\\",\\\"nullable\\\":true,\\\"metadata\\\":{}},"
                        + "{\\\"name\\\":\\\"clicks\\\",\\\"type\\\":\\\"long\\\",\\\"nullable\\\":true,\\\"metadata\\\":{}}]}";
        try (ObjectWriter object = store.create("usage/_delta_log/00000000000000000000.json")) {
            OutputStream out = new BufferedOutputStream(new WriterStream(object), 1 << 16);
            write(out, "{\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":2}}\n");
            write(
                    out,
                    "{\"metaData\":{\"id\":\"" + new UUID(1, 2)
                            + "\",\"format\":{\"provider\":\"parquet\",\"options\":{}},\"schemaString\":\"" + schema
                            + "\",\"partitionColumns\":[\"tenant\"],\"configuration\":{},\"createdTime\":1}}\n");
            for (int i = 0; i < FILES; i++) {
                write(
                        out,
                        "{\"add\":{\"path\":\"tenant=tenant-" + i % TENANTS + "/part-" + i + "-" + new UUID(i, ~i)
                                + ".c000.zstd.parquet\",\"partitionValues\":{\"tenant\":\"tenant-" + i % TENANTS
                                + "\"},\"size\":" + (1_000_000 + i)
                                + ",\"modificationTime\":1700000000000,\"dataChange\":true,\"stats\":\"{\\\"numRecords\\\":1000,"
                                + "\\\"minValues\\\":{\\\"at\\\":\\\"2026-11-01T00:00:00.000Z\\\",\\\"clicks\\\":" + i
                                + "},\\\"maxValues\\\":{\\\"at\\\":\\\"2026-11-02T00:00:00.000Z\\\",\\\"clicks\\\":"
                                + (i + 1000)
                                + "},\\\"nullCount\\\":{\\\"at\\\":0,\\\"clicks\\\":0}}\"}}\n");
            }
            out.flush();
            object.commit();
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** An object's writer as a stream. */
    private static final class WriterStream extends OutputStream {
        private final ObjectWriter writer;

        WriterStream(ObjectWriter writer) {
            this.writer = writer;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            writer.write(bytes, offset, length);
        }
    }

    private static Map<String, Object> measure(URI endpoint, String token) throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest all = query(endpoint, token, "all");
        HttpRequest one = query(endpoint, token, "one");
        long begun = System.nanoTime();
        byte[] allBytes = client.send(all, BodyHandlers.ofByteArray()).body();
        double cold = (System.nanoTime() - begun) / 1e9;
        byte[] oneBytes = client.send(one, BodyHandlers.ofByteArray()).body();
        check(allBytes, FILES);
        check(oneBytes, FILES / TENANTS);
        HttpHandler made = request -> {
            request.body().bytes(MAX_BODY);
            return HttpResponse.of(200).withBody(HttpBody.of(request.path().contains("/all/") ? allBytes : oneBytes));
        };
        try (JettyServer floor = JettyServer.serve(made).start()) {
            HttpRequest floorAll = query(floor.uri().resolve("/x"), token, "all");
            HttpRequest floorOne = query(floor.uri().resolve("/x"), token, "one");
            List<Double> firsts = new ArrayList<>();
            SideBySide race = new SideBySide()
                    .add("all files", () -> firsts.add(drained(client, all, allBytes.length)))
                    .add("made before, all files", () -> drained(client, floorAll, allBytes.length))
                    .add("one tenant", () -> repeated(client, one, oneBytes.length))
                    .add("made before, one tenant", () -> repeated(client, floorOne, oneBytes.length))
                    .run(WARM_UP, RUNS);
            double perSecond;
            HeapWatch.Peak peak;
            try (HeapWatch watch = HeapWatch.start()) {
                perSecond = load(client, one, oneBytes.length);
                peak = watch.peak();
            }
            Map<String, Double> ratios = new LinkedHashMap<>();
            ratios.put("made before, all files", SideBySide.rounded(race.ratio("all files", "made before, all files")));
            ratios.put(
                    "made before, one tenant", SideBySide.rounded(race.ratio("one tenant", "made before, one tenant")));
            ratios.put("500 requests/s, one tenant", SideBySide.rounded(WANTED / perSecond));
            Map<String, Double> seconds = new LinkedHashMap<>(race.medians());
            seconds.put("one tenant, one query", race.median("one tenant") / QUERIES);
            seconds.put(
                    "all files, first byte",
                    firsts.subList(WARM_UP, firsts.size()).stream()
                            .sorted()
                            .toList()
                            .get(RUNS / 2));
            seconds.put("all files, first query", SideBySide.rounded(cold));
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("name", "sharing-server");
            result.put("rows", FILES);
            result.put("ratios", ratios);
            result.put("requests_per_second", Math.round(perSecond));
            result.put("heap_mb", peak.used());
            result.put("runs", RUNS);
            result.put("seconds", seconds);
            return result;
        }
    }

    private static HttpRequest query(URI endpoint, String token, String share) {
        return HttpRequest.newBuilder(
                        URI.create(endpoint + "/shares/" + share + "/schemas/platform/tables/usage/query"))
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
    }

    private static void check(byte[] answer, int files) {
        long lines = new String(answer, StandardCharsets.UTF_8).lines().count();
        if (lines != files + 2L) {
            throw new IllegalStateException(lines + " lines came for " + files + " files");
        }
    }

    private static void repeated(HttpClient client, HttpRequest request, long bytes) throws Exception {
        for (int i = 0; i < QUERIES; i++) {
            drained(client, request, bytes);
        }
    }

    /** Reads an answer, and gives the seconds until its first byte. */
    private static double drained(HttpClient client, HttpRequest request, long bytes) throws Exception {
        long begun = System.nanoTime();
        try (InputStream body =
                client.send(request, BodyHandlers.ofInputStream()).body()) {
            byte[] piece = new byte[1 << 16];
            long count = body.read(piece);
            double first = (System.nanoTime() - begun) / 1e9;
            for (int n = body.read(piece); n >= 0; n = body.read(piece)) {
                count += n;
            }
            if (count != bytes) {
                throw new IllegalStateException(count + " bytes came, not " + bytes);
            }
            return first;
        }
    }

    /** How many queries a second are answered to several clients together. */
    private static double load(HttpClient client, HttpRequest request, long bytes) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            long begun = System.nanoTime();
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                all.add(clients.submit(() -> {
                    for (int n = 0; n < LOAD / CLIENTS; n++) {
                        drained(client, request, bytes);
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
            return LOAD / ((System.nanoTime() - begun) / 1e9);
        } finally {
            clients.shutdownNow();
        }
    }
}
