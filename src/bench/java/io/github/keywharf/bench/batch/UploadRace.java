package io.github.keywharf.bench.batch;

import io.github.keywharf.Organisation;
import io.github.keywharf.batch.BatchIngestor;
import io.github.keywharf.batch.FetchData;
import io.github.keywharf.batch.TenantLogin;
import io.github.keywharf.batch.TenantProfile;
import io.github.keywharf.batch.TenantProfiles;
import io.github.keywharf.batch.TenantUsers;
import io.github.keywharf.bench.measure.ProcessRun;
import io.github.keywharf.bench.measure.SideBySide;
import io.github.keywharf.http.jetty.JettyServer;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.WriteReport;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Files uploaded by our client, which hashes them first, and by curl in one request each, to the same server. */
final class UploadRace {
    private static final Organisation TENANT = Organisation.of("customer-1");
    private static final String PASSWORD = "of-this-benchmark-only";
    private static final int FILES = 8;
    private static final int FILE_BYTES = 60 * 1024 * 1024;
    private static final int RUNS = 3;

    private final Path directory;
    private final SplittableRandom random = new SplittableRandom(1);
    private int round;

    private UploadRace(Path directory) {
        this.directory = directory;
    }

    static Map<String, Double> run(Path directory, Map<String, Double> ratios) throws Exception {
        return new UploadRace(Files.createDirectories(directory.resolve("upload"))).measure(ratios);
    }

    private Map<String, Double> measure(Map<String, Double> ratios) throws Exception {
        TenantProfiles.Editable profiles = TenantProfiles.inMemory();
        profiles.put(TenantProfile.builder(TENANT)
                .formats(".bin")
                .numberFiles(1_000)
                .dataSizes(1_000_000)
                .app("nothing")
                .build());
        TenantUsers users = TenantUsers.create(directory.resolve("users.json"));
        users.put(TENANT.id(), Secret.of(PASSWORD));
        try (BatchIngestor ingestor = BatchIngestor.builder()
                        .staging(directory.resolve("staging"))
                        .profiles(profiles)
                        .app("nothing", job -> WriteReport.of(0, 0, 0, 0, Duration.ZERO))
                        .keepFor(Duration.ZERO, Duration.ZERO)
                        .start();
                JettyServer server = JettyServer.serve(ingestor.routes(TenantLogin.basic(users)))
                        .maxBodyBytes(2L * FILE_BYTES)
                        .start()) {
            SideBySide race = new SideBySide()
                    .add("client", this::write, () -> client(server), () -> {})
                    .add("curl", this::write, () -> curl(server), () -> {})
                    .run(1, RUNS);
            ratios.put("curl", SideBySide.rounded(race.ratio("client", "curl")));
            return race.medians();
        }
    }

    private Path input() {
        return directory.resolve("round-" + round);
    }

    /** Files that no round had before, since the server recognises those. */
    private void write() throws Exception {
        round++;
        Files.createDirectories(input());
        byte[] piece = new byte[1 << 20];
        for (int file = 0; file < FILES; file++) {
            try (OutputStream out = Files.newOutputStream(input().resolve(name(file)))) {
                for (int i = 0; i < FILE_BYTES / piece.length; i++) {
                    random.nextBytes(piece);
                    out.write(piece);
                }
            }
        }
    }

    private String name(int file) {
        return "round-" + round + "-" + file + ".bin";
    }

    private void client(JettyServer server) {
        var report = FetchData.builder(server.uri(), TENANT, Secret.of(PASSWORD))
                .directory(input())
                .build()
                .run();
        if (!report.isComplete()) {
            throw new IllegalStateException("Not all was uploaded: " + report);
        }
    }

    private void curl(JettyServer server) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "curl",
                "-sS",
                "--fail",
                "-u",
                TENANT.id() + ":" + PASSWORD,
                "-H",
                "Upload-Complete: ?1",
                "-H",
                "Expect:"));
        for (int file = 0; file < FILES; file++) {
            if (file > 0) {
                command.addAll(List.of(
                        "--next",
                        "-sS",
                        "--fail",
                        "-u",
                        TENANT.id() + ":" + PASSWORD,
                        "-H",
                        "Upload-Complete: ?1",
                        "-H",
                        "Expect:"));
            }
            command.addAll(List.of(
                    "--data-binary",
                    "@" + input().resolve(name(file)),
                    server.uri().resolve("/files/" + name(file)).toString()));
        }
        ProcessRun.of(command, Map.of(), directory.resolve("curl.log"));
    }
}
