package io.github.keywharf.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.key.RecordsPlace.Note;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Ring over records that are replaced as a whole. */
final class RecordsKeyRing implements KeyRing {
    private final RecordsPlace place;
    private final InstantSource clock;
    private final SecureRandom random;

    RecordsKeyRing(RecordsPlace place, InstantSource clock, SecureRandom random) {
        this.place = place;
        this.clock = clock;
        this.random = random;
    }

    /** Returns the current time in whole milliseconds, as records store it. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public AccessKey issue(KeyRequest request, Actor by) {
        Instant now = now();
        return issue("issue", by, now, (records, key) -> records.issue(newRecord(key, request, by, now), now));
    }

    @Override
    public AccessKey rotate(String keyId, Duration grace, Actor by) {
        Checks.between("grace", grace, Duration.ZERO, KeyRequest.MAX_VALIDITY);
        Instant now = now();
        return issue("rotate", by, now, (records, key) -> {
            KeyRecord old = records.toRotate(keyId, now);
            KeyRequest request = new KeyRequest(old.organisation(), old.label(), old.validity());
            return records.rotate(old, newRecord(key, request, by, now), grace, now);
        });
    }

    @Override
    public AccessKey rotateAdmin(KeyRequest request, Actor by) {
        Instant now = now();
        request.checkAdmin();
        return issue(
                "rotate admin", by, now, (records, key) -> records.rotateAdmin(newRecord(key, request, by, now), now));
    }

    private interface Insertion {
        KeyRecords insert(KeyRecords records, AccessKey key);
    }

    private AccessKey issue(String action, Actor by, Instant now, Insertion insertion) {
        AccessKey key = AccessKey.generate(random);
        try {
            place.update(new Note(action, by, now), records -> {
                Optional<KeyRecord> present = records.find(key.id());
                if (present.filter(record -> !record.isOf(key)).isPresent()) {
                    throw new KeywharfException(
                            "key.id_taken",
                            "key " + key.id(),
                            "Another key has this id; is the source of randomness sound?");
                }
                // It is there already when the answer to an earlier attempt was lost.
                return present.isPresent() ? records : insertion.insert(records, key);
            });
            return key;
        } catch (RuntimeException | Error e) {
            key.close();
            throw e;
        }
    }

    private static KeyRecord newRecord(AccessKey key, KeyRequest request, Actor by, Instant now) {
        return KeyRecord.of(key, request, by, now).activate();
    }

    @Override
    public Grant check(AccessKey key, String from) {
        Actor.origin(from);
        KeyRecord record = place.recent().find(key.id()).orElseThrow(() -> KeyRecord.unknown(key));
        Instant now = clock.instant();
        Grant grant = record.grant(key, now);
        place.used(key.id(), now);
        return grant;
    }

    @Override
    public KeyDescription describe(String keyId) {
        return describe(place.newest().get(keyId), clock.instant());
    }

    private KeyDescription describe(KeyRecord record, Instant now) {
        return record.describe(now, place.lastUsed(record.id()).orElse(null));
    }

    @Override
    public List<KeyDescription> list() {
        return descriptions(place.newest().all().stream());
    }

    private List<KeyDescription> descriptions(Stream<KeyRecord> records) {
        Instant now = clock.instant();
        return records.map(record -> describe(record, now))
                .sorted(Comparator.comparing(KeyDescription::created).thenComparing(KeyDescription::id))
                .toList();
    }

    @Override
    public KeyDescription expire(String keyId, Instant when, Actor by) {
        Instant now = now();
        return describe(
                place.update(new Note("expire", by, now), records -> records.expire(keyId, when, now))
                        .get(keyId),
                now);
    }

    @Override
    public KeyDescription revoke(String keyId, Actor by) {
        Instant now = now();
        return describe(
                place.update(new Note("revoke", by, now), records -> records.revoke(keyId, now))
                        .get(keyId),
                now);
    }

    @Override
    public List<KeyDescription> offboard(Organisation organisation, Actor by) {
        Instant now = now();
        // Each attempt may find other keys; the ones that this call ended have its time.
        Set<String> candidates = new HashSet<>();
        KeyRecords after = place.update(new Note("offboard", by, now), records -> {
            records.unended(organisation, now).forEach(record -> candidates.add(record.id()));
            return records.offboard(organisation, now);
        });
        return descriptions(candidates.stream()
                .flatMap(id -> after.find(id).stream())
                .filter(record -> record.ended().equals(Optional.of(now))));
    }

    @Override
    public String toString() {
        return place.toString();
    }
}
