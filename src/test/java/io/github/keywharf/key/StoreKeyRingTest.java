package io.github.keywharf.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.testing.contract.KeyRingContract;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A ring in a store in memory, and what is the same over every store. */
class StoreKeyRingTest extends KeyRingContract {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Actor ALICE = Actor.of("alice", "10.1.2.3");
    private static final String FROM = "192.0.2.1";
    private static final Organisation ACME = Organisation.of("acme");
    private static final Instant START = Instant.parse("2026-11-01T12:00:00Z");

    private final ObjectStore store = ObjectStore.inMemory();
    private final AtomicReference<Instant> now = new AtomicReference<>(START);

    @Override
    protected KeyRing ring(InstantSource clock) {
        return KeyRing.inStore(store, clock, new SecureRandom(), KeyRing.DEFAULT_REFRESH);
    }

    @Override
    protected Organisation organisation() {
        return Organisation.of("org" + COUNT.incrementAndGet());
    }

    private KeyRing ring() {
        return ring(now::get);
    }

    private static void assertCode(String code, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void another_process_finds_the_keys() {
        AccessKey key = ring().issue(KeyRequest.of(ACME).withLabel("\"quoted\" \\ ü"), ALICE);
        AccessKey admin = ring().issue(KeyRequest.admin(), ALICE);
        ring().rotate(key.id(), Duration.ofHours(1), ALICE);

        KeyRing another = ring();

        assertThat(another.check(key, FROM).organisation()).contains(ACME);
        assertThat(another.check(admin, FROM).isAdmin()).isTrue();
        assertThat(another.list()).hasSize(3).isEqualTo(ring().list());
        assertThat(another.describe(key.id()).label()).isEqualTo("\"quoted\" \\ ü");
    }

    @Test
    void a_revocation_by_another_process_is_seen_when_the_refresh_is_over() {
        KeyRing ring = ring();
        KeyRing other = ring();
        AccessKey key = ring.issue(KeyRequest.of(ACME), ALICE);
        other.check(key, FROM);
        ring.revoke(key.id(), ALICE);

        assertCode("key.revoked", () -> ring.check(key, FROM));
        now.set(START.plus(KeyRing.DEFAULT_REFRESH).minusMillis(1));
        assertThat(other.check(key, FROM).keyId()).isEqualTo(key.id());
        now.set(START.plus(KeyRing.DEFAULT_REFRESH));
        assertCode("key.revoked", () -> other.check(key, FROM));
    }

    @Test
    void a_clock_that_is_set_back_does_not_keep_a_revoked_key_open() {
        KeyRing ring = ring();
        KeyRing other = ring();
        AccessKey key = ring.issue(KeyRequest.of(ACME), ALICE);
        other.check(key, FROM);
        ring.revoke(key.id(), ALICE);
        now.set(START.minusSeconds(1));

        assertCode("key.revoked", () -> other.check(key, FROM));
    }

    @Test
    void without_refresh_each_check_reads_and_others_are_refused() {
        KeyRing other = KeyRing.inStore(store, now::get, new SecureRandom(), Duration.ZERO);
        AccessKey key = ring().issue(KeyRequest.of(ACME), ALICE);
        other.check(key, FROM);
        ring().revoke(key.id(), ALICE);

        assertCode("key.revoked", () -> other.check(key, FROM));
        for (Duration wrong : List.of(Duration.ofMillis(-1), Duration.ofHours(1).plusMillis(1))) {
            assertThatThrownBy(() -> KeyRing.inStore(store, now::get, new SecureRandom(), wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(wrong.toString());
        }
    }

    @Test
    void old_entries_are_pruned_and_no_secret_is_in_any() {
        KeyRing ring = ring();
        List<String> secrets = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            try (AccessKey key = ring.issue(KeyRequest.of(ACME), ALICE)) {
                secrets.add(key.reveal().substring(21, 64));
            }
        }
        List<String> entries;
        try (Stream<StoredObject> objects = store.list("")) {
            entries = objects.map(object -> new String(store.readSmall(object.key()), StandardCharsets.UTF_8))
                    .toList();
        }

        assertThat(entries).hasSize(16);
        assertThat(entries.get(15)).contains("\"action\":\"issue\"", "\"by\":\"alice\"", "\"from\":\"10.1.2.3\"");
        assertThat(String.join("", entries)).doesNotContain(secrets);
    }

    @Test
    void keys_that_ended_long_ago_are_forgotten() {
        AccessKey key = ring().issue(KeyRequest.of(ACME), ALICE);
        AccessKey expired = ring().issue(KeyRequest.of(ACME).validFor(Duration.ofDays(1)), ALICE);
        ring().revoke(key.id(), ALICE);
        now.set(START.plus(Duration.ofDays(90)));
        ring().issue(KeyRequest.of(ACME), ALICE);
        assertCode("key.revoked", () -> ring().check(key, FROM));

        now.set(now.get().plusMillis(1));
        ring().issue(KeyRequest.of(ACME), ALICE);

        assertCode("key.refused", () -> ring().check(key, FROM));
        assertCode("key.expired", () -> ring().check(expired, FROM));
        assertThat(ring().list()).hasSize(3);
    }

    @Test
    void a_full_ring_forgets_what_ended_first_and_then_refuses() {
        List<KeyRecord> records = new ArrayList<>();
        List<AccessKey> keys = new ArrayList<>();
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < KeyRing.MAX_KEYS; i++) {
            AccessKey key = AccessKey.generate(random);
            keys.add(key);
            records.add(KeyRecord.of(key, KeyRequest.of(ACME), ALICE, START).activate());
        }
        records.set(0, records.get(0).end(KeyState.REVOKED, START.minusSeconds(1)));
        records.set(1, records.get(1).end(KeyState.REVOKED, START.minusSeconds(2)));
        store.createIfAbsent(
                "00000000000000000001.json",
                KeyRecordsEntry.FORMAT.write(
                        KeyRecordsEntry.of(new RecordsPlace.Note("test", ALICE, START), KeyRecords.of(records))));
        KeyRing ring = ring();

        ring.issue(KeyRequest.of(ACME), ALICE);
        assertCode("key.unknown", () -> ring.describe(keys.get(1).id()));
        assertThat(ring.describe(keys.get(0).id()).state()).isEqualTo(KeyState.REVOKED);
        ring.issue(KeyRequest.of(ACME), ALICE);
        assertCode("key.too_many", () -> ring.issue(KeyRequest.of(ACME), ALICE));
        assertThat(ring.list()).hasSize(KeyRing.MAX_KEYS);
    }

    /** A ring that can take no more, of keys that are open but for the Admin's, which opens until {@code adminEnd}. */
    private KeyRing fullRing(Instant adminEnd) {
        List<KeyRecord> records = new ArrayList<>();
        SecureRandom random = new SecureRandom();
        KeyRequest admin = KeyRequest.admin().validFor(Duration.between(START.minus(Duration.ofDays(10)), adminEnd));
        for (int i = 0; i < KeyRing.MAX_KEYS; i++) {
            KeyRequest request = i == 0 ? admin : KeyRequest.of(ACME);
            Instant made = i == 0 ? START.minus(Duration.ofDays(10)) : START;
            records.add(KeyRecord.of(AccessKey.generate(random), request, ALICE, made)
                    .activate());
        }
        store.createIfAbsent(
                "00000000000000000001.json",
                KeyRecordsEntry.FORMAT.write(
                        KeyRecordsEntry.of(new RecordsPlace.Note("test", ALICE, START), KeyRecords.of(records))));
        return ring();
    }

    @Test
    void the_admins_key_is_replaced_in_a_ring_that_is_full() {
        List<Function<KeyRing, AccessKey>> ways = List.of(
                ring -> ring.issue(KeyRequest.admin(), ALICE), ring -> ring.rotateAdmin(KeyRequest.admin(), ALICE));
        for (Function<KeyRing, AccessKey> way : ways) {
            AccessKey admin = way.apply(fullRing(START.minusSeconds(1)));

            assertThat(ring().check(admin, FROM).isAdmin()).isTrue();
            assertThat(ring().list()).hasSize(KeyRing.MAX_KEYS);
            store.delete("00000000000000000001.json");
            store.delete("00000000000000000002.json");
        }
        AccessKey admin = fullRing(START.plusSeconds(1)).rotateAdmin(KeyRequest.admin(), ALICE);

        assertThat(ring().check(admin, FROM).isAdmin()).isTrue();
        assertThat(ring().list().stream()
                        .filter(KeyDescription::isAdmin)
                        .filter(key -> key.state().isOpen()))
                .hasSize(1);
        assertCode("key.too_many", () -> ring().issue(KeyRequest.of(ACME), ALICE));
    }

    @Test
    void a_key_of_a_full_ring_is_replaced_immediately_and_not_with_grace() {
        KeyRing ring = fullRing(START.plusSeconds(1));
        String id = ring.list().stream()
                .filter(key -> !key.isAdmin())
                .findFirst()
                .orElseThrow()
                .id();

        assertCode("key.too_many", () -> ring.rotate(id, Duration.ofHours(1), ALICE));
        AccessKey next = ring.rotate(id, Duration.ZERO, ALICE);

        assertThat(ring().check(next, FROM).organisation()).contains(ACME);
        assertThat(ring().list()).hasSize(KeyRing.MAX_KEYS);
    }

    @Test
    void a_full_ring_of_the_longest_texts_is_written_and_read() {
        Organisation longest = Organisation.of("o".repeat(Organisation.MAX_LENGTH));
        Actor by = Actor.of("\uFF21".repeat(Actor.MAX_LENGTH), "\uFF21".repeat(Actor.MAX_LENGTH));
        KeyRequest request = KeyRequest.of(longest).withLabel("\uFF21".repeat(KeyRequest.MAX_LABEL));
        List<KeyRecord> records = new ArrayList<>();
        for (int i = 0; i < KeyRing.MAX_KEYS; i++) {
            AccessKey key = AccessKey.generate(new SecureRandom());
            KeyRecord issued = KeyRecord.of(key, request, by, START.plusMillis(1));
            records.add(issued.with(issued.life()
                    .endingBy(START.plusMillis(2))
                    .replacedBy(key.id())
                    .ended(KeyState.REVOKED, START.plusMillis(3))));
        }
        store.createIfAbsent(
                "00000000000000000001.json",
                KeyRecordsEntry.FORMAT.write(
                        KeyRecordsEntry.of(new RecordsPlace.Note("test", by, START), KeyRecords.of(records))));

        assertThat(ring().list()).hasSize(KeyRing.MAX_KEYS);
    }

    @Test
    void an_admins_key_that_expired_before_it_was_replaced_ended_when_it_expired() {
        AccessKey old = ring().issue(KeyRequest.admin().validFor(Duration.ofHours(1)), ALICE);
        Instant end = START.plus(Duration.ofHours(1));
        now.set(end.plusSeconds(5));

        ring().rotateAdmin(KeyRequest.admin(), ALICE);

        assertThat(ring().describe(old.id()).state()).isEqualTo(KeyState.EXPIRED);
        assertThatThrownBy(() -> ring().check(old, FROM)).hasMessageContaining("expired at " + end);
    }

    @Test
    void an_object_that_is_not_an_entry_is_an_error_and_opens_nothing() {
        AccessKey key = ring().issue(KeyRequest.of(ACME), ALICE);
        byte[] whole = store.readSmall("00000000000000000001.json");
        String text = new String(whole, StandardCharsets.UTF_8);
        List<String> wrong = List.of(
                "",
                text.substring(0, text.length() - 2),
                text.replace("\"format\":1", "\"format\":2"),
                text.replace("ACTIVE", "GRACE"),
                text.replace(key.id(), "x"),
                text.replace("\"organisation\":\"acme\",", ""),
                text.replace("\"organisation\":", "\"admin\":true,\"organisation\":"),
                text.replace("\"organisation\":", "\"identity\":{},\"organisation\":"),
                text.replaceFirst("\"keys\":.*", "\"keys\":null}"),
                text.replaceFirst("\"keys\":.*", "\"keys\":\"none\"}"),
                text.replace("\"keys\":[", "\"keys\":{},\"other\":["),
                text.replace("\"created\":\"2026", "\"created\":\"MMXXVI"));
        for (String content : wrong) {
            store.delete("00000000000000000002.json");
            store.createIfAbsent("00000000000000000002.json", content.getBytes(StandardCharsets.UTF_8));

            assertThatThrownBy(() -> ring().check(key, FROM))
                    .as(content)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("key.ring_unreadable"))
                    .hasMessageContaining("00000000000000000002.json");
        }
    }

    @Test
    void an_edited_organisation_or_end_makes_a_key_invalid() {
        AccessKey key = ring().issue(KeyRequest.of(ACME), ALICE);
        String text = new String(store.readSmall("00000000000000000001.json"), StandardCharsets.UTF_8);
        for (String edited : List.of(
                text.replace("\"acme\"", "\"globex\""),
                text.replace("\"acme\"", "null"),
                text.replace("2027", "2028"))) {
            assertThat(edited).isNotEqualTo(text);
            store.delete("00000000000000000002.json");
            store.createIfAbsent("00000000000000000002.json", edited.getBytes(StandardCharsets.UTF_8));

            assertCode("key.refused", () -> ring().check(key, FROM));
        }
    }

    @Test
    void a_ring_whose_newest_entry_is_gone_opens_nothing_where_that_was_known() {
        KeyRing ring = ring();
        AccessKey key = ring.issue(KeyRequest.of(ACME), ALICE);
        ring.revoke(key.id(), ALICE);
        store.delete("00000000000000000002.json");
        now.set(START.plus(KeyRing.DEFAULT_REFRESH));

        assertCode("key.ring_reverted", () -> ring.check(key, FROM));
        assertCode("key.ring_reverted", () -> ring.issue(KeyRequest.of(ACME), ALICE));
    }

    @Test
    void two_keys_of_one_id_are_not_mistaken_for_each_other() {
        KeyRing ring = KeyRing.inStore(store, now::get, new SameIds(), KeyRing.DEFAULT_REFRESH);
        AccessKey key = ring.issue(KeyRequest.of(ACME), ALICE);

        assertCode("key.id_taken", () -> ring.issue(KeyRequest.of(ACME), ALICE));
        assertThat(ring.check(key, FROM).keyId()).isEqualTo(key.id());
    }

    /** A source of randomness that is sound for secrets only. */
    private static final class SameIds extends SecureRandom {
        private static final long serialVersionUID = 1L;

        @Override
        public void nextBytes(byte[] bytes) {
            if (bytes.length == 32) {
                super.nextBytes(bytes);
            }
        }
    }

    @Test
    void of_many_who_make_the_admin_concurrently_one_does() throws Exception {
        List<KeyRing> rings = IntStream.range(0, 4).mapToObj(i -> ring()).toList();
        List<String> codes = inParallel(8, i -> {
            try {
                return rings.get(i % 4).issue(KeyRequest.admin(), ALICE).id();
            } catch (KeywharfException e) {
                return e.code();
            }
        });

        assertThat(codes).filteredOn("key.admin_exists"::equals).hasSize(7);
        assertThat(ring().list()).hasSize(1).allMatch(key -> codes.contains(key.id()));
    }

    @Test
    void two_writers_lose_none_of_each_others_keys_and_revocations() throws Exception {
        List<KeyRing> rings = List.of(ring(), ring());
        List<List<AccessKey>> made = inParallel(2, i -> {
            List<AccessKey> keys = new ArrayList<>();
            for (int k = 0; k < 30; k++) {
                AccessKey key = rings.get(i).issue(KeyRequest.of(ACME), ALICE);
                if (k % 3 == 0) {
                    rings.get(i).revoke(key.id(), ALICE);
                }
                keys.add(key);
            }
            return keys;
        });

        for (List<AccessKey> keys : made) {
            for (int k = 0; k < keys.size(); k++) {
                assertThat(ring().describe(keys.get(k).id()).state())
                        .isEqualTo(k % 3 == 0 ? KeyState.REVOKED : KeyState.ACTIVE);
            }
        }
        assertThat(ring().list()).hasSize(60);
    }

    private interface Task<T> {
        T run(int number) throws Exception;
    }

    private static <T> List<T> inParallel(int count, Task<T> task) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<Callable<T>> tasks = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                tasks.add(() -> task.run(number));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(tasks)) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
