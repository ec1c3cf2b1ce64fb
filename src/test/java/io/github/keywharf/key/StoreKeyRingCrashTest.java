package io.github.keywharf.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A ring whose process dies at any call of its store, or whose store fails there, or whose turn is taken by others. */
class StoreKeyRingCrashTest {
    private static final Actor ALICE = Actor.of("alice", "10.1.2.3");
    private static final String FROM = "192.0.2.1";
    private static final Organisation ACME = Organisation.of("acme");
    private static final Instant START = Instant.parse("2026-11-01T12:00:00Z");
    private static final Instant LATER = START.plusSeconds(60);

    private final UnsureStore store = new UnsureStore();

    private KeyRing ring(ObjectStore folder, Instant now) {
        return KeyRing.inStore(folder, () -> now, new SecureRandom(), KeyRing.DEFAULT_REFRESH);
    }

    private KeyRing another() {
        return ring(store.real, LATER);
    }

    /** What is done to a ring that has an Admin and the key of that id. */
    private enum Change {
        ISSUE,
        ROTATE,
        ROTATE_WITH_GRACE,
        ROTATE_ADMIN,
        EXPIRE,
        REVOKE,
        OFFBOARD;

        Optional<AccessKey> on(KeyRing ring, String id) {
            return switch (this) {
                case ISSUE -> Optional.of(ring.issue(KeyRequest.of(ACME), ALICE));
                case ROTATE -> Optional.of(ring.rotate(id, Duration.ZERO, ALICE));
                case ROTATE_WITH_GRACE -> Optional.of(ring.rotate(id, Duration.ofHours(1), ALICE));
                case ROTATE_ADMIN -> Optional.of(ring.rotateAdmin(KeyRequest.admin(), ALICE));
                case EXPIRE -> nothing(ring.expire(id, LATER.plusSeconds(60), ALICE));
                case REVOKE -> nothing(ring.revoke(id, ALICE));
                case OFFBOARD -> nothing(ring.offboard(ACME, ALICE));
            };
        }

        private static Optional<AccessKey> nothing(Object result) {
            assertThat(result).isNotNull();
            return Optional.empty();
        }
    }

    /** What people would notice of a ring: how many keys there are of each kind and state. */
    private static List<String> shape(KeyRing ring) {
        return ring.list().stream()
                .map(key -> (key.isAdmin() ? "admin " : "key ") + key.state() + " until " + key.expires()
                        + (key.replacedBy().isPresent() ? " replaced" : ""))
                .sorted()
                .toList();
    }

    /** Keys of earlier times, so many that each change prunes. */
    private String prepare() {
        KeyRing ring = ring(store.real, START);
        ring.issue(KeyRequest.admin(), ALICE);
        for (int i = 0; i < 16; i++) {
            ring.revoke(
                    ring.issue(KeyRequest.of(Organisation.of("globex")), ALICE).id(), ALICE);
        }
        return ring.issue(KeyRequest.of(ACME), ALICE).id();
    }

    @ParameterizedTest
    @EnumSource
    void a_change_that_dies_at_any_call_was_made_or_was_not_and_locks_nobody_out(Change change) {
        int before = 0;
        int after = 0;
        for (int calls = 0; ; calls++) {
            for (boolean carriedOut : new boolean[] {false, true}) {
                store.reset();
                String id = prepare();
                List<String> shapeBefore = shape(another());
                store.dieAt(calls, carriedOut);
                boolean died = false;
                try {
                    change.on(ring(store, LATER), id);
                } catch (Dead e) {
                    died = true;
                }
                String at = change + " died at call " + calls + (carriedOut ? ", carried out" : "");
                List<String> shape = shape(another());
                if (shape.equals(shapeBefore)) {
                    before++;
                } else {
                    assertThat(shape).as(at).isEqualTo(expected(change));
                    after++;
                }
                assertRepairable(at, change);
                if (!died) {
                    assertThat(before).isGreaterThan(3);
                    assertThat(after).isGreaterThan(3);
                    return;
                }
            }
        }
    }

    /** The shape after a change that nothing went wrong with. */
    private List<String> expected(Change change) {
        StoreKeyRingCrashTest other = new StoreKeyRingCrashTest();
        String id = other.prepare();
        change.on(other.another(), id);
        return shape(other.another());
    }

    /** Whoever may issue keys gets one that opens, of the organisation and the Admin's, without having one. */
    private void assertRepairable(String at, Change change) {
        KeyRing ring = another();
        AccessKey admin = ring.rotateAdmin(KeyRequest.admin(), ALICE);
        assertThat(ring.check(admin, FROM).isAdmin()).as(at).isTrue();
        assertThat(ring.list().stream()
                        .filter(key -> key.isAdmin() && key.state().isOpen()))
                .as(at)
                .hasSize(1);
        List<KeyDescription> open = ring.list().stream()
                .filter(key -> key.organisation().equals(Optional.of(ACME)) && key.state() == KeyState.ACTIVE)
                .toList();
        if (change != Change.REVOKE && change != Change.OFFBOARD) {
            AccessKey key = ring.rotate(open.get(0).id(), Duration.ZERO, ALICE);
            assertThat(ring.check(key, FROM).organisation()).as(at).contains(ACME);
        }
        change.on(ring, ring.issue(KeyRequest.of(ACME), ALICE).id());
    }

    @Test
    void an_admin_whose_maker_died_before_showing_the_key_can_be_replaced() {
        for (int calls = 0; ; calls++) {
            store.reset();
            store.dieAt(calls, true);
            boolean died = false;
            try {
                ring(store, START).issue(KeyRequest.admin(), ALICE);
            } catch (Dead e) {
                died = true;
            }
            KeyRing ring = another();
            boolean written = !ring.list().isEmpty();

            AccessKey admin =
                    written ? ring.rotateAdmin(KeyRequest.admin(), ALICE) : ring.issue(KeyRequest.admin(), ALICE);

            assertThat(ring.check(admin, FROM).isAdmin())
                    .as("died at call " + calls)
                    .isTrue();
            if (!died) {
                assertThat(calls).isGreaterThan(2);
                return;
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_change_whose_answer_is_lost_is_made_and_says_so(Change change) {
        for (String code : List.of("store.failed", "store.outcome_unknown")) {
            store.reset();
            String id = prepare();
            store.failAtCreate(code, true);

            Optional<AccessKey> made = change.on(ring(store, LATER), id);

            assertThat(shape(another())).as(code).isEqualTo(expected(change));
            made.ifPresent(key ->
                    assertThat(another().check(key, FROM).keyId()).as(code).isEqualTo(key.id()));
        }
    }

    @Test
    void an_offboarding_whose_answer_is_lost_names_the_keys_that_it_ended() {
        String id = prepare();
        store.failAtCreate("store.failed", true);

        assertThat(ring(store, LATER).offboard(ACME, ALICE))
                .extracting(KeyDescription::id)
                .containsExactly(id);
    }

    @ParameterizedTest
    @EnumSource
    void a_change_that_the_store_refuses_is_not_made_and_says_so(Change change) {
        String id = prepare();
        List<String> before = shape(another());
        store.failAtCreate("store.full", false);

        assertThatThrownBy(() -> change.on(ring(store, LATER), id))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.full"));
        assertThat(shape(another())).isEqualTo(before);
    }

    @Test
    void a_store_that_does_not_let_entries_be_deleted_hinders_nothing() {
        String id = prepare();
        store.undeletable = true;
        KeyRing ring = ring(store, LATER);

        AccessKey next = ring.rotate(id, Duration.ZERO, ALICE);

        assertThat(another().check(next, FROM).keyId()).isEqualTo(next.id());
    }

    @Test
    void a_ring_that_cannot_be_read_opens_nothing() {
        prepare();
        AccessKey key = another().issue(KeyRequest.of(ACME), ALICE);
        store.dieAt(0, false);

        assertThatThrownBy(() -> ring(store, LATER).check(key, FROM)).isInstanceOf(Dead.class);
    }

    @ParameterizedTest
    @EnumSource
    void a_change_that_another_writer_comes_before_is_made_after_it(Change change) {
        String id = prepare();
        AccessKey[] others = new AccessKey[1];
        store.beforeCreate = () -> others[0] = another().issue(KeyRequest.of(Organisation.of("initech")), ALICE);

        Optional<AccessKey> made = change.on(ring(store, LATER), id);

        assertThat(another().check(others[0], FROM).keyId()).isEqualTo(others[0].id());
        made.ifPresent(key -> assertThat(another().check(key, FROM).keyId()).isEqualTo(key.id()));
        assertThat(shape(another())).hasSize(expected(change).size() + 1).containsAll(expected(change));
    }

    @ParameterizedTest
    @EnumSource
    void a_writer_that_slept_until_its_number_was_pruned_makes_its_change_again(Change change) {
        String id = prepare();
        store.beforeCreate = () -> {
            KeyRing ring = another();
            for (int i = 0; i < 20; i++) {
                ring.issue(KeyRequest.of(Organisation.of("initech")), ALICE);
            }
        };

        Optional<AccessKey> made = change.on(ring(store, LATER), id);

        made.ifPresent(key -> assertThat(another().check(key, FROM).keyId()).isEqualTo(key.id()));
        assertThat(shape(another())).hasSize(expected(change).size() + 20).containsAll(expected(change));
    }

    @Test
    void of_two_who_rotate_one_key_the_second_learns_of_the_firsts() {
        String id = prepare();
        AccessKey[] first = new AccessKey[1];
        store.beforeCreate = () -> first[0] = another().rotate(id, Duration.ZERO, ALICE);

        assertThatThrownBy(() -> ring(store, LATER).rotate(id, Duration.ZERO, ALICE))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("key.not_active"))
                .hasMessageContaining(first[0].id());
        assertThat(another().check(first[0], FROM).organisation()).contains(ACME);
    }

    private static final class Dead extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Dead(Object lastAnswer) {
            super("It is dead, and does not get the answer " + lastAnswer);
        }
    }

    /** A store that dies, fails, or is slow to create. */
    private static final class UnsureStore implements ObjectStore {
        private ObjectStore real = ObjectStore.inMemory();
        private int callsLeft;
        private boolean lastIsCarriedOut;
        private boolean dead;
        private boolean undeletable;
        private String failure;
        private boolean failureIsCarriedOut;
        private Runnable beforeCreate;

        void reset() {
            real = ObjectStore.inMemory();
            dead = false;
            callsLeft = Integer.MAX_VALUE;
        }

        UnsureStore() {
            reset();
        }

        void dieAt(int calls, boolean carriedOut) {
            callsLeft = calls;
            lastIsCarriedOut = carriedOut;
        }

        void failAtCreate(String code, boolean carriedOut) {
            failure = code;
            failureIsCarriedOut = carriedOut;
        }

        private <T> T call(Supplier<T> work) {
            if (dead) {
                throw new Dead(null);
            }
            if (callsLeft-- > 0) {
                return work.get();
            }
            dead = true;
            throw lastIsCarriedOut ? new Dead(work.get()) : new Dead(null);
        }

        @Override
        public String name() {
            return real.name();
        }

        @Override
        public Stream<StoredObject> list(String prefix) {
            return call(() -> real.list(prefix));
        }

        @Override
        public ObjectReader open(String key) {
            return call(() -> real.open(key));
        }

        @Override
        public ObjectWriter create(String key) {
            throw new UnsupportedOperationException("A ring creates only what is not there");
        }

        @Override
        public boolean createIfAbsent(String key, byte[] content) {
            Runnable others = beforeCreate;
            beforeCreate = null;
            if (others != null) {
                others.run();
            }
            String code = failure;
            failure = null;
            if (code != null && !failureIsCarriedOut) {
                throw new KeywharfException(code, key, "Nothing was written");
            }
            boolean created = call(() -> real.createIfAbsent(key, content));
            if (code != null) {
                throw new KeywharfException(code, key, "The answer was lost");
            }
            return created;
        }

        @Override
        public void delete(String key) {
            if (undeletable) {
                throw new KeywharfException("store.failed", key, "Access is denied");
            }
            call(() -> {
                real.delete(key);
                return key;
            });
        }
    }
}
