package io.github.keywharf.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.internal.Cut;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The records of a ring as one value. Each change gives another value, or this one where there is nothing to do. */
final class KeyRecords {
    static final KeyRecords NONE = new KeyRecords(Map.of());

    /** How long the record of a key that has ended is of use: its holder learns by it why the key does not open. */
    static final Duration KEPT_AFTER_END = Duration.ofDays(90);

    private final Map<String, KeyRecord> records;

    private KeyRecords(Map<String, KeyRecord> records) {
        this.records = records;
    }

    /** Records with ids that differ. */
    static KeyRecords of(Collection<KeyRecord> records) {
        Map<String, KeyRecord> byId = new LinkedHashMap<>();
        records.forEach(record -> byId.put(record.id(), record));
        if (byId.size() != records.size() || byId.size() > KeyRing.MAX_KEYS) {
            throw new IllegalArgumentException(records.size() + " records are more than " + KeyRing.MAX_KEYS
                    + ", or two have one id: " + byId.size() + " ids");
        }
        return new KeyRecords(byId);
    }

    Collection<KeyRecord> all() {
        return records.values();
    }

    Optional<KeyRecord> find(String id) {
        return Optional.ofNullable(records.get(id));
    }

    KeyRecord get(String id) {
        return find(id).orElseThrow(() -> new KeywharfException(
                "key.unknown", "key " + Cut.printable(id, 40), "There is no such key; see list()"));
    }

    private KeyRecords with(KeyRecord... changed) {
        Map<String, KeyRecord> next = new LinkedHashMap<>(records);
        for (KeyRecord record : changed) {
            next.put(record.id(), record);
        }
        return new KeyRecords(next);
    }

    /** Adds a key, if it is the Admin's in place of one that has expired. */
    KeyRecords issue(KeyRecord made, Instant now) {
        Optional<KeyRecord> admin = made.isAdmin() ? admin() : Optional.empty();
        admin.filter(record -> record.stateAt(now).isOpen()).ifPresent(record -> {
            throw new KeywharfException(
                    "key.admin_exists",
                    "admin",
                    "The Admin's key is " + record.id()
                            + ", and there is one only; rotateAdmin(…) replaces it, also when it was lost");
        });
        return admin.map(old -> with(old.replaced(made.id(), now))).orElse(this).withAdded(made, now);
    }

    KeyRecords rotateAdmin(KeyRecord made, Instant now) {
        KeyRecord old = admin().orElseThrow(() -> new KeywharfException(
                "key.no_admin", "admin", "There is no Admin's key; call issue(KeyRequest.admin(), …)"));
        return with(old.replaced(made.id(), now)).withAdded(made, now);
    }

    /** The key that is the Admin's: it opens, or has expired without a successor. */
    private Optional<KeyRecord> admin() {
        return records.values().stream().filter(KeyRecords::isTheAdmins).findFirst();
    }

    private static boolean isTheAdmins(KeyRecord record) {
        return record.isAdmin() && record.state() == KeyState.ACTIVE;
    }

    /** The key of this id, which may be rotated. */
    KeyRecord toRotate(String id, Instant now) {
        KeyRecord old = get(id);
        refuseAdmin(old);
        KeyState state = old.stateAt(now);
        boolean successorEnded = old.replacedBy()
                .flatMap(this::find)
                .map(next -> next.stateAt(now).hasEnded())
                .orElse(true);
        if (state == KeyState.ACTIVE || (state == KeyState.GRACE && successorEnded)) {
            return old;
        }
        throw new KeywharfException(
                "key.not_active",
                "key " + id,
                old.replacedBy()
                                .map(other -> "It was replaced by " + other + " already; rotate that one")
                                .orElse("It has ended")
                        + "; or issue a new key");
    }

    /** Adds a key in place of one that may be rotated. */
    KeyRecords rotate(KeyRecord old, KeyRecord made, Duration grace, Instant now) {
        KeyRecord changed = grace.isZero()
                ? old.replaced(made.id(), now)
                : old.with(old.life()
                        .replacedBy(made.id())
                        .endingBy(now.plus(grace).truncatedTo(ChronoUnit.MILLIS)));
        return with(changed).withAdded(made, now);
    }

    KeyRecords expire(String id, Instant when, Instant now) {
        KeyRecord record = get(id);
        refuseAdmin(record);
        if (record.stateAt(now).hasEnded()) {
            return this;
        }
        if (!when.isAfter(now)) {
            return with(record.end(KeyState.EXPIRED, now));
        }
        KeyRecord earlier = record.with(record.life().endingBy(when.truncatedTo(ChronoUnit.MILLIS)));
        return earlier.equals(record) ? this : with(earlier);
    }

    KeyRecords revoke(String id, Instant now) {
        KeyRecord record = get(id);
        refuseAdmin(record);
        return record.stateAt(now).hasEnded() ? this : with(record.end(KeyState.REVOKED, now));
    }

    /** The keys of an organisation that have not ended. */
    List<KeyRecord> unended(Organisation organisation, Instant now) {
        return records.values().stream()
                .filter(record -> record.organisation().equals(Optional.of(organisation)))
                .filter(record -> !record.stateAt(now).hasEnded())
                .toList();
    }

    KeyRecords offboard(Organisation organisation, Instant now) {
        KeyRecord[] ended = unended(organisation, now).stream()
                .map(record -> record.end(KeyState.REVOKED, now))
                .toArray(KeyRecord[]::new);
        return ended.length == 0 ? this : with(ended);
    }

    private static void refuseAdmin(KeyRecord record) {
        if (isTheAdmins(record)) {
            throw new KeywharfException(
                    "key.is_admin",
                    "key " + record.id(),
                    "It is the Admin's, and there is always one; call rotateAdmin(…), which ends it immediately");
        }
    }

    /**
     * With one more key, and without the records of those that ended long ago. A key that this one replaces is changed
     * before, as its record may be the one that gives way.
     */
    private KeyRecords withAdded(KeyRecord made, Instant now) {
        Map<String, KeyRecord> kept = new LinkedHashMap<>(records);
        kept.values()
                .removeIf(record -> record.endAt(now)
                        .filter(end -> end.isBefore(now.minus(KEPT_AFTER_END)))
                        .isPresent());
        while (kept.size() >= KeyRing.MAX_KEYS) {
            KeyRecord first = kept.values().stream()
                    .filter(record -> record.endAt(now).isPresent())
                    .min(Comparator.comparing(record -> record.endAt(now).orElseThrow()))
                    .orElseThrow(() -> new KeywharfException(
                            "key.too_many",
                            "keys",
                            "The ring has " + KeyRing.MAX_KEYS + " keys that have not ended, the most that it keeps;"
                                    + " revoke some, or use another ring"));
            kept.remove(first.id());
        }
        kept.put(made.id(), made);
        return new KeyRecords(kept);
    }
}
