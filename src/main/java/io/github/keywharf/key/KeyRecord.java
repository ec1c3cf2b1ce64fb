package io.github.keywharf.key;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stored record of a key, for implementations of {@link KeyRing}. It cannot be used to log in: the key computed the seal over
 * the facts that must not change, the organisation among them, so an edited record no longer matches its key.
 *
 * @param identity name of the key; id and organisation are sealed
 * @param life life of the key; creation and latest end are sealed
 * @param seal see {@link AccessKey#seal}
 */
public record KeyRecord(
        @JsonUnwrapped KeyIdentity identity, @JsonUnwrapped KeyLife life, String seal) implements KeyView {

    /** Rejects a derived state. */
    public KeyRecord {
        if (life.state() == KeyState.GRACE) {
            throw new IllegalArgumentException("GRACE is derived from the times and never stored");
        }
    }

    /** Creates the record of a key that is being issued. */
    public static KeyRecord of(AccessKey key, KeyRequest request, Actor by, Instant now) {
        Instant created = now.truncatedTo(ChronoUnit.MILLIS);
        Instant until = created.plus(request.validity()).truncatedTo(ChronoUnit.MILLIS);
        KeyIdentity identity = new KeyIdentity(key.id(), request.organisation(), request.label());
        KeyIssue issue = new KeyIssue(created, by.name(), until);
        return new KeyRecord(
                identity, new KeyLife(KeyState.ISSUING, issue, KeyEnd.NONE), key.seal(facts(identity, issue)));
    }

    /**
     * Returns the grant of the key.
     *
     * @throws KeywharfException with code {@code key.refused} if the key does not match this record, or the record was
     *     edited; with {@code key.expired} or {@code key.revoked} if it matches and has ended, which only a holder learns
     */
    public Grant grant(AccessKey key, Instant now) {
        if (!isOf(key)) {
            throw refused(key);
        }
        return switch (stateAt(now)) {
            case ACTIVE, GRACE -> new Grant(id(), organisation(), expires());
            case ISSUING -> throw refused(key);
            case EXPIRED ->
                throw new KeywharfException(
                        "key.expired", subject(id()), "The key expired at " + life.endTime() + "; ask for a new one");
            case REVOKED ->
                throw new KeywharfException(
                        "key.revoked",
                        subject(id()),
                        "The key was revoked" + ended().map(at -> " at " + at).orElse("") + "; ask for a new one");
        };
    }

    /** Returns true if this is the unedited record of the key. */
    boolean isOf(AccessKey key) {
        boolean sealed = key.matchesSeal(seal, facts(identity, life.issue()));
        return sealed && key.id().equals(id());
    }

    /**
     * Creates the refusal of a key that the ring does not contain. Its text and its duration equal those for a wrong key, so
     * that a caller cannot find out which ids exist.
     */
    public static KeywharfException unknown(AccessKey key) {
        KeyIdentity identity = new KeyIdentity(key.id(), Optional.empty(), "");
        if (key.matchesSeal("", facts(identity, new KeyIssue(Instant.EPOCH, "", Instant.EPOCH)))) {
            throw new IllegalStateException("No key has an empty seal");
        }
        return refused(key);
    }

    private static KeywharfException refused(AccessKey key) {
        return new KeywharfException(
                "key.refused", subject(key.id()), "The key is not valid; check that it is the right one for this ring");
    }

    private static String subject(String id) {
        return "key " + id;
    }

    private static String[] facts(KeyIdentity identity, KeyIssue issue) {
        return new String[] {
            "keywharf access key 1",
            identity.id(),
            identity.organisation().isPresent() ? "organisation" : "admin",
            identity.organisation().map(Organisation::id).orElse(""),
            Long.toString(issue.created().toEpochMilli()),
            Long.toString(issue.validUntil().toEpochMilli())
        };
    }

    /** Returns the length of the life for which the key was issued. */
    public Duration validity() {
        return Duration.between(created(), life.issue().validUntil());
    }

    /** Returns the state at a time. */
    public KeyState stateAt(Instant now) {
        return life.stateAt(now);
    }

    /** Describes the key at a time. */
    public KeyDescription describe(Instant now, @Nullable Instant lastUsed) {
        return new KeyDescription(identity, life.at(now), Optional.ofNullable(lastUsed));
    }

    KeyRecord with(KeyLife other) {
        return new KeyRecord(identity, other, seal);
    }

    /** Returns the record of the key once it is issued. */
    public KeyRecord activate() {
        return with(life.withState(KeyState.ACTIVE));
    }

    /** Returns the record of the key after it was ended. */
    public KeyRecord end(KeyState last, Instant at) {
        return with(life.ended(last, at));
    }

    /** Returns the record after another key has replaced the key; an expired key stays expired. */
    KeyRecord replaced(String successor, Instant now) {
        KeyState last = stateAt(now) == KeyState.EXPIRED ? KeyState.EXPIRED : KeyState.REVOKED;
        return with(life.replacedBy(successor).ended(last, now));
    }

    /** Returns the time of the end if the key has ended. */
    Optional<Instant> endAt(Instant now) {
        return stateAt(now).hasEnded() ? Optional.of(life.endTime()) : Optional.empty();
    }

    @Override
    public String toString() {
        return "KeyRecord[" + id() + " " + state() + " "
                + organisation().map(Organisation::id).orElse("(Admin)") + "]";
    }
}
