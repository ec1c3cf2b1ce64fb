package io.github.keywharf.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.testing.Background;
import io.github.keywharf.testing.CountingStore;
import io.github.keywharf.testing.CountingStore.Request;
import io.github.keywharf.testing.GrowthCheck;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final Organisation ACME = Organisation.of("acme");
    private static final Organisation GLOBEX = Organisation.of("globex");
    private static final Instant NOON = Instant.parse("2026-11-02T12:00:00Z");
    private static final String SHA = "ab".repeat(32);

    private final ObjectStore memory = ObjectStore.inMemory();
    private final Noted noted = new Noted();

    /** What a ledger reports. */
    private static final class Noted implements Ledger.Watcher {
        private final List<IngestedFile> committed = new CopyOnWriteArrayList<>();
        private final List<KeywharfException> failures = new CopyOnWriteArrayList<>();
        private final List<KeywharfException> stops = new CopyOnWriteArrayList<>();

        @Override
        public void committed(List<IngestedFile> files) {
            committed.addAll(files);
        }

        @Override
        public void failed(KeywharfException failure, Duration pause) {
            failures.add(failure);
        }

        @Override
        public void stopped(KeywharfException reason) {
            stops.add(reason);
        }
    }

    private Ledger open(ObjectStore store) {
        return Ledger.open(store, "test", InstantSource.system(), noted);
    }

    private static String id(int number) {
        return String.format(Locale.ROOT, "%032x", number);
    }

    private static IngestedFile file(Organisation tenant, int number) {
        return IngestedFile.received(
                id(number),
                tenant,
                "f" + number + ".csv",
                10 + number,
                SHA,
                NOON.plusSeconds(number),
                FileState.RECEIVED,
                "");
    }

    private static Ledger.Change put(IngestedFile file) {
        return now -> Optional.of(file);
    }

    private static Ledger.Change run(int number) {
        return now -> now.find(id(number)).map(file -> file.running(NOON));
    }

    private static Ledger.Change end(int number) {
        return now ->
                now.find(id(number)).map(file -> file.ended(FileState.DONE, NOON, 3, 2, 1, "fine \"it\" \u2028 is"));
    }

    @Test
    void records_are_there_for_the_next_process_as_they_were() {
        try (Ledger ledger = open(memory)) {
            ledger.change(put(file(ACME, 1)));
            ledger.change(run(1));
            ledger.change(end(1));
            ledger.change(put(file(GLOBEX, 2)));
        }
        try (Ledger ledger = open(memory)) {
            assertThat(ledger.records().find(id(1)))
                    .contains(
                            file(ACME, 1).running(NOON).ended(FileState.DONE, NOON, 3, 2, 1, "fine \"it\" \u2028 is"));
            assertThat(ledger.records().find(id(2))).contains(file(GLOBEX, 2));
            assertThat(ledger.records().waiting(ACME)).isZero();
            assertThat(ledger.records().waiting(GLOBEX)).isEqualTo(1);
            assertThat(ledger.records().bytesOn(ACME, LedgerView.day(NOON))).isEqualTo(11);
            assertThat(ledger.records().findContent(ACME, "f1.csv", SHA)).isPresent();
            assertThat(ledger.records().findContent(GLOBEX, "f1.csv", SHA)).isEmpty();
        }
    }

    @Test
    void requests_for_each_file_stay_the_same_over_ten_thousand_files() throws Exception {
        CountingStore store = new CountingStore(memory);
        AtomicInteger files = new AtomicInteger();
        try (Ledger ledger = open(store)) {
            // A snapshot of all records is due when a quarter of them has changed, so it is their sum that must not
            // grow.
            GrowthCheck.of("a file that is ingested")
                    .spent("entries", () -> store.requests(Request.CREATE))
                    .held("requests so far", () -> store.requests() - store.requests(Request.DELETE), 300)
                    .linear("requests so far", "files", files::get)
                    .last(10_000)
                    .run(number -> {
                        ledger.change(put(file(ACME, number)));
                        ledger.change(run(number));
                        ledger.change(end(number));
                        files.set(number);
                    });
        }
        assertThat(store.requests(Request.DELETE)).isLessThan(store.requests(Request.CREATE));
        assertThat(noted.failures).isEmpty();
    }

    @Test
    void a_second_process_is_kept_out_until_the_first_has_closed() {
        Ledger first = open(memory);
        assertThatThrownBy(() -> open(memory))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.lease_held"));
        first.close();
        open(memory).close();
    }

    @Test
    void many_changes_that_wait_are_few_entries_and_all_in_order() {
        try (Ledger ledger = open(memory)) {
            List<CompletableFuture<Optional<IngestedFile>>> all = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
                all.add(ledger.submit(put(file(ACME, i))));
            }
            all.forEach(change -> Waiting.get(change, "test"));
            assertThat(ledger.records().files(ACME, null, 2))
                    .extracting(IngestedFile::name)
                    .containsExactly("f2999.csv", "f2998.csv");
        }
        assertThat(noted.committed).hasSize(3000).isSortedAccordingTo((a, b) -> a.id().compareTo(b.id()));
        try (Stream<StoredObject> entries = memory.list("entries/")) {
            assertThat(entries.count()).isLessThan(1000);
        }
    }

    @Test
    void a_change_sees_those_before_it_in_the_same_entry() {
        try (Ledger ledger = open(memory)) {
            CompletableFuture<List<Integer>> seen = new CompletableFuture<>();
            List<CompletableFuture<Optional<IngestedFile>>> all = new ArrayList<>();
            Waiting.get(
                    ledger.submit(now -> {
                        // Holds the writer until all of these wait, so that they are one entry.
                        all.add(ledger.submit(put(file(ACME, 1))));
                        all.add(ledger.submit(run(1)));
                        all.add(ledger.submit(put(file(ACME, 2))));
                        all.add(ledger.submit(view -> {
                            seen.complete(List.of(
                                    view.waiting(ACME),
                                    (int) view.bytesOn(ACME, LedgerView.day(NOON)),
                                    view.findContent(ACME, "f2.csv", SHA).isPresent() ? 1 : 0,
                                    view.findContent(ACME, "f3.csv", SHA).isPresent() ? 1 : 0));
                            return Optional.empty();
                        }));
                        return Optional.empty();
                    }),
                    "test");
            all.forEach(change -> Waiting.get(change, "test"));
            assertThat(seen.join()).containsExactly(2, 23, 1, 0);
        }
    }

    @Test
    void entries_before_a_snapshot_are_removed_and_nothing_is_lost() {
        try (Ledger ledger = open(memory)) {
            for (int i = 0; i < 600; i++) {
                ledger.change(put(file(ACME, i)));
            }
            await().untilAsserted(() -> {
                assertThat(keys("snapshots/")).hasSize(1);
                assertThat(keys("entries/")).hasSizeLessThan(150);
            });
            ledger.change(run(7));
        }
        try (Ledger ledger = open(memory)) {
            assertThat(ledger.records().size()).isEqualTo(600);
            assertThat(ledger.records().find(id(7)).orElseThrow().state()).isEqualTo(FileState.RUNNING);
            ledger.change(end(7));
        }
        try (Ledger ledger = open(memory)) {
            assertThat(ledger.records().find(id(7)).orElseThrow().state()).isEqualTo(FileState.DONE);
        }
    }

    private List<String> keys(String folder) {
        try (Stream<StoredObject> objects = memory.list(folder)) {
            return objects.map(StoredObject::key).toList();
        }
    }

    @Test
    void forgotten_files_are_gone() {
        try (Ledger ledger = open(memory)) {
            ledger.change(put(file(ACME, 1)));
            ledger.change(put(file(ACME, 2)));
            ledger.change(end(1));
            assertThat(ledger.forget(NOON.plusSeconds(1)))
                    .extracting(IngestedFile::id)
                    .containsExactly(id(1));
            assertThat(ledger.records().find(id(1))).isEmpty();
            assertThat(ledger.records().files(Optional.of(ACME))).hasSize(1);
            assertThat(ledger.records().findContent(ACME, "f1.csv", SHA)).isEmpty();
            assertThat(ledger.records().bytesOn(ACME, LedgerView.day(NOON))).isEqualTo(12);
        }
    }

    @Test
    void while_the_store_is_away_nothing_is_acknowledged_and_work_goes_on_when_it_is_back() {
        FailingStore store = new FailingStore(memory);
        try (Ledger ledger = open(store)) {
            ledger.change(put(file(ACME, 1)));
            store.fail();
            CompletableFuture<Optional<IngestedFile>> change =
                    Background.supply(() -> ledger.change(put(file(ACME, 2))));
            await().until(() -> noted.failures.size() >= 2);
            assertThat(change).isNotDone();
            assertThat(ledger.records().find(id(2))).isEmpty();
            assertThat(ledger.records().find(id(1))).isPresent();
            store.recover();
            assertThat(change.join()).isPresent();
        }
        assertThat(noted.stops).isEmpty();
    }

    @Test
    void a_ledger_that_is_closed_while_the_store_is_away_refuses_what_waits() {
        FailingStore store = new FailingStore(memory);
        Ledger ledger = open(store);
        store.fail();
        CompletableFuture<Optional<IngestedFile>> change = ledger.submit(put(file(ACME, 2)));
        ledger.close(Duration.ZERO);
        assertThatThrownBy(() -> Waiting.get(change, "test"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("batch.stopped"));
        assertThatThrownBy(() -> ledger.change(put(file(ACME, 3)))).isInstanceOf(KeywharfException.class);
    }

    @Test
    void a_process_that_dies_at_any_call_of_the_store_loses_nothing_that_was_acknowledged() {
        for (boolean carriedOut : new boolean[] {false, true}) {
            for (int call = 0; ; call++) {
                ObjectStore real = ObjectStore.inMemory();
                FailingStore store = new FailingStore(real);
                store.dieAt(call, carriedOut);
                Map<String, FileState> acknowledged = new TreeMap<>();
                boolean opened = live(store, acknowledged);
                String at = "died at call " + call + (carriedOut ? ", carried out" : "");
                try (Ledger next = open(real)) {
                    acknowledged.forEach((id, state) -> assertThat(
                                    next.records().find(id))
                            .as(at)
                            .hasValueSatisfying(file -> assertThat(file.state()).isGreaterThanOrEqualTo(state)));
                    // It can be written on.
                    assertThat(next.change(put(file(GLOBEX, 99)))).as(at).isPresent();
                }
                if (!store.isDead()) {
                    assertThat(opened).isTrue();
                    assertThat(acknowledged).hasSize(3).containsValue(FileState.DONE);
                    assertThat(call).isGreaterThan(10);
                    break;
                }
            }
        }
    }

    /** Some changes, until the store fails; then this process is as good as dead. */
    private boolean live(FailingStore store, Map<String, FileState> acknowledged) {
        Ledger ledger;
        try {
            ledger = open(store);
        } catch (KeywharfException e) {
            return false;
        }
        List<Ledger.Change> changes =
                List.of(put(file(ACME, 1)), run(1), put(file(ACME, 2)), end(1), put(file(GLOBEX, 3)), run(3));
        for (Ledger.Change change : changes) {
            CompletableFuture<Optional<IngestedFile>> future = ledger.submit(change);
            await().pollInterval(Duration.ofMillis(1)).until(() -> future.isDone() || store.isDead());
            if (!future.isDone()) {
                break;
            }
            future.join().ifPresent(file -> acknowledged.put(file.id(), file.state()));
        }
        ledger.close(Duration.ofMillis(1));
        return true;
    }

    @Test
    void a_ledger_whose_next_number_another_has_written_stops() {
        Ledger ledger = open(memory);
        ledger.change(put(file(ACME, 1)));
        memory.createIfAbsent(
                "entries/00000000000000000002.json",
                LedgerEntry.FORMAT.write(new LedgerEntry("another", List.of(file(ACME, 5)))));
        assertThatThrownBy(() -> ledger.change(put(file(ACME, 2))))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("batch.ledger_taken"));
        await().untilAsserted(() -> assertThat(noted.stops).hasSize(1));
        ledger.close();
    }

    @Test
    void a_missing_entry_a_damaged_one_and_a_cut_snapshot_are_refused() {
        try (Ledger ledger = open(memory)) {
            for (int i = 0; i < 4; i++) {
                ledger.change(put(file(ACME, i)));
            }
        }
        byte[] second = memory.readSmall("entries/00000000000000000002.json");
        memory.delete("entries/00000000000000000002.json");
        assertUnreadable();
        for (String damaged : List.of(
                "",
                "{}",
                "[]",
                new String(second, StandardCharsets.UTF_8).replace("\"format\":1", "\"format\":2"),
                new String(second, StandardCharsets.UTF_8).replace("\"bytes\":", "\"bites\":"),
                new String(second, StandardCharsets.UTF_8).replace("RECEIVED", "EATEN"),
                new String(second, StandardCharsets.UTF_8) + "{}")) {
            memory.createIfAbsent("entries/00000000000000000002.json", damaged.getBytes(StandardCharsets.UTF_8));
            assertUnreadable();
            memory.delete("entries/00000000000000000002.json");
        }
        memory.createIfAbsent("entries/00000000000000000002.json", second);
        LedgerSnapshots snapshots = new LedgerSnapshots(memory.under("snapshots"));
        snapshots.write(4, List.of(file(ACME, 1), file(ACME, 2)));
        open(memory).close();
        byte[] whole = memory.readSmall("snapshots/00000000000000000004.jsonl");
        memory.delete("snapshots/00000000000000000004.jsonl");
        memory.createIfAbsent(
                "snapshots/00000000000000000004.jsonl", java.util.Arrays.copyOf(whole, whole.length - 30));
        assertUnreadable();
    }

    private void assertUnreadable() {
        assertThatThrownBy(() -> open(memory))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("batch.ledger_unreadable"));
    }
}
