package io.github.keywharf.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.testing.ForwardingStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreLeaseTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final InstantSource clock = now::get;
    private final ObjectStore store = ObjectStore.inMemory();

    @TempDir
    Path directory;

    @Test
    void a_lease_is_held_by_one_and_the_other_learns_by_whom_and_until_when() {
        try (StoreLease lease = StoreLease.acquire(store, "lease/", "nightly", MINUTE, clock)) {
            assertThat(lease.isHeld()).isTrue();
            assertThat(lease.term()).isEqualTo(1);
            assertThatThrownBy(() -> StoreLease.acquire(store, "lease/", "other", MINUTE, clock))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.lease_held"))
                    .hasMessageContaining("'nightly'")
                    .hasMessageContaining("2026-01-01T00:01:00Z")
                    .hasMessageContaining("memory/lease");
            assertThat(StoreLease.tryAcquire(store, "lease/", "other", MINUTE, clock))
                    .isEmpty();
            assertThat(StoreLease.tryAcquire(store, "another/", "other", MINUTE, clock))
                    .isPresent();
        }
    }

    @Test
    void a_released_lease_is_free_immediately_and_terms_only_grow() {
        StoreLease first = StoreLease.acquire(store, "lease", "a", MINUTE, clock);
        first.close();
        first.close();
        assertThat(first.isHeld()).isFalse();
        StoreLease second = StoreLease.acquire(store, "lease", "b", MINUTE, clock);
        assertThat(second.term()).isGreaterThan(first.term());
        assertThatThrownBy(first::checkHeld).hasMessageContaining("released");
        second.checkHeld();
    }

    @Test
    void an_expired_lease_is_taken_over_after_a_quarter_more() {
        StoreLease first = StoreLease.acquire(store, "lease", "a", MINUTE, clock);
        forward(Duration.ofSeconds(61));
        assertThat(first.isHeld()).isFalse();
        assertThat(StoreLease.tryAcquire(store, "lease", "b", MINUTE, clock)).isEmpty();
        forward(Duration.ofSeconds(15));
        StoreLease second = StoreLease.acquire(store, "lease", "b", MINUTE, clock);
        assertCode("store.lease_lost", first::checkHeld);
        assertCode("store.lease_lost", first::renew);
        first.close();
        second.checkHeld();
        assertThat(StoreLease.tryAcquire(store, "lease", "c", MINUTE, clock)).isEmpty();
    }

    @Test
    void renewing_extends_and_keeps_few_terms() {
        StoreLease lease = StoreLease.acquire(store, "lease", "a", MINUTE, clock);
        for (int i = 0; i < 30; i++) {
            forward(Duration.ofSeconds(40));
            lease.renew();
        }
        lease.checkHeld();
        assertThat(lease.term()).isEqualTo(31);
        assertThat(lease.expires()).isEqualTo(now.get().plus(MINUTE));
        try (Stream<StoredObject> terms = store.list("lease/")) {
            assertThat(terms).hasSize(8);
        }
    }

    @Test
    void a_holder_that_slept_through_the_pruning_of_its_next_term_learns_that_it_lost() {
        InstantSource stopped = InstantSource.fixed(now.get());
        StoreLease stuck = StoreLease.acquire(store, "lease", "stuck", MINUTE, stopped);
        forward(Duration.ofMinutes(2));
        StoreLease other = StoreLease.acquire(store, "lease", "other", MINUTE, clock);
        for (int i = 0; i < 20; i++) {
            other.renew();
        }
        assertThat(stuck.isHeld()).as("by its own stopped clock").isTrue();
        assertCode("store.lease_lost", stuck::renew);
        other.checkHeld();
        other.renew();
    }

    @Test
    void of_many_concurrent_ones_one_acquires_in_memory_and_in_a_directory() throws Exception {
        for (ObjectStore place : List.of(store, ObjectStore.ofDirectory(directory))) {
            for (int round = 0; round < 20; round++) {
                String folder = "lease-" + round;
                ExecutorService pool = Executors.newFixedThreadPool(8);
                try {
                    CyclicBarrier barrier = new CyclicBarrier(8);
                    List<Callable<Optional<StoreLease>>> racers = new ArrayList<>();
                    for (int i = 0; i < 8; i++) {
                        String owner = "racer-" + i;
                        racers.add(() -> {
                            barrier.await(30, TimeUnit.SECONDS);
                            return StoreLease.tryAcquire(place, folder, owner, MINUTE, clock);
                        });
                    }
                    int winners = 0;
                    for (Future<Optional<StoreLease>> future : pool.invokeAll(racers)) {
                        winners += future.get().isPresent() ? 1 : 0;
                    }
                    assertThat(winners).as("round %s on %s", round, place).isEqualTo(1);
                } finally {
                    pool.shutdown();
                }
            }
        }
    }

    @Test
    void a_lease_renewed_in_the_background_outlives_its_term() {
        InstantSource real = InstantSource.system();
        try (StoreLease lease = StoreLease.acquire(store, "lease", "a", Duration.ofMillis(900), real)
                .renewInBackground()
                .renewInBackground()) {
            await().atMost(Duration.ofSeconds(20)).until(() -> lease.term() > 5);
            lease.checkHeld();
        }
        assertThat(StoreLease.tryAcquire(store, "lease", "b", MINUTE, real)).isPresent();
    }

    @Test
    void the_lease_of_a_killed_process_of_this_machine_is_taken_over_immediately() throws Exception {
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(holder.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("held");
            ObjectStore place = ObjectStore.ofDirectory(directory);
            InstantSource real = InstantSource.system();
            assertThatThrownBy(() -> StoreLease.acquire(place, "lease", "b", MINUTE, real))
                    .hasMessageContaining("process " + holder.pid());
            holder.destroyForcibly();
            holder.waitFor(30, TimeUnit.SECONDS);
            StoreLease.acquire(place, "lease", "b", MINUTE, real).checkHeld();
        } finally {
            holder.destroyForcibly();
        }
    }

    /** Takes a lease for an hour and waits to be killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws InterruptedException {
            StoreLease lease = StoreLease.acquire(
                    ObjectStore.ofDirectory(Path.of(arguments[0])),
                    "lease",
                    "holder",
                    Duration.ofHours(1),
                    InstantSource.system());
            lease.checkHeld();
            System.out.println("held");
            Thread.sleep(120_000);
        }
    }

    @Test
    void a_lease_that_could_not_be_released_does_not_keep_its_own_process_waiting() {
        StubbornStore stubborn = new StubbornStore(store);
        StoreLease first = StoreLease.acquire(stubborn, "lease", "a", MINUTE, clock);
        stubborn.refuse = true;
        first.close();
        assertCode("store.unavailable", () -> StoreLease.acquire(stubborn, "lease", "b", MINUTE, clock));
        stubborn.refuse = false;
        StoreLease second = StoreLease.acquire(stubborn, "lease", "b", MINUTE, clock);
        second.checkHeld();
        first.close();
        assertThat(StoreLease.tryAcquire(stubborn, "lease", "c", MINUTE, clock)).isEmpty();
        second.close();
    }

    @Test
    void a_lease_whose_taking_was_not_acknowledged_does_not_keep_its_own_process_waiting() {
        StubbornStore stubborn = new StubbornStore(store);
        stubborn.loseAnswers = true;
        assertCode("store.unavailable", () -> StoreLease.acquire(stubborn, "lease", "a", MINUTE, clock));
        stubborn.loseAnswers = false;
        StoreLease.acquire(stubborn, "lease", "b", MINUTE, clock).close();
    }

    /** Refuses to write, or writes and does not say so. */
    private static final class StubbornStore extends ForwardingStore {
        private boolean refuse;
        private boolean loseAnswers;
        private final AtomicInteger errors = new AtomicInteger();

        StubbornStore(ObjectStore real) {
            super(real);
        }

        @Override
        public boolean createIfAbsent(String key, byte[] content) {
            if (errors.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new StackOverflowError("planted");
            }
            boolean created = !refuse && super.createIfAbsent(key, content);
            if (refuse || loseAnswers) {
                throw KeywharfException.retryable(
                        "store.unavailable", key, "The store does not answer; try again later");
            }
            return created;
        }
    }

    @Test
    void a_process_id_that_was_given_to_another_process_does_not_keep_a_lease() {
        LeaseProcess self = LeaseProcess.current();
        Instant started = java.util.Objects.requireNonNull(self.started());
        assertThat(self.knowsDead(self)).isFalse();
        String witness = self.witness();
        assertThat(self.knowsDead(
                        new LeaseProcess(self.host(), self.machine(), self.pid(), started.minusSeconds(60), witness)))
                .isTrue();
        assertThat(self.knowsDead(new LeaseProcess(self.host(), "another", 1 << 30, started, witness)))
                .isFalse();
        assertThat(self.knowsDead(new LeaseProcess(self.host(), self.machine(), self.pid(), null, witness)))
                .isFalse();
    }

    @Test
    void a_process_of_a_cloned_machine_is_not_taken_for_dead_because_it_is_not_here() {
        LeaseProcess self = LeaseProcess.current();
        Instant started = java.util.Objects.requireNonNull(self.started());
        for (String witness : List.of("", "keywharf-lease-1234567890", "/etc/passwd", "../etc/passwd")) {
            assertThat(self.knowsDead(new LeaseProcess(self.host(), self.machine(), 1 << 30, started, witness)))
                    .as("witness '%s'", witness)
                    .isFalse();
        }
        assertThat(self.knowsDead(new LeaseProcess(self.host(), self.machine(), 1 << 30, started, self.witness())))
                .isTrue();
    }

    @Test
    void a_lease_whose_owner_had_a_clock_far_ahead_is_waited_for_no_longer_than_its_length() {
        ObjectStore timed = ObjectStore.inMemory(clock);
        InstantSource ahead = () -> now.get().plus(Duration.ofDays(1));
        StoreLease first = StoreLease.acquire(timed, "lease", "ahead", MINUTE, ahead);
        forward(Duration.ofSeconds(60));
        assertThat(StoreLease.tryAcquire(timed, "lease", "b", MINUTE, clock)).isEmpty();
        forward(Duration.ofSeconds(17));
        assertThat(first.isHeld()).as("by its own clock").isFalse();
        StoreLease.acquire(timed, "lease", "b", MINUTE, clock).checkHeld();
        assertCode("store.lease_lost", first::renew);
    }

    @Test
    void a_store_whose_clock_is_behind_does_not_make_a_live_lease_look_expired() {
        ObjectStore behind = ObjectStore.inMemory(() -> now.get().minus(Duration.ofHours(1)));
        StoreLease.acquire(behind, "lease", "a", MINUTE, clock).checkHeld();
        assertThat(StoreLease.tryAcquire(behind, "lease", "b", MINUTE, clock)).isEmpty();
        InstantSource slightlyBehind = () -> now.get().minus(Duration.ofSeconds(2));
        assertThat(StoreLease.tryAcquire(behind, "lease", "c", MINUTE, slightlyBehind))
                .isEmpty();
    }

    @Test
    void renewing_in_the_background_survives_an_error() {
        StubbornStore stubborn = new StubbornStore(store);
        InstantSource real = InstantSource.system();
        try (StoreLease lease = StoreLease.acquire(stubborn, "lease", "a", Duration.ofSeconds(3), real)) {
            stubborn.errors.set(1);
            lease.renewInBackground();
            await().atMost(Duration.ofSeconds(20)).until(() -> lease.term() > 2);
            assertThat(stubborn.errors.get()).isZero();
            lease.checkHeld();
        }
    }

    @Test
    void a_term_that_cannot_be_read_is_an_error_and_other_objects_are_not_terms() {
        store.createIfAbsent("lease/readme", new byte[0]);
        StoreLease.acquire(store, "lease", "a", MINUTE, clock).close();
        store.createIfAbsent("lease/00000000000000000009.json", "{\"id\":".getBytes(StandardCharsets.UTF_8));
        assertCode("store.lease_unreadable", () -> StoreLease.acquire(store, "lease", "b", MINUTE, clock));
    }

    @Test
    void settings_that_cannot_be_are_refused() {
        assertThatThrownBy(() -> StoreLease.acquire(store, "lease", " ", MINUTE, clock))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> StoreLease.acquire(store, "lease", "a", Duration.ofMillis(1), clock))
                .hasMessageContaining("PT0.001S");
    }

    private void forward(Duration duration) {
        now.updateAndGet(instant -> instant.plus(duration));
    }

    private static void assertCode(String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
