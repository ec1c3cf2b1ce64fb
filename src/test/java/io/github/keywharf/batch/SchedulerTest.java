package io.github.keywharf.batch;

import static io.github.keywharf.batch.IngestorFixture.ACME;
import static io.github.keywharf.batch.IngestorFixture.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchedulerTest {
    private static final Organisation INITECH = Organisation.of("initech");

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
    void tenants_take_turns_and_a_tenants_files_come_in_their_order() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        fixture.apps.put("gated", job -> {
            go.await();
            return fixture.count(job);
        });
        for (Organisation tenant : List.of(ACME, GLOBEX, INITECH)) {
            fixture.tenant(tenant, "gated", profile -> profile);
        }
        fixture.start(builder -> builder.parallelism(1));
        for (int i = 0; i < 5; i++) {
            fixture.put(ACME, "a" + i + ".csv", "a\n" + i + "\n");
            fixture.scan();
        }
        for (int i = 0; i < 2; i++) {
            fixture.put(GLOBEX, "g" + i + ".csv", "a\n" + i + "\n");
            fixture.put(INITECH, "i" + i + ".csv", "a\n" + i + "\n");
            fixture.scan();
        }
        go.countDown();
        fixture.ingest();
        assertThat(fixture.ingested)
                .containsExactly(
                        "acme/a0.csv",
                        "globex/g0.csv",
                        "initech/i0.csv",
                        "acme/a1.csv",
                        "globex/g1.csv",
                        "initech/i1.csv",
                        "acme/a2.csv",
                        "acme/a3.csv",
                        "acme/a4.csv");
    }

    @Test
    void neither_a_tenants_concurrency_nor_the_number_of_workers_is_exceeded() throws Exception {
        AtomicInteger all = new AtomicInteger();
        AtomicInteger ofAcme = new AtomicInteger();
        AtomicInteger mostOfAll = new AtomicInteger();
        AtomicInteger mostOfAcme = new AtomicInteger();
        Semaphore go = new Semaphore(0);
        fixture.apps.put("gated", job -> {
            mostOfAll.accumulateAndGet(all.incrementAndGet(), Math::max);
            if (job.tenant().equals(ACME)) {
                mostOfAcme.accumulateAndGet(ofAcme.incrementAndGet(), Math::max);
            }
            go.acquire();
            if (job.tenant().equals(ACME)) {
                ofAcme.decrementAndGet();
            }
            all.decrementAndGet();
            return fixture.count(job);
        });
        fixture.tenant(ACME, "gated", profile -> profile.parallelism(2))
                .tenant(GLOBEX, "gated", profile -> profile.parallelism(10))
                .start(builder -> builder.parallelism(3));
        for (int i = 0; i < 6; i++) {
            fixture.put(ACME, "f" + i + ".csv", "a\n" + i + "\n");
        }
        fixture.scan();
        await().until(() -> all.get() == 2);
        for (int i = 0; i < 6; i++) {
            fixture.put(GLOBEX, "f" + i + ".csv", "a\n" + i + "\n");
        }
        fixture.scan();
        await().until(() -> all.get() == 3);
        go.release(100);
        fixture.ingest();
        assertThat(mostOfAcme).hasValue(2);
        assertThat(mostOfAll).hasValue(3);
        assertThat(fixture.ingested).hasSize(12);
    }

    @Test
    void files_wait_for_the_hours_of_their_tenant() {
        // The clock shows noon.
        fixture.tenant(
                        ACME,
                        "count",
                        profile -> profile.schedule(LocalTime.of(14, 0), LocalTime.of(15, 0), ZoneOffset.UTC))
                .start();
        fixture.put(ACME, "f.csv", "a\n1\n");
        fixture.ingest();
        assertThat(fixture.file(ACME, "f.csv").state()).isEqualTo(FileState.RECEIVED);
        fixture.clock.advance(Duration.ofHours(2));
        fixture.ingest();
        assertThat(fixture.file(ACME, "f.csv").state()).isEqualTo(FileState.DONE);
    }

    @Test
    void a_file_that_ends_the_process_is_given_up_and_takes_no_attempt_from_others() throws IOException {
        // What a process that died while it ingested these has left.
        try (Ledger ledger = Ledger.open(fixture.store, "dead", InstantSource.system(), new NoWatcher())) {
            for (int i = 0; i < 3; i++) {
                String id = String.format(Locale.ROOT, "%032x", i);
                Path content = fixture.staging.resolve("acme/files/" + id + "/f" + i + ".csv");
                Files.createDirectories(content.getParent());
                Files.writeString(content, "a\n" + i + "\n");
                IngestedFile file = IngestedFile.received(
                        id,
                        ACME,
                        "f" + i + ".csv",
                        4,
                        Digests.sha256(content),
                        fixture.clock.instant().plusMillis(i),
                        FileState.RECEIVED,
                        "");
                IngestedFile running = file.running(fixture.clock.instant());
                ledger.change(now -> Optional.of(
                        file.name().equals("f0.csv")
                                ? running.waiting(2, "").running(fixture.clock.instant())
                                : running));
            }
        }
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        fixture.apps.put("watched", job -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            try {
                return fixture.count(job);
            } finally {
                now.decrementAndGet();
            }
        });
        fixture.tenant(ACME, "watched", profile -> profile.parallelism(3)).start();
        fixture.ingest();
        assertThat(fixture.file(ACME, "f0.csv").state()).isEqualTo(FileState.FAILED);
        assertThat(fixture.file(ACME, "f0.csv").reason())
                .isEqualTo("given up after 3 attempts; the last: " + Scheduler.PROCESS_ENDED);
        assertThat(fixture.file(ACME, "f1.csv").attempt()).isEqualTo(2);
        assertThat(fixture.states(ACME)).containsExactly("f0.csv FAILED", "f1.csv DONE", "f2.csv DONE");
        assertThat(most).hasValue(1);
    }

    /** Wants to know nothing. */
    private static final class NoWatcher implements Ledger.Watcher {
        @Override
        public void committed(List<IngestedFile> files) {}

        @Override
        public void failed(KeywharfException failure, Duration pause) {}

        @Override
        public void stopped(KeywharfException reason) {}
    }
}
