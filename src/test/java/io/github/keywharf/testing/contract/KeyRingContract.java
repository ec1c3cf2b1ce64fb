package io.github.keywharf.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.Actor;
import io.github.keywharf.key.Grant;
import io.github.keywharf.key.KeyDescription;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.key.KeyRing;
import io.github.keywharf.key.KeyState;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link KeyRing} keeps to. Extend it to test an implementation of your own. */
public abstract class KeyRingContract {
    private static final Actor ALICE = Actor.of("alice", "10.1.2.3");
    private static final String FROM = "192.0.2.1";

    /** For subclasses. */
    protected KeyRingContract() {}

    private final AtomicReference<Instant> now = new AtomicReference<>();
    private KeyRing ring;

    /** A ring that takes the time from this clock; it may have keys of earlier tests. */
    protected abstract KeyRing ring(InstantSource clock) throws Exception;

    /** An organisation that the ring issues keys for; called more than once, another one each time. */
    protected abstract Organisation organisation() throws Exception;

    @BeforeEach
    final void open() throws Exception {
        now.set(Instant.now().truncatedTo(ChronoUnit.MILLIS));
        ring = ring(now::get);
    }

    private AccessKey issue(Organisation organisation) {
        return ring.issue(KeyRequest.of(organisation), ALICE);
    }

    private static void assertCode(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    /** A key grants its own organisation, until it ends. */
    @Test
    public void a_key_grants_its_own_organisation() throws Exception {
        Organisation organisation = organisation();
        AccessKey key = ring.issue(KeyRequest.of(organisation).validFor(Duration.ofHours(1)), ALICE);

        Grant grant = ring.check(key, FROM);

        assertThat(grant.keyId()).isEqualTo(key.id());
        assertThat(grant.organisation()).contains(organisation);
        assertThat(grant.mayEnter(organisation())).isFalse();
        assertThat(grant.expires()).isEqualTo(now.get().plus(Duration.ofHours(1)));
    }

    /** The text is the key: it may go through a file and come back. */
    @Test
    public void a_key_is_known_by_its_text() throws Exception {
        AccessKey key = issue(organisation());

        assertThat(ring.check(AccessKey.parse(key.reveal()), FROM).keyId()).isEqualTo(key.id());
    }

    /** A key that the ring never issued. */
    @Test
    public void a_key_that_was_made_elsewhere_is_refused() {
        assertCode("key.refused", () -> ring.check(AccessKey.generate(new SecureRandom()), FROM));
    }

    /** The id of one key with the secret of another. */
    @Test
    public void an_id_with_another_keys_secret_is_refused() throws Exception {
        Organisation organisation = organisation();
        AccessKey key = issue(organisation);
        AccessKey mixed = withSecretOf(key, issue(organisation));

        assertThat(mixed.id()).isEqualTo(key.id());
        assertCode("key.refused", () -> ring.check(mixed, FROM));
        assertThat(ring.check(key, FROM).keyId()).isEqualTo(key.id());
    }

    private static AccessKey withSecretOf(AccessKey key, AccessKey other) {
        // The secret is made from the first random bytes, the id from the next.
        byte[] secret = java.util.Base64.getUrlDecoder().decode(other.secret().reveal());
        String id = key.id();
        return AccessKey.generate(new SecureRandom() {
            private static final long serialVersionUID = 1L;

            @Override
            public void nextBytes(byte[] bytes) {
                byte[] source = bytes.length == secret.length ? secret : decoded(id);
                System.arraycopy(source, 0, bytes, 0, bytes.length);
            }
        });
    }

    private static byte[] decoded(String base32) {
        byte[] bytes = new byte[base32.length() * 5 / 8];
        java.math.BigInteger value = java.math.BigInteger.ZERO;
        for (char c : base32.toCharArray()) {
            value = value.shiftLeft(5).or(java.math.BigInteger.valueOf("abcdefghijklmnopqrstuvwxyz234567".indexOf(c)));
        }
        for (int i = bytes.length - 1; i >= 0; i--) {
            bytes[i] = value.byteValue();
            value = value.shiftRight(8);
        }
        return bytes;
    }

    /** At its last moment a key is open, and then no more. */
    @Test
    public void a_key_ends_when_its_time_is_over() throws Exception {
        AccessKey key = ring.issue(KeyRequest.of(organisation()).validFor(Duration.ofHours(1)), ALICE);

        now.set(now.get().plus(Duration.ofHours(1)).minusMillis(1));
        assertThat(ring.check(key, FROM).keyId()).isEqualTo(key.id());
        now.set(now.get().plusMillis(1));
        assertCode("key.expired", () -> ring.check(key, FROM));
        assertThat(described(key).state()).isEqualTo(KeyState.EXPIRED);
    }

    /** Revoking ends a key immediately, and doing so again changes nothing. */
    @Test
    public void a_revoked_key_is_refused() throws Exception {
        AccessKey key = issue(organisation());

        KeyDescription revoked = ring.revoke(key.id(), ALICE);

        assertThat(revoked.state()).isEqualTo(KeyState.REVOKED);
        assertThat(revoked.ended()).contains(now.get());
        assertCode("key.revoked", () -> ring.check(key, FROM));
        now.set(now.get().plusSeconds(5));
        assertThat(ring.revoke(key.id(), ALICE).ended()).isEqualTo(revoked.ended());
    }

    /** One key's end is no other's. */
    @Test
    public void other_keys_of_the_organisation_go_on() throws Exception {
        Organisation organisation = organisation();
        AccessKey key = issue(organisation);
        AccessKey other = issue(organisation);
        ring.revoke(key.id(), ALICE);

        assertThat(ring.check(other, FROM).organisation()).contains(organisation);
    }

    /** All keys of an organisation end, and no other's; doing so again changes nothing. */
    @Test
    public void an_offboarded_organisation_has_no_key_that_opens() throws Exception {
        Organisation organisation = organisation();
        AccessKey first = issue(organisation);
        AccessKey ended = issue(organisation);
        AccessKey second = issue(organisation);
        AccessKey other = issue(organisation());
        ring.revoke(ended.id(), ALICE);

        List<KeyDescription> offboarded = ring.offboard(organisation, ALICE);

        assertThat(offboarded).extracting(KeyDescription::id).containsExactlyInAnyOrder(first.id(), second.id());
        assertThat(offboarded).allSatisfy(key -> {
            assertThat(key.state()).isEqualTo(KeyState.REVOKED);
            assertThat(key.ended()).contains(now.get());
        });
        assertCode("key.revoked", () -> ring.check(first, FROM));
        assertCode("key.revoked", () -> ring.check(second, FROM));
        assertThat(ring.check(other, FROM).keyId()).isEqualTo(other.id());
        now.set(now.get().plusSeconds(5));
        assertThat(ring.offboard(organisation, ALICE)).isEmpty();
        assertThat(described(first).ended()).isEqualTo(offboarded.get(0).ended());
    }

    /** An id that is none. */
    @Test
    public void what_is_not_there_cannot_be_revoked() {
        assertCode("key.unknown", () -> ring.revoke("a".repeat(16), ALICE));
        assertCode("key.unknown", () -> ring.revoke("no id\n' OR 1=1", ALICE));
        assertThatThrownBy(() -> ring.revoke("\u009b2J\u202e", ALICE)).hasMessageContaining("?2J?");
    }

    /** Lists show all but the key. */
    @Test
    public void a_key_is_listed_with_what_it_is_for() throws Exception {
        Organisation organisation = organisation();
        AccessKey key = ring.issue(KeyRequest.of(organisation).withLabel("nightly load"), ALICE);

        KeyDescription description = described(key);

        assertThat(description.state()).isEqualTo(KeyState.ACTIVE);
        assertThat(description.organisation()).contains(organisation);
        assertThat(description.label()).isEqualTo("nightly load");
        assertThat(description.createdBy()).isEqualTo("alice");
        assertThat(description.created()).isEqualTo(now.get());
        assertThat(description.expires()).isEqualTo(now.get().plus(KeyRequest.DEFAULT_VALIDITY));
        assertThat(description.ended()).isEmpty();
        assertThat(description.isAdmin()).isFalse();
        assertThat(ring.describe(key.id())).isEqualTo(description);
        assertThat(ring.list().toString()).doesNotContain(key.secret().reveal());
        assertCode("key.unknown", () -> ring.describe("a".repeat(16)));
    }

    /** A key that has expired did not end by being revoked afterwards, nor is its end changed. */
    @Test
    public void an_expired_key_stays_expired() throws Exception {
        AccessKey key = ring.issue(KeyRequest.of(organisation()).validFor(Duration.ofHours(1)), ALICE);
        Instant end = now.get().plus(Duration.ofHours(1));
        now.set(end.plusSeconds(1));

        assertThat(ring.revoke(key.id(), ALICE).state()).isEqualTo(KeyState.EXPIRED);
        assertThat(ring.expire(key.id(), now.get().plusSeconds(60), ALICE).expires())
                .isEqualTo(end);
        assertCode("key.not_active", () -> ring.rotate(key.id(), Duration.ZERO, ALICE));
        assertCode("key.expired", () -> ring.check(key, FROM));
    }

    /** An end can be brought forward, and not put off. */
    @Test
    public void an_end_is_brought_forward() throws Exception {
        AccessKey key = issue(organisation());
        Instant end = now.get().plus(Duration.ofHours(2));

        assertThat(ring.expire(key.id(), end, ALICE).expires()).isEqualTo(end);
        assertThat(ring.expire(key.id(), end.plusSeconds(60), ALICE).expires()).isEqualTo(end);
        assertThat(ring.check(key, FROM).expires()).isEqualTo(end);
        now.set(end);
        assertCode("key.expired", () -> ring.check(key, FROM));
        assertCode("key.unknown", () -> ring.expire("a".repeat(16), end, ALICE));
    }

    /** A time that is not in the future ends a key immediately. */
    @Test
    public void a_key_expires_immediately() throws Exception {
        AccessKey key = issue(organisation());

        KeyDescription expired = ring.expire(key.id(), now.get(), ALICE);

        assertThat(expired.state()).isEqualTo(KeyState.EXPIRED);
        assertThat(expired.ended()).contains(now.get());
        assertCode("key.expired", () -> ring.check(key, FROM));
        assertThatThrownBy(() -> ring.check(key, FROM)).hasMessageContaining("expired at " + now.get());
    }

    /** Both keys open until the grace is over, and then the new one alone. */
    @Test
    public void a_rotated_key_opens_until_its_grace_is_over() throws Exception {
        Organisation organisation = organisation();
        KeyRequest request =
                KeyRequest.of(organisation).withLabel("nightly load").validFor(Duration.ofDays(7));
        AccessKey old = ring.issue(request, ALICE);
        now.set(now.get().plus(Duration.ofDays(1)));

        AccessKey next = ring.rotate(old.id(), Duration.ofHours(1), ALICE);

        KeyDescription made = described(next);
        assertThat(made.organisation()).contains(organisation);
        assertThat(made.label()).isEqualTo("nightly load");
        assertThat(made.expires()).isEqualTo(now.get().plus(Duration.ofDays(7)));
        assertThat(described(old).state()).isEqualTo(KeyState.GRACE);
        assertThat(described(old).replacedBy()).contains(next.id());
        assertThat(ring.check(old, FROM).expires()).isEqualTo(now.get().plus(Duration.ofHours(1)));
        assertThat(ring.check(next, FROM).organisation()).contains(organisation);
        now.set(now.get().plus(Duration.ofHours(1)));
        assertCode("key.expired", () -> ring.check(old, FROM));
        assertThat(ring.check(next, FROM).keyId()).isEqualTo(next.id());
    }

    /** Grace shortens a key's life and never makes it longer. */
    @Test
    public void grace_does_not_outlast_the_keys_own_end() throws Exception {
        AccessKey old = ring.issue(KeyRequest.of(organisation()).validFor(Duration.ofHours(1)), ALICE);
        Instant end = ring.check(old, FROM).expires();

        ring.rotate(old.id(), Duration.ofDays(30), ALICE);

        assertThat(described(old).expires()).isEqualTo(end);
        assertThatThrownBy(() -> ring.rotate(old.id(), Duration.ofSeconds(-1), ALICE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ring.rotate(old.id(), KeyRequest.MAX_VALIDITY.plusSeconds(1), ALICE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Without grace the old key is revoked; who lost the new one rotates that. */
    @Test
    public void a_successor_that_nobody_was_shown_is_rotated_itself() throws Exception {
        AccessKey old = issue(organisation());
        String lost = ring.rotate(old.id(), Duration.ZERO, ALICE).id();
        assertCode("key.revoked", () -> ring.check(old, FROM));

        assertThatThrownBy(() -> ring.rotate(old.id(), Duration.ZERO, ALICE))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("key.not_active"))
                .hasMessageContaining(lost);
        AccessKey next = ring.rotate(lost, Duration.ZERO, ALICE);

        assertThat(ring.check(next, FROM).organisation())
                .isEqualTo(described(old).organisation());
        assertThat(ring.describe(lost).state()).isEqualTo(KeyState.REVOKED);
        assertCode("key.unknown", () -> ring.rotate("a".repeat(16), Duration.ZERO, ALICE));
    }

    /** During its grace a key is rotated again only if its successor has ended. */
    @Test
    public void a_key_in_grace_is_rotated_again_when_its_successor_has_ended() throws Exception {
        AccessKey old = issue(organisation());
        AccessKey first = ring.rotate(old.id(), Duration.ofHours(1), ALICE);
        assertCode("key.not_active", () -> ring.rotate(old.id(), Duration.ofHours(1), ALICE));
        ring.revoke(first.id(), ALICE);

        AccessKey second = ring.rotate(old.id(), Duration.ofHours(1), ALICE);

        assertThat(described(old).replacedBy()).contains(second.id());
        assertThat(ring.check(old, FROM).keyId()).isEqualTo(old.id());
        assertThat(ring.check(second, FROM).keyId()).isEqualTo(second.id());
        assertCode("key.revoked", () -> ring.check(first, FROM));
    }

    private Optional<KeyDescription> openAdmin() {
        List<KeyDescription> open = ring.list().stream()
                .filter(key -> key.isAdmin() && key.state().isOpen())
                .toList();
        assertThat(open).hasSizeLessThan(2);
        return open.stream().findFirst();
    }

    /** An Admin's key, whether or not there was one. */
    private AccessKey admin() {
        return openAdmin().isPresent()
                ? ring.rotateAdmin(KeyRequest.admin(), ALICE)
                : ring.issue(KeyRequest.admin(), ALICE);
    }

    /** However often it is asked for. */
    @Test
    public void there_is_one_admin_who_may_enter_all() throws Exception {
        AccessKey admin = admin();
        assertThat(ring.check(admin, FROM).mayEnter(organisation())).isTrue();

        assertThatThrownBy(() -> ring.issue(KeyRequest.admin(), ALICE))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("key.admin_exists"))
                .hasMessageContaining(admin.id());
        assertCode("key.is_admin", () -> ring.revoke(admin.id(), ALICE));
        assertCode("key.is_admin", () -> ring.expire(admin.id(), now.get(), ALICE));
        assertCode("key.is_admin", () -> ring.rotate(admin.id(), Duration.ZERO, ALICE));
        assertThat(openAdmin()).map(KeyDescription::id).contains(admin.id());
    }

    /** Without the old key, which may be lost, or which its caller died too early to show. */
    @Test
    public void an_admins_key_that_nobody_has_is_replaced() {
        String lost = admin().id();

        AccessKey next = ring.rotateAdmin(KeyRequest.admin().withLabel("again"), ALICE);

        assertThat(ring.check(next, FROM).isAdmin()).isTrue();
        assertThat(described(next).label()).isEqualTo("again");
        assertThat(ring.describe(lost).state()).isEqualTo(KeyState.REVOKED);
        assertThat(openAdmin()).map(KeyDescription::id).contains(next.id());
        KeyRequest wrong = KeyRequest.of(Organisation.of("acme"));
        assertThatThrownBy(() -> ring.rotateAdmin(wrong, ALICE)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Whoever finds that the Admin's key has expired may rotate it, or issue one. */
    @Test
    public void an_admins_key_that_has_expired_is_replaced_in_either_way() {
        AccessKey first = admin();
        now.set(ring.check(first, FROM).expires());
        AccessKey second = ring.issue(KeyRequest.admin(), ALICE);
        assertThat(openAdmin()).map(KeyDescription::id).contains(second.id());
        now.set(ring.check(second, FROM).expires());
        AccessKey third = ring.rotateAdmin(KeyRequest.admin(), ALICE);

        assertThat(openAdmin()).map(KeyDescription::id).contains(third.id());
        assertThat(described(second).state()).isEqualTo(KeyState.EXPIRED);
        assertThat(ring.check(third, FROM).isAdmin()).isTrue();
    }

    /** Failures are counted by it. */
    @Test
    public void an_origin_is_asked_for() throws Exception {
        AccessKey key = issue(organisation());

        assertThatThrownBy(() -> ring.check(key, "")).isInstanceOf(IllegalArgumentException.class);
    }

    private KeyDescription described(AccessKey key) {
        return ring.list().stream()
                .filter(description -> description.id().equals(key.id()))
                .findFirst()
                .orElseThrow();
    }
}
