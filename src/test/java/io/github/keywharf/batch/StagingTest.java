package io.github.keywharf.batch;

import static io.github.keywharf.batch.IngestorFixture.ACME;
import static io.github.keywharf.batch.IngestorFixture.GLOBEX;
import static io.github.keywharf.batch.IngestorFixture.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagingTest {

    @TempDir
    private Path directory;

    private IngestorFixture fixture;

    @BeforeEach
    void build() {
        fixture = new IngestorFixture(directory.resolve("staging"));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static boolean isPosix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }

    @Test
    void a_file_that_grows_is_not_taken_before_it_has_not_changed_for_the_time_of_settling() throws IOException {
        fixture.tenant(ACME).start();
        Path file = fixture.put(ACME, "growing.csv", "a\n");
        for (int i = 0; i < 4; i++) {
            fixture.ingestor.scanNow();
            fixture.clock.advance(Duration.ofMillis(1900));
            fixture.ingestor.scanNow();
            Files.writeString(file, i + "\n", StandardOpenOption.APPEND);
            fixture.ingestor.scanNow();
            assertThat(fixture.ingestor.files(ACME)).isEmpty();
        }
        fixture.clock.advance(Duration.ofMillis(1900));
        fixture.ingestor.scanNow();
        assertThat(fixture.ingestor.files(ACME)).isEmpty();
        fixture.clock.advance(Duration.ofMillis(100));
        fixture.ingest();
        assertThat(fixture.file(ACME, "growing.csv").rows()).isEqualTo(4);
    }

    @Test
    void hidden_and_unfinished_files_are_left_alone_until_they_are_renamed() throws IOException {
        fixture.tenant(ACME).start();
        Path part = fixture.put(ACME, "f.csv.part", "a\n1\n");
        fixture.put(ACME, ".g.csv", "a\n1\n");
        fixture.put(ACME, "h.tmp", "a\n1\n");
        fixture.ingest();
        assertThat(fixture.ingestor.files(ACME)).isEmpty();
        Files.move(part, part.resolveSibling("f.csv"));
        fixture.ingest();
        assertThat(fixture.states(ACME)).containsExactly("f.csv DONE");
        assertThat(fixture.data(ACME)).isNotEmptyDirectory();
    }

    @Test
    void links_pipes_and_directories_are_refused_and_their_targets_are_left_alone() throws Exception {
        assumeTrue(isPosix(), "this file system has no POSIX permissions");
        Path secret = Files.writeString(directory.resolve("secret.csv"), "secret\n");
        Path outside = Files.createDirectories(directory.resolve("outside"));
        Files.writeString(outside.resolve("kept.csv"), "kept\n");
        fixture.tenant(ACME).start();
        Path data = fixture.data(ACME);
        fixture.put(ACME, "fine.csv", "a\n1\n");
        Files.createSymbolicLink(data.resolve("link.csv"), secret);
        Files.createSymbolicLink(data.resolve("nowhere.csv"), directory.resolve("nothing"));
        Files.createSymbolicLink(data.resolve("folder.csv"), outside);
        Files.createLink(data.resolve("hard.csv"), secret);
        Files.createDirectories(data.resolve("tree.csv/deep"));
        Files.createSymbolicLink(data.resolve("tree.csv/deep/up"), outside);
        assertThat(new ProcessBuilder("mkfifo", data.resolve("pipe.csv").toString())
                        .start()
                        .waitFor())
                .isZero();
        fixture.ingest();

        assertThat(fixture.states(ACME))
                .containsExactly(
                        "fine.csv DONE",
                        "folder.csv REFUSED",
                        "hard.csv REFUSED",
                        "link.csv REFUSED",
                        "nowhere.csv REFUSED",
                        "pipe.csv REFUSED",
                        "tree.csv REFUSED");
        assertThat(fixture.file(ACME, "link.csv").reason()).isEqualTo("file: a symbolic link; allowed: regular files");
        assertThat(fixture.file(ACME, "hard.csv").reason()).startsWith("file: 2 hard links");
        assertThat(fixture.file(ACME, "pipe.csv").reason()).startsWith("file: a pipe");
        assertThat(data).isEmptyDirectory();
        assertThat(fixture.ingested).containsExactly("acme/fine.csv");
        assertThatThrownBy(() ->
                        fixture.ingestor.replay(fixture.file(ACME, "link.csv").id(), true))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("batch.not_replayable"));

        fixture.clock.advance(Duration.ofDays(31));
        fixture.ingestor.upkeep();
        assertThat(fixture.staging.resolve("acme/quarantine")).isEmptyDirectory();
        assertThat(secret).hasContent("secret\n");
        assertThat(outside.resolve("kept.csv")).hasContent("kept\n");
    }

    @Test
    void names_that_are_not_allowed_are_refused_and_shown_harmlessly() throws Exception {
        assumeTrue(isPosix(), "this file system has no POSIX permissions");
        fixture.tenant(ACME).start();
        fixture.scan();
        String script = "cd \"$0\"; for n in 'a\\nb.csv' 'bad\\377.csv' 'esc\\033[2J.csv' 'back\\\\slash.csv' 'con.csv'"
                + " '$(touch pwned).csv' '-rf.csv'; do printf 'a\\n1\\n' > \"$(printf -- \"$n\")\"; done";
        assertThat(new ProcessBuilder("bash", "-c", script, fixture.data(ACME).toString())
                        .start()
                        .waitFor())
                .isZero();
        fixture.ingest();

        assertThat(fixture.ingestor.files(ACME)).hasSize(7);
        assertThat(fixture.states(ACME))
                .contains("-rf.csv DONE", "$(touch pwned).csv DONE", "con.csv REFUSED", "a?b.csv REFUSED")
                .filteredOn(state -> state.endsWith("REFUSED"))
                .hasSize(5)
                .noneMatch(state -> state.chars().anyMatch(Character::isISOControl));
        assertThat(fixture.data(ACME)).isEmptyDirectory();
        assertThat(fixture.file(ACME, "a?b.csv").reason()).startsWith("name: ");
        fixture.restart();
        fixture.ingest();
        assertThat(fixture.ingestor.files(ACME)).hasSize(7);
    }

    @Test
    void what_is_closed_to_its_owner_or_a_link_is_removed_and_nothing_behind_it() throws IOException {
        assumeTrue(isPosix(), "this file system has no POSIX permissions");
        Path kept = Files.writeString(directory.resolve("kept"), "x");
        Path left = Files.createDirectories(directory.resolve("left/a/b/c/d/e/f/g/h/i/j/k"));
        Files.createSymbolicLink(left.resolve("link"), kept);
        Files.createSymbolicLink(left.resolve("up"), directory);
        Files.setPosixFilePermissions(left, Set.of());
        Files.setPosixFilePermissions(directory.resolve("left/a/b"), PosixFilePermissions.fromString("r-x------"));
        Files.setPosixFilePermissions(directory.resolve("left/a"), PosixFilePermissions.fromString("-wx------"));

        StagingArea.delete(directory.resolve("left"));

        assertThat(directory.resolve("left")).doesNotExist();
        assertThat(kept).hasContent("x");
    }

    @Test
    void files_beyond_what_is_recorded_of_a_tenant_wait_and_those_of_others_do_not() throws IOException {
        fixture.tenant(ACME).tenant(GLOBEX).start(builder -> {
            builder.maxRecords = 1;
            return builder;
        });
        fixture.put(ACME, "a.csv", "a\n1\n");
        fixture.ingest();
        fixture.put(ACME, "b.csv", "a\n2\n");
        fixture.put(GLOBEX, "c.csv", "a\n3\n");
        fixture.scan();
        fixture.scan();

        assertThat(fixture.ingestor.files(ACME)).hasSize(1);
        assertThat(fixture.data(ACME).resolve("b.csv")).exists();
        assertThat(fixture.ingestor.files(GLOBEX)).hasSize(1);
        await().untilAsserted(() -> assertThat(fixture.messages("batch.tenant.trouble"))
                .anyMatch(message -> message.startsWith("acme") && message.contains("too many of this tenant")));
    }

    @Test
    void nobody_else_on_the_machine_sees_files_uploads_or_rejected_rows() throws IOException {
        assumeTrue(isPosix(), "this file system has no POSIX permissions");
        fixture.tenant(ACME).start(builder -> {
            BatchIngestor.Builder own = BatchIngestor.builder();
            return own.staging(fixture.staging).profiles(fixture.profiles);
        });
        fixture.ingestor.routes(request -> new TenantLogin.Nobody(List.of()));

        for (String each : List.of(
                "staging/acme", "staging/acme/data", "staging/acme/files", "staging/.uploads", "staging-ledger")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(each))))
                    .as(each)
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void a_link_in_the_place_of_a_directory_stops_that_tenant_and_no_other() throws IOException {
        assumeTrue(isPosix(), "this file system has no POSIX permissions");
        Path outside = Files.createDirectories(directory.resolve("outside"));
        Files.writeString(outside.resolve("f.csv"), "a\n1\n");
        Files.createDirectories(fixture.staging.resolve("acme"));
        Files.createSymbolicLink(fixture.data(ACME), outside);
        fixture.tenant(ACME).tenant(GLOBEX).start();
        fixture.put(GLOBEX, "g.csv", "a\n1\n");
        fixture.ingest();
        fixture.ingest();
        assertThat(fixture.states(GLOBEX)).containsExactly("g.csv DONE");
        assertThat(fixture.ingestor.files(ACME)).isEmpty();
        assertThat(outside.resolve("f.csv")).exists();
        await().untilAsserted(() -> assertThat(fixture.messages("batch.tenant.trouble"))
                .filteredOn(message -> message.contains("no link is followed"))
                .isNotEmpty());
        if (isPosix()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fixture.data(GLOBEX))))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void a_huge_directory_is_taken_in_parts_while_others_go_on() throws IOException {
        int many = 2500;
        fixture.tenant(ACME, "count", profile -> profile.numberFiles(many)).tenant(GLOBEX);
        for (int i = 0; i < many; i++) {
            fixture.put(ACME, "f" + i + ".csv", "a\n" + i + "\n");
        }
        fixture.put(GLOBEX, "g.csv", "a\n1\n");
        fixture.start(builder -> builder.parallelism(1));
        fixture.ingest();
        assertThat(fixture.ingestor.files(ACME)).hasSize(many).allMatch(file -> file.state() == FileState.DONE);
        Instant last = fixture.ingestor.files(ACME).get(0).received();
        assertThat(fixture.file(GLOBEX, "g.csv").received()).isBefore(last);
        assertThat(fixture.ingested.indexOf("globex/g.csv")).isLessThan(many / 2);
    }

    @Test
    void events_wake_the_scan_also_when_there_are_too_many_and_when_the_directory_was_replaced() throws IOException {
        int many = 1500;
        fixture.tenant(ACME, "count", profile -> profile.numberFiles(2 * many))
                .start(builder -> builder.clock(InstantSource.system())
                        .settle(Duration.ofMillis(50))
                        .scanEvery(Duration.ofHours(1)));
        await().until(() -> Files.isDirectory(fixture.data(ACME)));
        for (int i = 0; i < many; i++) {
            fixture.put(ACME, "f" + i + ".csv", "a\n" + i + "\n");
        }
        await().atMost(LONG).until(() -> fixture.ingested.size() == many);
        await().until(() -> {
            Files.deleteIfExists(fixture.data(ACME));
            return !Files.exists(fixture.data(ACME))
                    || fixture.data(ACME).toFile().list().length == 0;
        });
        await().atMost(LONG).until(() -> Files.isDirectory(fixture.data(ACME)));
        // What comes between the new directory and its watch is found when the watch is there.
        fixture.put(ACME, "again.csv", "a\nagain\n");
        await().atMost(LONG).until(() -> fixture.ingested.contains("acme/again.csv"));
    }

    @Test
    void a_system_that_cannot_watch_is_scanned_at_its_time() throws IOException {
        Path archive = directory.resolve("files.zip");
        try (FileSystem zip =
                        FileSystems.newFileSystem(URI.create("jar:" + archive.toUri()), Map.of("create", "true"));
                StagingWatch watch = StagingWatch.start(zip.getPath("/"), tenant -> {})) {
            assertThat(watch.watch(ACME, zip.getPath("/"))).isPresent();
        }
        fixture.tenant(ACME)
                .start(builder -> builder.clock(InstantSource.system())
                        .settle(Duration.ofMillis(20))
                        .scanEvery(Duration.ofMillis(100)));
        fixture.put(ACME, "f.csv", "a\n1\n");
        await().atMost(LONG).until(() -> fixture.ingested.contains("acme/f.csv"));
    }

    @Test
    void files_that_were_taken_and_not_recorded_are_recorded_at_the_next_start() throws IOException {
        fixture.tenant(ACME).start();
        fixture.scan();
        fixture.ingestor.close();
        Path orphan = fixture.staging.resolve("acme/files/" + "ab".repeat(16) + "/orphan.csv");
        Files.createDirectories(orphan.getParent());
        Files.writeString(orphan, "a\n1\n");
        Path empty = Files.createDirectories(fixture.staging.resolve("acme/files/" + "cd".repeat(16)));
        Path work = Files.createDirectories(
                fixture.staging.resolve("acme").resolve("work").resolve("ab".repeat(16) + "-1/left"));
        fixture.start();
        fixture.ingest();
        assertThat(fixture.ingestor.find("ab".repeat(16)))
                .hasValueSatisfying(file -> assertThat(file.state()).isEqualTo(FileState.DONE));
        assertThat(empty).doesNotExist();
        assertThat(work).doesNotExist();
        assertThat(orphan).exists();
    }

    @Test
    void a_process_that_dies_at_any_call_of_its_store_ingests_each_file_in_the_end() throws Exception {
        for (int call = 0; call < 40; call += 3) {
            IngestorFixture run = new IngestorFixture(directory.resolve("run" + call));
            try (run) {
                FailingStore store = new FailingStore(run.store);
                run.store = store;
                run.tenant(ACME);
                for (int i = 0; i < 3; i++) {
                    run.put(ACME, "f" + i + ".csv", "a\n" + i + "\n");
                }
                store.dieAt(call, call % 2 == 0);
                try {
                    run.start();
                    Thread scan = new Thread(() -> {
                        try {
                            run.ingest();
                        } catch (KeywharfException closed) {
                            return;
                        }
                    });
                    scan.start();
                    await().atMost(LONG).until(() -> store.isDead() || !scan.isAlive());
                    run.ingestor.close();
                    scan.join(TimeUnit.SECONDS.toMillis(20));
                } catch (KeywharfException notStarted) {
                    assertThat(store.isDead()).isTrue();
                }
                store.recover();
                run.start();
                run.ingest();
                assertThat(run.states(ACME))
                        .as("died at call " + call)
                        .isEqualTo(List.of("f0.csv DONE", "f1.csv DONE", "f2.csv DONE"));
            }
        }
    }
}
