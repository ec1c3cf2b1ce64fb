package io.github.keywharf.batch;

import static io.github.keywharf.batch.IngestorFixture.ACME;
import static io.github.keywharf.batch.IngestorFixture.GLOBEX;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.JsonLines;
import io.github.keywharf.format.RejectedRows;
import io.github.keywharf.format.RejectedRowsWriter;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.Background;
import io.github.keywharf.testing.ForwardingStore;
import io.github.keywharf.testing.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders of events in which files or rows could be lost, written twice or counted wrongly. */
class IngestFaultsTest {

    private static final Schema NUMBERS = Schema.of(Column.required("n", ColumnType.INT32));

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

    /** Another process writes the next entry of the ledger. */
    private void takeLedger() {
        long entries;
        try (Stream<StoredObject> all = fixture.store.list("entries/")) {
            entries = all.count();
        }
        IngestedFile other = IngestedFile.received(
                "ef".repeat(16), GLOBEX, "other.csv", 1, "ab".repeat(32), Instant.EPOCH, FileState.RECEIVED, "");
        assertThat(fixture.store.createIfAbsent(
                        String.format(java.util.Locale.ROOT, "entries/%020d.json", entries + 1),
                        LedgerEntry.FORMAT.write(new LedgerEntry("another", List.of(other)))))
                .isTrue();
    }

    @Test
    void who_has_lost_the_ledger_takes_no_more_files_and_its_apps_write_no_more() {
        CountDownLatch over = new CountDownLatch(1);
        fixture.apps.put("endless", job -> {
            try {
                while (true) {
                    Thread.interrupted();
                    job.sink();
                }
            } catch (KeywharfException e) {
                assertThat(e.code()).isEqualTo("batch.run_over");
                over.countDown();
                throw e;
            }
        });
        fixture.tenant(ACME, "endless", profile -> profile)
                .start(builder -> builder.scanEvery(Duration.ofMillis(20)).sinks(job -> (rows, rejects) -> {
                    throw new IllegalStateException("nothing is written");
                }));
        fixture.put(ACME, "running.csv", "a\n1\n");
        fixture.scan();
        await().until(() -> fixture.file(ACME, "running.csv").state() == FileState.RUNNING);
        takeLedger();
        fixture.put(ACME, "taken.csv", "a\n1\n");
        fixture.scan();
        await().until(() -> fixture.ingestor.toString().contains("stopped"));
        await().until(() -> over.getCount() == 0);

        Path left = fixture.put(ACME, "left.csv", "a\n1\n");
        await().during(Duration.ofMillis(300)).until(() -> {
            fixture.clock.advance(Duration.ofSeconds(2));
            return Files.exists(left);
        });
    }

    @Test
    void who_has_slept_while_another_took_the_ledger_leaves_the_files_to_it() {
        ManualClock clock = new ManualClock();
        ObjectStore store = ObjectStore.inMemory(clock);
        Noted noted = new Noted();
        Ledger ledger = Ledger.open(store, "sleeper", clock, noted);
        ledger.requireHeld();
        clock.advance(Duration.ofMinutes(5));
        try (Ledger other = Ledger.open(store, "other", clock, new Noted())) {
            assertThatThrownBy(ledger::requireHeld)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("batch.ledger_taken"));
            await().until(() -> noted.stops.get() == 1);
            other.requireHeld();
        } finally {
            ledger.close();
        }
    }

    /** What a ledger reports. */
    private static class Noted implements Ledger.Watcher {
        final AtomicInteger stops = new AtomicInteger();

        @Override
        public void committed(List<IngestedFile> files) {}

        @Override
        public void failed(KeywharfException failure, Duration pause) {}

        @Override
        public void stopped(KeywharfException reason) {
            stops.incrementAndGet();
        }
    }

    @Test
    void nobody_waits_for_ever_for_a_change_when_the_writer_ends_with_an_error() {
        Noted broken = new Noted() {
            @Override
            public void committed(List<IngestedFile> files) {
                throw new OutOfMemoryError("unable to create native thread");
            }
        };
        try (Ledger ledger = Ledger.open(ObjectStore.inMemory(), "test", InstantSource.system(), broken)) {
            CompletableFuture<Optional<IngestedFile>> change = ledger.submit(now -> Optional.of(IngestedFile.received(
                    "ef".repeat(16), ACME, "f.csv", 1, "ab".repeat(32), Instant.EPOCH, FileState.RECEIVED, "")));
            await().until(change::isDone);
        }
    }

    @Test
    void a_ledger_is_left_to_the_next_one_when_the_entries_before_its_snapshot_are_deleted() {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch deleting = new CountDownLatch(1);
        ObjectStore memory = ObjectStore.inMemory();
        ObjectStore slow = new Deleting(memory, key -> {
            if (key.startsWith("entries/")) {
                deleting.countDown();
                go.await();
            }
        });
        Ledger ledger = Ledger.open(slow, "test", InstantSource.system(), new Noted());
        for (int i = 0; i < 600; i++) {
            IngestedFile file = IngestedFile.received(
                    String.format(java.util.Locale.ROOT, "%032x", i),
                    ACME,
                    "f" + i,
                    1,
                    "ab".repeat(32),
                    Instant.EPOCH,
                    FileState.RECEIVED,
                    "");
            ledger.change(now -> Optional.of(file));
        }
        await().until(() -> deleting.getCount() == 0);
        CompletableFuture<Void> closed = Background.run(ledger::close);
        await().during(Duration.ofMillis(300)).until(() -> !closed.isDone());
        assertThatThrownBy(() -> Ledger.open(memory, "next", InstantSource.system(), new Noted()))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.lease_held"));
        go.countDown();
        closed.join();
        Ledger.open(memory, "next", InstantSource.system(), new Noted()).close();
    }

    /** A store that does something before it deletes. */
    private static final class Deleting extends ForwardingStore {
        private final Before before;

        interface Before {
            void delete(String key) throws InterruptedException;
        }

        Deleting(ObjectStore real, Before before) {
            super(real);
            this.before = before;
        }

        @Override
        public void delete(String key) {
            try {
                before.delete(key);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            super.delete(key);
        }
    }

    @Test
    void a_store_that_cannot_delete_old_rejected_rows_does_not_keep_a_file_running_for_ever() {
        fixture.store = new Deleting(fixture.store, key -> {
            if (key.startsWith("rejected/")) {
                throw new KeywharfException("store.failed", key, "It cannot be deleted");
            }
        });
        AtomicInteger runs = new AtomicInteger();
        fixture.apps.put("flaky", job -> {
            if (runs.incrementAndGet() == 1) {
                throw KeywharfException.retryable("cassandra.unreachable", "db1", "No node answers");
            }
            return fixture.count(job);
        });
        fixture.tenant(ACME, "flaky", profile -> profile).start();
        fixture.put(ACME, "f.csv", "a\n1\n");
        fixture.scan();
        await().until(() -> {
            fixture.clock.advance(Duration.ofMinutes(1));
            return fixture.file(ACME, "f.csv").state() == FileState.DONE;
        });
    }

    @Test
    void content_that_is_still_there_keeps_its_record_so_that_it_is_not_ingested_once_more() throws IOException {
        Thread me = Thread.currentThread();
        // It is later each time that the test's own thread looks at it.
        InstantSource ticking = () -> {
            if (Thread.currentThread() == me) {
                fixture.clock.advance(Duration.ofSeconds(1));
            }
            return fixture.clock.instant();
        };
        Duration day = Duration.ofDays(1);
        fixture.tenant(ACME)
                .start(builder -> builder.clock(ticking).keepFor(day, day).keepRecordsFor(day));
        fixture.put(ACME, "f.csv", "a\n1\n");
        fixture.ingest();
        IngestedFile file = fixture.file(ACME, "f.csv");
        Instant end = file.ended().orElseThrow().plus(day);
        fixture.clock.advance(Duration.between(fixture.clock.instant(), end).minusMillis(1_500));
        Path content = fixture.staging.resolve("acme/files/" + file.id());
        for (int i = 0; i < 3; i++) {
            fixture.ingestor.upkeep();
            assertThat(fixture.ingestor.find(file.id()).isPresent() || !Files.exists(content))
                    .isTrue();
        }
        assertThat(content).doesNotExist();
        assertThat(fixture.ingestor.find(file.id())).isEmpty();
    }

    @Test
    void rows_that_are_fed_back_twice_count_once_and_those_of_other_files_are_rejected() {
        List<String> written = new ArrayList<>();
        Path logs = directory.resolve("logs");
        fixture.tenant(ACME, TenantProfile.ROWS_APP, profile -> profile.schema(NUMBERS))
                .start(builder -> builder.log(IngestLog.in(logs, ZoneOffset.UTC))
                        .sinks(job -> (rows, rejects) -> {
                            long count = 0;
                            try (rows) {
                                for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                                    for (int i = 0; i < batch.size(); i++) {
                                        written.add(batch.row(i).toMap().toString());
                                    }
                                    count += batch.size();
                                }
                            }
                            return WriteReport.of(count, count, 0, 0, Duration.ZERO);
                        }));
        fixture.put(ACME, "f.csv", "n\n1\nx\n3\ny\n");
        fixture.ingest();
        IngestedFile file = fixture.file(ACME, "f.csv");
        assertThat(file.rows()).isEqualTo(2);
        assertThat(file.rejected()).isEqualTo(2);

        ObjectStore repaired = ObjectStore.inMemory();
        keep(repaired, "some", row("f.csv", 3, 2), row("g.csv", 2, 7));
        IngestedFile once = fixture.ingestor.feedBack(file.id(), repaired, "some");
        assertThat(once.rows()).isEqualTo(3);
        assertThat(once.rejected()).isEqualTo(1);
        assertThat(written).containsExactly("{n=1}", "{n=3}", "{n=2}");

        keep(repaired, "all", row("f.csv", 3, 2), row("f.csv", 5, 4));
        IngestedFile twice = fixture.ingestor.feedBack(file.id(), repaired, "all");
        assertThat(twice.rows()).isEqualTo(4);
        assertThat(twice.rejected()).isZero();
        assertThatThrownBy(() -> fixture.ingestor.feedBack(file.id(), repaired, "all"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("batch.not_repairable"));
        assertThat(fixture.file(ACME, "f.csv").rows()).isEqualTo(4);
        fixture.ingestor.close();
        assertThat(logs.resolve("success.log")).content().hasLineCount(1);
    }

    @Test
    void rows_that_are_fed_back_leave_the_object_of_the_file_as_it_is() {
        ObjectStore lake = ObjectStore.inMemory();
        fixture.tenant(ACME, TenantProfile.ROWS_APP, profile -> profile.schema(NUMBERS))
                .start(builder -> builder.sinks(job ->
                        JsonLines.writer(lake, job.objectName() + ".jsonl").sink()));
        fixture.put(ACME, "f.csv", "n\n1\nx\n3\ny\n");
        fixture.ingest();
        IngestedFile file = fixture.file(ACME, "f.csv");
        ObjectStore repaired = ObjectStore.inMemory();
        keep(repaired, "rows", row("f.csv", 3, 2), new RejectedRow("f.csv", 5, "n", "", Map.of("n", "still bad")));

        for (int attempt = 1; attempt <= 2; attempt++) {
            IngestedFile fedBack = fixture.ingestor.feedBack(file.id(), repaired, "rows");

            assertThat(fedBack.rows()).isEqualTo(3);
            assertThat(fedBack.rejected()).isEqualTo(1);
            assertThat(lake.list("").map(object -> new String(lake.readSmall(object.key()), UTF_8)))
                    .containsExactlyInAnyOrder("{\"n\":1}\n{\"n\":3}\n", "{\"n\":2}\n");
        }
    }

    private static RejectedRow row(String source, long position, int number) {
        return new RejectedRow(source, position, "n", "repaired", Map.of("n", number));
    }

    private static void keep(ObjectStore store, String key, RejectedRow... rows) {
        try (RejectedRowsWriter writer = RejectedRows.writer(store, key)) {
            for (RejectedRow row : rows) {
                writer.rejected(row);
            }
            writer.commit();
        }
    }

    @Test
    void rows_that_an_app_rejects_and_keeps_to_itself_are_counted() {
        fixture.apps.put("own", job -> WriteReport.of(3, 1, 2, 0, Duration.ZERO));
        fixture.tenant(ACME, "own", profile -> profile).start();
        fixture.put(ACME, "f.csv", "a\n1\nx\ny\n");
        fixture.ingest();
        IngestedFile file = fixture.file(ACME, "f.csv");
        assertThat(file.rejected()).isEqualTo(2);
        assertThat(fixture.ingestor.statistics(ACME).platform().rejected()).isEqualTo(2);
        assertThat(fixture.ingestor.received().rejected(file.id())).isEmpty();
        try (Stream<RejectedRow> rows = fixture.ingestor.rejectedRows(file.id())) {
            assertThat(rows).isEmpty();
        }
    }

    @Test
    void a_failed_file_is_not_replayed_when_it_was_sent_once_more_and_ingested() {
        AtomicInteger runs = new AtomicInteger();
        fixture.apps.put("first", job -> {
            if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("the app is wrong");
            }
            return fixture.count(job);
        });
        fixture.tenant(ACME, "first", profile -> profile).start();
        fixture.put(ACME, "f.csv", "a\n1\n");
        fixture.ingest();
        String failed = fixture.file(ACME, "f.csv").id();
        fixture.clock.advance(Duration.ofSeconds(1));
        fixture.put(ACME, "f.csv", "a\n1\n");
        fixture.ingest();
        IngestedFile done = fixture.file(ACME, "f.csv");
        assertThat(done.state()).isEqualTo(FileState.DONE);

        assertThatThrownBy(() -> fixture.ingestor.replay(failed))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("batch.not_replayable"))
                .hasMessageContaining(done.id());
        fixture.put(ACME, "f.csv", "a\n1\n");
        fixture.ingest();
        assertThat(fixture.ingested).hasSize(1);
        assertThat(fixture.states(ACME)).containsExactly("f.csv DONE", "f.csv DUPLICATE", "f.csv FAILED");
    }

    @Test
    void a_clock_that_is_set_back_keeps_no_file_waiting() {
        fixture.tenant(ACME).start();
        fixture.put(ACME, "f.csv", "a\n1\n");
        fixture.ingestor.scanNow();
        fixture.clock.advance(Duration.ofDays(-365));
        fixture.ingestor.scanNow();
        fixture.ingest();
        assertThat(fixture.states(ACME)).containsExactly("f.csv DONE");
    }

    @Test
    void a_file_that_cannot_be_read_keeps_no_other_waiting() throws Exception {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            // Root may read every file, but not without these capabilities.
            command.addAll(List.of("setpriv", "--bounding-set", "-dac_override,-dac_read_search"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                BesideUnreadable.class.getName(),
                directory.resolve("unreadable").toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(directory.resolve("log").toFile())
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        assumeTrue(!printed.isEmpty(), "a file cannot be made unreadable here");
        assertThat(printed).isEqualTo("[a.csv REFUSED, b.csv DONE]");
    }

    /** Ingests a file beside one that cannot be read, and prints the states of both, or nothing where it can be read. */
    static final class BesideUnreadable {
        public static void main(String[] arguments) {
            try (IngestorFixture fixture = new IngestorFixture(Path.of(arguments[0]))) {
                fixture.tenant(ACME).start();
                Path secret = fixture.put(ACME, "a.csv", "a\n1\n");
                if (secret.toFile().setReadable(false, false) && !Files.isReadable(secret)) {
                    fixture.put(ACME, "b.csv", "a\n1\n");
                    fixture.ingest();
                    System.out.print(fixture.states(ACME));
                }
            }
        }
    }
}
