package io.github.keywharf.key;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * What a ring keeps of a key, for those who implement a {@link KeyRing}. Nobody can log in by it: the seal is made by the
 * key over the facts that must not change, its organisation among them, so that an edited record no longer fits its key.
 *
 * @param id the key's id
 * @param organisation whose data it opens; none for the Admin
 * @param label what it is for
 * @param created when it was issued, in whole milliseconds
 * @param createdBy by whom
 * @param validUntil when it ends at the latest, in whole milliseconds; sealed
 * @param state {@link KeyState#ISSUING}, {@link KeyState#ACTIVE}, {@link KeyState#EXPIRED} or {@link KeyState#REVOKED}
 * @param ends when it ends earlier than that, if it does; not sealed, for it can only shorten
 * @param replacedBy the id of the key that took its place, if one did
 * @param ended when it was ended, if it was
 * @param seal see {@link AccessKey#seal}
 */
@JsonPropertyOrder({"id", "organisation", "label", "state"})
public record KeyRecord(
        String id,
        @JsonInclude(JsonInclude.Include.ALWAYS) Optional<Organisation> organisation,
        String label,
        Instant created,
        @JsonProperty("created_by") String createdBy,
        @JsonProperty("valid_until") Instant validUntil,
        KeyState state,
        Optional<Instant> ends,
        @JsonProperty("replaced_by") Optional<String> replacedBy,
        Optional<Instant> ended,
        String seal) {

    /** Checks that the state is one that is kept. */
    public KeyRecord {
        if (state == KeyState.GRACE) {
            throw new IllegalArgumentException("GRACE is worked out from the times, and not kept");
        }
    }

    /** The record of a new key, which is being issued. */
    public static KeyRecord of(AccessKey key, KeyRequest request, Actor by, Instant now) {
        Instant created = now.truncatedTo(ChronoUnit.MILLIS);
        Instant until = created.plus(request.validity()).truncatedTo(ChronoUnit.MILLIS);
        return new KeyRecord(
                key.id(),
                request.organisation(),
                request.label(),
                created,
                by.name(),
                until,
                KeyState.ISSUING,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                key.seal(facts(key.id(), request.organisation(), created, until)));
    }

    /**
     * What the key grants by this record.
     *
     * @throws KeywharfException with code {@code key.refused} when the key is not this record's, or the record was
     *     edited; with {@code key.expired} or {@code key.revoked} when it is, and has ended: only a holder gets this
     */
    public Grant grant(AccessKey key, Instant now) {
        if (!isOf(key)) {
            throw refused(key);
        }
        return switch (stateAt(now)) {
            case ACTIVE, GRACE -> new Grant(id, organisation, expires());
            case ISSUING -> throw refused(key);
            case EXPIRED ->
                throw new KeywharfException(
                        "key.expired", subject(id), "The key expired at " + end() + "; ask for a new one");
            case REVOKED ->
                throw new KeywharfException(
                        "key.revoked",
                        subject(id),
                        "The key was revoked" + ended.map(at -> " at " + at).orElse("") + "; ask for a new one");
        };
    }

    /** Whether it is this key's, and was not edited. */
    boolean isOf(AccessKey key) {
        boolean sealed = key.matchesSeal(seal, facts(id, organisation, created, validUntil));
        return sealed && key.id().equals(id);
    }

    /**
     * The refusal of a key that no ring knows, which reads and lasts as that of a wrong one, so that nobody learns which
     * ids exist.
     */
    public static KeywharfException unknown(AccessKey key) {
        boolean sealed = key.matchesSeal("", facts(key.id(), Optional.empty(), Instant.EPOCH, Instant.EPOCH));
        if (sealed) {
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

    private static String[] facts(String id, Optional<Organisation> organisation, Instant created, Instant until) {
        return new String[] {
            "keywharf access key 1",
            id,
            organisation.isPresent() ? "organisation" : "admin",
            organisation.map(Organisation::id).orElse(""),
            Long.toString(created.toEpochMilli()),
            Long.toString(until.toEpochMilli())
        };
    }

    /** Whether it is an Admin's. */
    public boolean isAdmin() {
        return organisation.isEmpty();
    }

    /** When it ends by itself. */
    public Instant expires() {
        return ends.filter(end -> end.isBefore(validUntil)).orElse(validUntil);
    }

    /** How long it was meant to live. */
    public Duration validity() {
        return Duration.between(created, validUntil);
    }

    /** Where it is in its life at that time. */
    public KeyState stateAt(Instant now) {
        if (state != KeyState.ACTIVE) {
            return state;
        }
        if (!now.isBefore(expires())) {
            return KeyState.EXPIRED;
        }
        return replacedBy.isPresent() ? KeyState.GRACE : KeyState.ACTIVE;
    }

    /** What may be seen of it at that time. */
    public KeyDescription describe(Instant now) {
        return new KeyDescription(
                id,
                stateAt(now),
                organisation,
                label,
                created,
                createdBy,
                expires(),
                ended,
                replacedBy,
                Optional.empty());
    }

    /** The same in another state. */
    public KeyRecord withState(KeyState other, Optional<Instant> at) {
        return new KeyRecord(
                id, organisation, label, created, createdBy, validUntil, other, ends, replacedBy, at, seal);
    }

    /** The same, ended because another key is in its place; a key that has expired stays expired. */
    KeyRecord replaced(String successor, Instant now) {
        KeyState end = stateAt(now) == KeyState.EXPIRED ? KeyState.EXPIRED : KeyState.REVOKED;
        return withSuccessor(successor).withState(end, Optional.of(now));
    }

    /** The same with another key in its place. */
    KeyRecord withSuccessor(String successor) {
        return new KeyRecord(
                id,
                organisation,
                label,
                created,
                createdBy,
                validUntil,
                state,
                ends,
                Optional.of(successor),
                ended,
                seal);
    }

    /** The same, ending at that time if it would end later. */
    KeyRecord endingBy(Instant end) {
        return end.isBefore(expires())
                ? new KeyRecord(
                        id,
                        organisation,
                        label,
                        created,
                        createdBy,
                        validUntil,
                        state,
                        Optional.of(end),
                        replacedBy,
                        ended,
                        seal)
                : this;
    }

    /** When it ended, if it has at that time. */
    Optional<Instant> endAt(Instant now) {
        return stateAt(now).hasEnded() ? Optional.of(end()) : Optional.empty();
    }

    /** When it ended or will: that it has expired may be noted later. */
    private Instant end() {
        return ended.filter(at -> at.isBefore(expires())).orElse(expires());
    }

    @Override
    public String toString() {
        return "KeyRecord[" + id + " " + state + " "
                + organisation.map(Organisation::id).orElse("(Admin)") + "]";
    }
}
