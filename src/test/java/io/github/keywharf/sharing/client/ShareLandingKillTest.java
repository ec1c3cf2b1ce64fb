package io.github.keywharf.sharing.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.query.DatabaseWriter;
import io.github.keywharf.query.duckdb.DuckDbFile;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.Rows;
import io.github.keywharf.testing.FakeServer;
import io.github.keywharf.testing.RecordedTime;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that lands a share is killed before, between and after its steps; the next one does all of it. */
class ShareLandingKillTest {

    @TempDir
    private Path folder;

    /** Where the other process ends. */
    private enum End {
        BEFORE_A_VIEW,
        BEFORE_THE_COMMIT,
        AFTER_THE_COMMIT,
        NEVER
    }

    private static List<LandedTable> land(URI uri, Path folder, End end) {
        ShareProfile profile = ShareProfile.bearer(URI.create(uri + "/api"), Secret.of("b"));
        return DeltaSharingClient.builder(profile)
                .tempDirectory(folder.resolve("temporary"))
                .build()
                .landViews("acme", folder.resolve("files"), () -> new Ending(database(folder), end));
    }

    private static Path file(Path folder) {
        return folder.resolve("acme.duckdb");
    }

    private static DatabaseWriter database(Path folder) {
        return DuckDbFile.replace(file(folder));
    }

    /** Ends the process as a signal would. */
    private record Ending(DatabaseWriter real, End end) implements DatabaseWriter {

        private void endAt(End here) {
            if (end == here) {
                Runtime.getRuntime().halt(1);
            }
        }

        @Override
        public long table(String schema, String name, Rows rows) {
            return real.table(schema, name, rows);
        }

        @Override
        public long view(String schema, String name, List<Path> files) {
            long rows = real.view(schema, name, files);
            endAt(End.BEFORE_A_VIEW);
            return rows;
        }

        @Override
        public void commit() {
            endAt(End.BEFORE_THE_COMMIT);
            real.commit();
            endAt(End.AFTER_THE_COMMIT);
        }

        @Override
        public void close() {
            real.close();
        }
    }

    /** The other process: prints what comes of its landing, if it lives that long. */
    public static final class Landing {
        private Landing() {}

        public static void main(String[] args) {
            try {
                System.out.println(land(URI.create(args[0]), Path.of(args[1]), End.valueOf(args[2])));
            } catch (KeywharfException e) {
                System.out.println(e.code());
            }
        }
    }

    private Optional<String> inAnotherProcess(URI uri, End end) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-classpath",
                        System.getProperty("java.class.path"),
                        Landing.class.getName(),
                        uri.toString(),
                        folder.toString(),
                        end.name())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader output = process.inputReader(UTF_8)) {
            return Optional.ofNullable(output.readLine());
        } finally {
            process.destroyForcibly().onExit().join();
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("files"))) {
            return all.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }

    @Test
    void a_landing_that_was_killed_is_made_good_by_the_next_one() throws IOException {
        ScriptedShare share = new ScriptedShare(new RecordedTime());
        try (FakeServer server = FakeServer.start(share)) {
            for (String name : List.of("a", "b")) {
                share.table(name).create(ShareLandingTest.USAGE, List.of("tenant_id"));
            }
            land(server.uri(), folder, End.NEVER);
            long rows = 0;
            for (End end : List.of(End.BEFORE_A_VIEW, End.BEFORE_THE_COMMIT, End.AFTER_THE_COMMIT)) {
                for (String name : List.of("a", "b")) {
                    DeltaTable table = share.table(name);
                    table.sink().write(ShareLandingTest.usage("a", rows, rows + 2));
                }
                assertThat(inAnotherProcess(server.uri(), end)).isEmpty();
                long shown = end == End.AFTER_THE_COMMIT ? rows + 2 : rows;
                assertThat(count()).isEqualTo(shown + " " + shown);

                rows += 2;
                land(server.uri(), folder, End.NEVER);
                assertThat(count()).isEqualTo(rows + " " + rows);
                // One for each write; and of each of the empty tables before.
                assertThat(files().stream().filter(file -> file.endsWith(".parquet")))
                        .hasSize(2 * (int) (rows / 2) + 2);
                assertThat(files().stream().filter(file -> file.endsWith(".part")))
                        .isEmpty();
            }
            assertThat(share.sent.values()).allMatch(times -> times.get() == 1);
        }
    }

    private String count() {
        return ShareLandingTest.query(
                        file(folder),
                        "SELECT (SELECT count(*) FROM usage.a) || ' ' || (SELECT count(*) FROM usage.b) AS n")
                .replaceAll("[\\[\\]]", "");
    }

    @Test
    void what_a_killed_process_began_of_a_file_is_deleted_a_day_later() throws IOException {
        ScriptedShare share = new ScriptedShare(new RecordedTime());
        try (FakeServer server = FakeServer.start(share)) {
            share.table("a").create(ShareLandingTest.USAGE, List.of("tenant_id"));
            assertThat(inAnotherProcess(server.uri(), End.BEFORE_A_VIEW)).isEmpty();
            List<Path> left = left();
            assertThat(left).isNotEmpty();
            Path strangers = Files.createFile(folder.resolve(".acme.duckdb-backup.part"));
            land(server.uri(), folder, End.NEVER);
            assertThat(left).allSatisfy(file -> assertThat(file).exists());

            for (Path file : left()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
            }
            land(server.uri(), folder, End.NEVER);
            assertThat(left()).containsExactly(strangers);
        }
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().contains(".part"))
                    .toList();
        }
    }

    @Test
    void another_process_does_not_land_a_share_into_a_folder_that_this_one_writes_to() throws IOException {
        ScriptedShare share = new ScriptedShare(new RecordedTime());
        try (FakeServer server = FakeServer.start(share)) {
            ShareProfile profile = ShareProfile.bearer(URI.create(server.uri() + "/api"), Secret.of("b"));
            Optional<?>[] said = new Optional<?>[1];
            DeltaSharingClient.of(profile).landViews("acme", folder.resolve("files"), () -> {
                try {
                    said[0] = inAnotherProcess(server.uri(), End.NEVER);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
                return database(folder);
            });

            assertThat(said[0]).hasToString("Optional[sharing.busy]");
            assertThat(inAnotherProcess(server.uri(), End.NEVER)).contains("[]");
        }
    }
}
