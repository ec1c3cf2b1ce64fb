package io.github.keywharf.batch;

import static io.github.keywharf.batch.IngestorFixture.ACME;
import static io.github.keywharf.batch.IngestorFixture.GLOBEX;
import static io.github.keywharf.batch.IngestorFixture.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Progress;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.Background;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchIngestorTest {

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

    @Test
    void a_content_that_comes_again_after_another_one_of_its_name_is_ingested_again() {
        fixture.tenant(ACME).start();
        for (String content : List.of("n\n1\n", "n\n2\n", "n\n1\n", "n\n1\n")) {
            fixture.put(ACME, "daily.csv", content);
            fixture.ingest();
        }
        assertThat(fixture.ingestor.files(ACME))
                .extracting(IngestedFile::state)
                .containsExactly(FileState.DUPLICATE, FileState.DONE, FileState.DONE, FileState.DONE);
        List<IngestedFile> files = fixture.ingestor.files(ACME);
        assertThat(RowIds.of(files.get(1)).of(2))
                .isEqualTo(RowIds.of(files.get(3)).of(2));
    }

    @Test
    void files_that_were_there_before_and_files_that_come_are_ingested_once_each() throws IOException {
        fixture.tenant(ACME).tenant(GLOBEX);
        fixture.put(ACME, "before.csv", "a\n1\n2\n");
        fixture.start();
        fixture.put(GLOBEX, "after.csv", "a\n1\n");
        fixture.ingest();
        fixture.ingest();

        assertThat(fixture.ingested).containsExactlyInAnyOrder("acme/before.csv", "globex/after.csv");
        IngestedFile file = fixture.file(ACME, "before.csv");
        assertThat(file.state()).isEqualTo(FileState.DONE);
        assertThat(file.rows()).isEqualTo(2);
        assertThat(file.lines()).isEqualTo(2);
        assertThat(file.bytes()).isEqualTo(6);
        assertThat(file.sha256())
                .isEqualTo(Digests.sha256(fixture.staging.resolve("acme/files/" + file.id() + "/before.csv")));
        assertThat(file.attempt()).isEqualTo(1);
        assertThat(fixture.data(ACME)).isEmptyDirectory();
        assertThat(fixture.staging.resolve("acme/work")).isEmptyDirectory();
        await().untilAsserted(() -> assertThat(fixture.messages("batch.file."))
                .contains(
                        "acme/before.csv: received, 6 bytes",
                        "acme/before.csv: attempt 1 started",
                        "acme/before.csv: ingested, 2 rows, 0 rejected"));
        assertThat(fixture.ingestor.toString()).contains("2 tenants, 2 files");
    }

    @Test
    void the_same_file_again_is_recognised_also_after_a_restart_and_another_content_is_another_file() {
        fixture.tenant(ACME).start();
        fixture.put(ACME, "daily.csv", "a\n1\n");
        fixture.ingest();
        fixture.put(ACME, "daily.csv", "a\n1\n");
        fixture.ingest();
        fixture.restart();
        fixture.put(ACME, "daily.csv", "a\n1\n");
        fixture.ingest();
        fixture.put(ACME, "daily.csv", "a\n2\n");
        fixture.ingest();

        assertThat(fixture.states(ACME))
                .containsExactly("daily.csv DONE", "daily.csv DONE", "daily.csv DUPLICATE", "daily.csv DUPLICATE");
        assertThat(fixture.ingested).hasSize(2);
        IngestedFile duplicate = fixture.ingestor.files(ACME).get(1);
        assertThat(fixture.ingestor.find(duplicate.reason())).isPresent();
        assertThat(fixture.staging.resolve("acme/files/" + duplicate.id())).doesNotExist();
    }

    @Test
    void uploads_that_are_refused_again_and_again_do_not_fill_the_quarantine() {
        fixture.tenant(ACME, "count", profile -> profile.bytesADay(10).columns(List.of("a")))
                .start();
        HttpHandler routes = fixture.ingestor.routes(request -> new TenantLogin.AsTenant(ACME));
        List<Integer> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            HttpRequest request = HttpRequest.of("POST", URI.create("http://localhost/files/junk.csv"))
                    .withHeader("Upload-Complete", "?1")
                    .withBody(HttpBody.of("wrong" + i));
            try (HttpResponse answer = routes.handle(request)) {
                answers.add(answer.status());
            }
        }

        assertThat(answers).containsExactly(200, 422, 422, 422);
        assertThat(fixture.states(ACME)).containsExactly("junk.csv REFUSED");
    }

    @Test
    void the_same_name_again_while_the_first_is_running_is_a_second_file() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        fixture.apps.put("slow", job -> {
            if (Files.readString(job.path()).contains("1")) {
                first.await();
            }
            return fixture.count(job);
        });
        fixture.tenant(ACME, "slow", profile -> profile.parallelism(2)).start();
        fixture.put(ACME, "daily.csv", "a\n1\n");
        fixture.scan();
        await().until(() -> fixture.file(ACME, "daily.csv").state() == FileState.RUNNING);
        fixture.put(ACME, "daily.csv", "a\n2\n");
        fixture.scan();
        await().until(() -> fixture.states(ACME).contains("daily.csv DONE"));
        assertThat(fixture.states(ACME)).containsExactly("daily.csv DONE", "daily.csv RUNNING");
        first.countDown();
        fixture.ingest();
        assertThat(fixture.states(ACME)).containsExactly("daily.csv DONE", "daily.csv DONE");
    }

    @Test
    void what_a_constraint_refuses_goes_to_quarantine_and_can_be_replayed_when_it_is_allowed() {
        fixture.tenant(ACME, "count", profile -> profile.dataSizes(1)).start();
        fixture.put(ACME, "odd.exe", "a");
        fixture.put(ACME, "large.csv", "a\n" + "1\n".repeat(600));
        fixture.put(ACME, "fine.csv", "a\n1\n");
        fixture.ingest();

        assertThat(fixture.states(ACME)).containsExactly("fine.csv DONE", "large.csv REFUSED", "odd.exe REFUSED");
        IngestedFile large = fixture.file(ACME, "large.csv");
        assertThat(large.reason()).contains("data_sizes").contains("at most 1 KB");
        assertThat(fixture.staging.resolve("acme/quarantine/" + large.id() + "/large.csv"))
                .exists();
        assertThatThrownBy(() -> fixture.ingestor.replay(large.id()))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("batch.not_replayable"))
                .hasMessageContaining("data_sizes");

        fixture.tenant(ACME);
        fixture.ingestor.scanNow();
        assertThat(fixture.ingestor.replay(large.id()).state()).isEqualTo(FileState.RECEIVED);
        IngestedFile odd = fixture.file(ACME, "odd.exe");
        fixture.ingestor.replay(odd.id(), true);
        fixture.ingest();
        assertThat(fixture.states(ACME)).containsExactly("fine.csv DONE", "large.csv DONE", "odd.exe DONE");
        assertThat(fixture.staging.resolve("acme/quarantine")).isEmptyDirectory();
        assertThatThrownBy(() -> fixture.ingestor.replay(odd.id())).hasMessageContaining("this one is done");
        assertThatThrownBy(() -> fixture.ingestor.replay("0".repeat(32)))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("batch.unknown_file"));
    }

    @Test
    void a_tenants_quotas_count_what_waits_and_what_came_today() {
        CountDownLatch go = new CountDownLatch(1);
        fixture.apps.put("wait", job -> {
            go.await();
            return fixture.count(job);
        });
        fixture.tenant(ACME, "wait", profile -> profile.numberFiles(2))
                .tenant(GLOBEX, "wait", profile -> profile.bytesADay(10))
                .start();
        for (int i = 0; i < 3; i++) {
            fixture.put(ACME, "f" + i + ".csv", "a\n" + i + "\n");
            fixture.put(GLOBEX, "f" + i + ".csv", "a\n" + i + "\n");
            fixture.scan();
        }
        assertThat(fixture.file(ACME, "f2.csv").reason()).startsWith("number_files: 2 files wait");
        assertThat(fixture.file(GLOBEX, "f2.csv").reason()).startsWith("bytes_a_day: 8 bytes");
        go.countDown();
        fixture.ingest();
        fixture.clock.advance(Duration.ofDays(1));
        fixture.put(ACME, "f3.csv", "a\n3\n");
        fixture.put(GLOBEX, "f3.csv", "a\n3\n");
        fixture.ingest();
        assertThat(fixture.states(ACME)).contains("f3.csv DONE");
        assertThat(fixture.states(GLOBEX)).contains("f3.csv DONE");
    }

    @Test
    void an_app_that_fails_fails_its_file_with_the_reason_whatever_it_throws() {
        Map<String, Throwable> failures = Map.of(
                "memory.csv", new OutOfMemoryError("heap"),
                "stack.csv", new StackOverflowError(),
                "link.csv", new NoClassDefFoundError("org/other/Type"),
                "plain.csv", new IllegalStateException("the app is wrong"),
                "checked.csv", new IOException("no such thing"),
                "final.csv", new KeywharfException("format.bad_csv", "f:3", "An unclosed quote"));
        fixture.apps.put("fail", job -> {
            Throwable failure = failures.get(job.file().name());
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof Exception exception) {
                throw exception;
            }
            return fixture.count(job);
        });
        fixture.tenant(ACME, "fail", profile -> profile).tenant(GLOBEX).start();
        failures.keySet().forEach(name -> fixture.put(ACME, name, "a\n" + name));
        fixture.put(ACME, "fine.csv", "a\n1\n");
        fixture.put(GLOBEX, "fine.csv", "a\n1\n");
        fixture.ingest();

        assertThat(fixture.ingested).containsExactlyInAnyOrder("acme/fine.csv", "globex/fine.csv");
        assertThat(fixture.states(ACME))
                .filteredOn(state -> state.endsWith("FAILED"))
                .hasSize(6);
        assertThat(fixture.file(ACME, "memory.csv").reason()).contains("OutOfMemoryError: heap");
        assertThat(fixture.file(ACME, "final.csv").reason()).isEqualTo("[f:3] An unclosed quote (format.bad_csv)");
        assertThat(fixture.file(ACME, "final.csv").attempt()).isEqualTo(1);
    }

    @Test
    void an_app_that_returns_nothing_fails_its_file() {
        fixture.apps.put("nothing", job -> null);
        fixture.tenant(ACME, "nothing", profile -> profile).start();
        fixture.put(ACME, "f.csv", "a\n1\n");
        fixture.ingest();
        assertThat(fixture.file(ACME, "f.csv").state()).isEqualTo(FileState.FAILED);
    }

    @Test
    void a_passing_failure_is_tried_again_after_a_pause_until_the_attempts_are_used_up() {
        AtomicInteger failures = new AtomicInteger(2);
        fixture.apps.put("flaky", job -> {
            if (failures.getAndDecrement() > 0) {
                throw KeywharfException.retryable("cassandra.unreachable", "db1", "No node answers");
            }
            return fixture.count(job);
        });
        fixture.tenant(ACME, "flaky", profile -> profile).start();
        fixture.put(ACME, "f.csv", "a\n1\n");
        fixture.scan();
        await().until(() -> fixture.file(ACME, "f.csv").attempt() == 1
                && fixture.file(ACME, "f.csv").state() == FileState.RECEIVED);
        assertThat(fixture.file(ACME, "f.csv").reason()).contains("No node answers");
        assertThat(fixture.ingestor.awaitIdle(Duration.ofMillis(300))).isFalse();
        assertThat(fixture.file(ACME, "f.csv").attempt()).isEqualTo(1);
        fixture.clock.advance(Duration.ofSeconds(10));
        await().until(() -> fixture.file(ACME, "f.csv").attempt() == 2
                && fixture.file(ACME, "f.csv").state() == FileState.RECEIVED);
        fixture.clock.advance(Duration.ofSeconds(20));
        fixture.ingest();
        assertThat(fixture.file(ACME, "f.csv").state()).isEqualTo(FileState.DONE);
        assertThat(fixture.file(ACME, "f.csv").attempt()).isEqualTo(3);

        failures.set(3);
        fixture.put(ACME, "g.csv", "a\n1\n");
        fixture.scan();
        await().until(() -> {
            fixture.clock.advance(Duration.ofMinutes(5));
            return fixture.file(ACME, "g.csv").state() == FileState.FAILED;
        });
        assertThat(fixture.file(ACME, "g.csv").attempt()).isEqualTo(3);
        assertThat(fixture.file(ACME, "g.csv").reason()).contains("No node answers");
        fixture.ingestor.replay(fixture.file(ACME, "g.csv").id());
        fixture.ingest();
        assertThat(fixture.file(ACME, "g.csv").state()).isEqualTo(FileState.DONE);
    }

    @Test
    void rejected_rows_are_kept_with_the_file_and_those_of_the_last_attempt_count() {
        AtomicInteger attempts = new AtomicInteger();
        fixture.apps.put("reject", job -> {
            job.rejects().rejected(new RejectedRow("f.csv", 2, "a", "not a number", Map.of("a", "x")));
            if (attempts.incrementAndGet() == 1) {
                throw new IllegalStateException("the disk is on fire");
            }
            RejectedRow kept = new RejectedRow("f.csv", 3, "a", "nor this", Map.of("a", "y"));
            return new WriteReport(3, 1, LeftOut.byRejection(2), 10, Duration.ZERO, List.of(kept));
        });
        fixture.tenant(ACME, "reject", profile -> profile).start();
        fixture.put(ACME, "f.csv", "a\nx\ny\n1\n");
        fixture.ingest();
        IngestedFile failed = fixture.file(ACME, "f.csv");
        assertThat(failed.state()).isEqualTo(FileState.FAILED);
        assertThat(failed.rejected()).isEqualTo(1);
        assertThat(reasons(failed)).containsExactly("not a number");

        fixture.ingestor.replay(failed.id());
        fixture.ingest();
        IngestedFile done = fixture.file(ACME, "f.csv");
        assertThat(done.rejected()).isEqualTo(2);
        assertThat(done.rows()).isEqualTo(1);
        assertThat(reasons(done)).containsExactly("not a number", "nor this");
    }

    private List<String> reasons(IngestedFile file) {
        try (Stream<RejectedRow> rows = fixture.ingestor.rejectedRows(file.id())) {
            return rows.map(RejectedRow::reason).toList();
        }
    }

    @Test
    void an_app_that_passes_its_time_limit_is_interrupted_and_its_file_fails_after_its_attempts() {
        CountDownLatch never = new CountDownLatch(1);
        fixture.apps.put("hang", job -> {
            never.await();
            return fixture.count(job);
        });
        fixture.tenant(
                        ACME,
                        "hang",
                        profile -> profile.timeLimit(Duration.ofMinutes(1)).attempts(2))
                .start();
        fixture.put(ACME, "f.csv", "a\n1\n");
        fixture.scan();
        await().atMost(LONG).until(() -> {
            fixture.clock.advance(Duration.ofSeconds(61));
            return fixture.file(ACME, "f.csv").state() == FileState.FAILED;
        });
        assertThat(fixture.file(ACME, "f.csv").reason()).isEqualTo("its app passed its time limit of PT1M");
        assertThat(fixture.file(ACME, "f.csv").attempt()).isEqualTo(2);
    }

    @Test
    void an_app_that_ignores_its_interruption_frees_its_worker_and_not_its_tenants_turn() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger late = new AtomicInteger();
        fixture.apps.put("deaf", job -> {
            if (job.file().name().equals("deaf.csv")) {
                while (never.getCount() > 0) {
                    Thread.onSpinWait();
                    Thread.interrupted();
                }
                try {
                    job.rejects().rejected(new RejectedRow("deaf.csv", 2, "a", "late", Map.of("a", "x")));
                } catch (KeywharfException e) {
                    late.incrementAndGet();
                }
                try {
                    job.sink();
                } catch (KeywharfException e) {
                    late.incrementAndGet();
                }
            }
            return fixture.count(job);
        });
        fixture.tenant(
                        ACME,
                        "deaf",
                        profile -> profile.timeLimit(Duration.ofMinutes(1)).attempts(1))
                .tenant(GLOBEX)
                .start(builder -> builder.parallelism(1));
        fixture.put(ACME, "deaf.csv", "a\n1\n");
        fixture.scan();
        await().until(() -> fixture.file(ACME, "deaf.csv").state() == FileState.RUNNING);
        fixture.put(ACME, "other.csv", "a\n1\n");
        fixture.put(GLOBEX, "fine.csv", "a\n1\n");
        fixture.scan();
        await().atMost(LONG).until(() -> {
            fixture.clock.advance(Duration.ofSeconds(61));
            return fixture.file(ACME, "deaf.csv").state() == FileState.FAILED;
        });
        await().until(() -> fixture.file(GLOBEX, "fine.csv").state() == FileState.DONE);
        assertThat(fixture.file(ACME, "other.csv").state()).isEqualTo(FileState.RECEIVED);
        await().untilAsserted(() -> assertThat(fixture.messages("batch.tenant.trouble"))
                .anyMatch(message -> message.startsWith("acme: Its app did not stop")));

        never.countDown();
        fixture.ingest();
        assertThat(late).hasValue(2);
        assertThat(fixture.states(ACME)).containsExactly("deaf.csv FAILED", "other.csv DONE");
        assertThat(fixture.file(ACME, "deaf.csv").rejected()).isZero();
    }

    @Test
    void a_removed_tenants_files_stay_and_are_ingested_when_it_comes_back() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        fixture.apps.put("wait", job -> {
            go.await();
            return fixture.count(job);
        });
        fixture.tenant(ACME, "wait", profile -> profile).start();
        fixture.put(ACME, "running.csv", "a\n1\n");
        fixture.scan();
        await().until(() -> fixture.file(ACME, "running.csv").state() == FileState.RUNNING);
        fixture.put(ACME, "waiting.csv", "a\n1\n");
        fixture.scan();
        fixture.profiles.remove(ACME);
        Path late = fixture.put(ACME, "late.csv", "a\n1\n");
        fixture.scan();
        go.countDown();
        await().until(() -> fixture.file(ACME, "running.csv").state() == FileState.DONE);
        assertThat(fixture.ingestor.awaitIdle(LONG)).isTrue();
        assertThat(fixture.file(ACME, "waiting.csv").state()).isEqualTo(FileState.RECEIVED);
        assertThat(late).exists();

        fixture.restart();
        assertThat(fixture.file(ACME, "waiting.csv").state()).isEqualTo(FileState.RECEIVED);
        fixture.tenant(ACME).tenant(GLOBEX);
        fixture.put(GLOBEX, "new.csv", "a\n1\n");
        fixture.ingest();
        assertThat(fixture.states(ACME)).containsExactly("late.csv DONE", "running.csv DONE", "waiting.csv DONE");
        assertThat(fixture.states(GLOBEX)).containsExactly("new.csv DONE");
    }

    @Test
    void apps_that_run_when_the_ingestor_is_closed_are_interrupted_and_the_attempt_does_not_count() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        fixture.apps.put("once", job -> {
            if (runs.incrementAndGet() == 1) {
                never.await();
            }
            return fixture.count(job);
        });
        fixture.tenant(ACME, "once", profile -> profile.attempts(1)).start();
        fixture.put(ACME, "f.csv", "a\n1\n");
        fixture.scan();
        await().until(() -> runs.get() == 1);
        fixture.restart();
        fixture.ingest();
        assertThat(fixture.file(ACME, "f.csv").state()).isEqualTo(FileState.DONE);
        assertThat(fixture.file(ACME, "f.csv").attempt()).isEqualTo(1);
    }

    @Test
    void a_file_that_is_changed_after_it_was_received_is_not_ingested() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        fixture.apps.put("wait", job -> {
            if (job.file().name().equals("first.csv")) {
                go.await();
            }
            return fixture.count(job);
        });
        fixture.tenant(ACME, "wait", profile -> profile).start();
        fixture.put(ACME, "first.csv", "a\n1\n");
        fixture.scan();
        fixture.put(ACME, "second.csv", "a\n1\n");
        fixture.put(ACME, "third.csv", "a\n1\n");
        fixture.scan();
        IngestedFile second = fixture.file(ACME, "second.csv");
        Path content = fixture.staging.resolve("acme/files/" + second.id() + "/second.csv");
        Files.writeString(content, "a\n2\n");
        IngestedFile third = fixture.file(ACME, "third.csv");
        Path same = fixture.staging.resolve("acme/files/" + third.id() + "/third.csv");
        Files.writeString(same, "a\n1\n");
        go.countDown();
        fixture.ingest();
        assertThat(fixture.file(ACME, "second.csv").reason()).contains("not what was received");
        assertThat(fixture.states(ACME)).containsExactly("first.csv DONE", "second.csv FAILED", "third.csv DONE");

        Files.writeString(content, "a\n2\n3\n");
        fixture.ingestor.replay(second.id());
        fixture.ingest();
        IngestedFile whole = fixture.file(ACME, "second.csv");
        assertThat(whole.state()).isEqualTo(FileState.DONE);
        assertThat(whole.rows()).isEqualTo(2);
        assertThat(whole.bytes()).isEqualTo(Files.size(content));
        assertThat(whole.sha256()).isEqualTo(Digests.sha256(content)).isNotEqualTo(second.sha256());
    }

    @Test
    void old_contents_and_records_are_removed_at_their_time() {
        fixture.apps.put("fail", job -> {
            throw new IllegalStateException("broken");
        });
        fixture.tenant(ACME).tenant(GLOBEX, "fail", profile -> profile).start();
        fixture.put(ACME, "f.csv", "a\n1\n");
        fixture.put(GLOBEX, "g.csv", "a\n1\n");
        fixture.put(GLOBEX, "g.exe", "a\n1\n");
        fixture.ingest();
        Path done = fixture.staging.resolve(
                "acme/files/" + fixture.file(ACME, "f.csv").id());
        IngestedFile failed = fixture.file(GLOBEX, "g.csv");
        Path kept = fixture.staging.resolve("globex/files/" + failed.id());
        fixture.ingestor.upkeep();
        assertThat(done).exists();
        fixture.clock.advance(Duration.ofDays(2));
        fixture.ingestor.upkeep();
        assertThat(done).doesNotExist();
        assertThat(kept).exists();
        fixture.clock.advance(Duration.ofDays(30));
        fixture.ingestor.upkeep();
        assertThat(kept).doesNotExist();
        assertThat(fixture.staging.resolve("globex/quarantine")).isEmptyDirectory();
        assertThatThrownBy(() -> fixture.ingestor.replay(failed.id())).hasMessageContaining("its content was removed");
        fixture.clock.advance(Duration.ofDays(60));
        fixture.ingestor.upkeep();
        assertThat(fixture.ingestor.files(ACME)).isEmpty();
        assertThat(fixture.ingestor.find(failed.id())).isEmpty();
    }

    @Test
    void a_second_ingestor_on_the_same_ledger_does_not_start() {
        fixture.tenant(ACME).start();
        assertThatThrownBy(() -> BatchIngestor.builder()
                        .staging(fixture.staging)
                        .profiles(fixture.profiles)
                        .ledger(fixture.store)
                        .start())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.lease_held"));
    }

    @Test
    void without_its_store_the_platform_waits_and_says_so_and_goes_on_afterwards() {
        FailingStore store = new FailingStore(fixture.store);
        fixture.store = store;
        fixture.tenant(ACME).start();
        fixture.put(ACME, "f.csv", "a\n1\n");
        store.fail();
        CompletableFuture<Void> scan = Background.run(fixture::scan);
        await().untilAsserted(() -> assertThat(fixture.messages("batch.platform.trouble"))
                .anyMatch(message -> message.startsWith("ledger: It cannot be written: ")));
        assertThat(scan).isNotDone();
        assertThat(fixture.ingestor.files(ACME)).isEmpty();
        store.recover();
        scan.join();
        fixture.ingest();
        assertThat(fixture.states(ACME)).containsExactly("f.csv DONE");
    }

    @Test
    void the_files_of_an_unknown_app_wait_and_the_tenant_is_reported() {
        fixture.tenant(ACME, "missing", profile -> profile).start();
        fixture.put(ACME, "f.csv", "a\n1\n");
        fixture.ingest();
        assertThat(fixture.file(ACME, "f.csv").state()).isEqualTo(FileState.RECEIVED);
        await().untilAsserted(() -> assertThat(fixture.messages("batch.tenant.trouble"))
                .anyMatch(message -> message.contains("its app 'missing' is not one of")));
        fixture.tenant(ACME);
        fixture.ingest();
        assertThat(fixture.file(ACME, "f.csv").state()).isEqualTo(FileState.DONE);
    }

    @Test
    void progress_is_reported_and_ends_with_all_rows() {
        fixture.apps.put("report", job -> {
            for (int i = 0; i < 1000; i++) {
                job.progress(i);
            }
            return WriteReport.of(7, 7, 0, 0, Duration.ZERO);
        });
        fixture.tenant(ACME, "report", profile -> profile).start();
        fixture.put(ACME, "f.csv", "a\n1\n");
        fixture.ingest();
        await().untilAsserted(() -> assertThat(fixture.events)
                .filteredOn(Progress.class::isInstance)
                .hasSizeLessThan(500)
                .last()
                .isEqualTo(new Progress(fixture.file(ACME, "f.csv").work(), "acme/f.csv", 7, 0, "rows", true)));
    }
}
