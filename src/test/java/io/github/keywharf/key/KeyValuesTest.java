package io.github.keywharf.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyValuesTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00.123456Z");
    private static final Actor ALICE = Actor.of("alice", "10.1.2.3");
    private static final Organisation ACME = Organisation.of("acme");

    private final AccessKey key = AccessKey.generate(new SecureRandom());

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\nb", "a\u0000", "a\u202Eb", "a\u2028b", "\uD800"})
    void an_actor_whose_name_could_forge_a_line_is_refused(String name) {
        assertThatThrownBy(() -> Actor.of(name, "10.1.2.3")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_actors_name_is_bounded() {
        assertThat(Actor.of("x".repeat(128), "h").name()).hasSize(128);
        assertThatThrownBy(() -> Actor.of("x".repeat(129), "h"))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .hasSizeLessThan(300);
    }

    @Test
    void an_origin_is_made_fit_rather_than_refused() {
        assertThat(Actor.of("a", " 10.0.0.1\r\nok alice ").from()).isEqualTo("10.0.0.1??ok alice");
        assertThat(Actor.origin("x".repeat(1_000))).hasSize(128).endsWith("…");
        assertThatThrownBy(() -> Actor.origin(" ")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_request_is_bounded() {
        KeyRequest request = KeyRequest.of(ACME);

        assertThat(request.validity()).isEqualTo(KeyRequest.DEFAULT_VALIDITY);
        assertThatThrownBy(() -> request.validFor(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT0S");
        assertThatThrownBy(() -> request.validFor(KeyRequest.MAX_VALIDITY.plusNanos(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> request.withLabel("x".repeat(101))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> request.withLabel("a\tb")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_grant_is_for_one_organisation_or_for_all() {
        Grant one = new Grant("a", Optional.of(ACME), NOW);
        Grant all = new Grant("b", Optional.empty(), NOW);

        assertThat(one.mayEnter(ACME)).isTrue();
        assertThat(one.mayEnter(Organisation.of("globex"))).isFalse();
        assertThat(one.isAdmin()).isFalse();
        assertThat(all.mayEnter(ACME)).isTrue();
        assertThat(all.isAdmin()).isTrue();
        assertThat(all.toString()).contains("Admin");
    }

    @Test
    void a_record_grants_its_key_what_was_asked_for() {
        KeyRecord record = record().activate();

        Grant grant = record.grant(key, NOW);

        assertThat(grant.organisation()).contains(ACME);
        assertThat(grant.expires()).isEqualTo(Instant.parse("2027-11-01T12:00:00.123Z"));
    }

    @Test
    void a_key_that_is_being_issued_opens_nothing() {
        assertRefused(record(), key, "key.refused");
    }

    @Test
    void a_record_that_was_edited_no_longer_fits_its_key() {
        KeyRecord good = record().activate();

        assertRefused(
                edited(
                        good,
                        Optional.of(Organisation.of("globex")),
                        good.created(),
                        good.life().issue().validUntil()),
                key,
                "key.refused");
        assertRefused(
                edited(
                        good,
                        Optional.empty(),
                        good.created(),
                        good.life().issue().validUntil()),
                key,
                "key.refused");
        assertRefused(
                edited(
                        good,
                        good.organisation(),
                        good.created(),
                        good.life().issue().validUntil().plusMillis(1)),
                key,
                "key.refused");
        assertRefused(
                edited(
                        good,
                        good.organisation(),
                        good.created().minusMillis(1),
                        good.life().issue().validUntil()),
                key,
                "key.refused");
    }

    @Test
    void another_key_is_refused_like_an_unknown_one() {
        KeyRecord record = record().activate();
        AccessKey other = AccessKey.generate(new SecureRandom());
        String unknown = KeyRecord.unknown(other).getMessage();

        assertThatThrownBy(() -> record.grant(other, NOW)).hasMessage(unknown);
    }

    @Test
    void only_a_holder_learns_that_a_key_has_ended() {
        KeyRecord revoked = record().end(KeyState.REVOKED, NOW);
        AccessKey other = AccessKey.generate(new SecureRandom());

        assertRefused(revoked, key, "key.revoked");
        assertRefused(revoked, other, "key.refused");
        assertThatThrownBy(() -> record().activate().grant(key, NOW.plus(Duration.ofDays(366))))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("key.expired"));
    }

    @Test
    void an_end_can_only_be_earlier_than_what_was_sealed() {
        KeyRecord r = record();
        KeyLife life = r.life().withState(KeyState.ACTIVE);
        Instant until = life.issue().validUntil();
        KeyRecord longer =
                r.with(life.withEnd(new KeyEnd(Optional.of(until.plusSeconds(9)), Optional.empty(), Optional.empty())));
        KeyRecord shorter =
                r.with(life.withEnd(new KeyEnd(Optional.of(NOW.plusSeconds(9)), Optional.of("b"), Optional.empty())));

        assertThat(longer.expires()).isEqualTo(until);
        assertThat(shorter.expires()).isEqualTo(NOW.plusSeconds(9));
        assertThat(shorter.stateAt(NOW)).isEqualTo(KeyState.GRACE);
        assertThat(shorter.stateAt(NOW.plusSeconds(9))).isEqualTo(KeyState.EXPIRED);
    }

    @Test
    void grace_is_never_kept_as_a_state() {
        assertThatThrownBy(() -> record().end(KeyState.GRACE, NOW)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void neither_a_description_nor_a_record_shows_what_verifies_the_key() {
        KeyRecord record = record();

        assertThat(record.toString()).doesNotContain(record.seal());
        assertThat(record.describe(NOW, null).toString())
                .doesNotContain(record.seal())
                .contains("acme", "alice");
    }

    private KeyRecord record() {
        return KeyRecord.of(key, KeyRequest.of(ACME), ALICE, NOW);
    }

    private static KeyRecord edited(KeyRecord r, Optional<Organisation> organisation, Instant created, Instant until) {
        KeyIdentity identity = new KeyIdentity(r.id(), organisation, r.label());
        KeyIssue issue = new KeyIssue(created, r.createdBy(), until);
        return new KeyRecord(identity, new KeyLife(r.state(), issue, r.life().end()), r.seal());
    }

    private static void assertRefused(KeyRecord record, AccessKey key, String code) {
        assertThatThrownBy(() -> record.grant(key, NOW))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
