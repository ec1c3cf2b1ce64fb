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

/** Records of a ring as one immutable value. A change returns another value, or this one if it changes nothing. */
final class KeyRecords {
    static final KeyRecords NONE = new KeyRecords(Map.of());

    /** Retention of the record of an ended key, from which its holder learns why the key no longer opens. */
    static final Duration KEPT_AFTER_END = Duration.ofDays(90);

    private final Map<String, KeyRecord> records;

    private KeyRecords(Map<String, KeyRecord> records) {
        this.records = records;
    }

    /** Creates records with distinct ids. */
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

    /** Adds a key; the Admin's key replaces one that has expired. */
    KeyRecords issue(KeyRecord issued, Instant now) {
        Optional<KeyRecord> admin = issued.isAdmin() ? admin() : Optional.empty();
        admin.filter(record -> record.stateAt(now).isOpen()).ifPresent(record -> {
            throw new KeywharfException(
                    "key.admin_exists",
                    "admin",
                    "The Admin's key is " + record.id()
                            + ", and there is one only; rotateAdmin(…) replaces it, also when it was lost");
        });
        return admin.map(old -> with(old.replaced(issued.id(), now)))
                .orElse(this)
                .withAdded(issued, now);
    }

    KeyRecords rotateAdmin(KeyRecord issued, Instant now) {
        KeyRecord old = admin().orElseThrow(() -> new KeywharfException(
                "key.no_admin", "admin", "There is no Admin's key; call issue(KeyRequest.admin(), …)"));
        return with(old.replaced(issued.id(), now)).withAdded(issued, now);
    }

    /** Returns the Admin's key, which is active, or has expired without a successor. */
    private Optional<KeyRecord> admin() {
        return records.values().stream().filter(KeyRecords::isTheAdmins).findFirst();
    }

    private static boolean isTheAdmins(KeyRecord record) {
        return record.isAdmin() && record.state() == KeyState.ACTIVE;
    }

    /** Returns the key of this id, if it may be rotated. */
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

    /** Adds the successor of a key. */
    KeyRecords rotate(KeyRecord old, KeyRecord issued, Duration grace, Instant now) {
        KeyRecord changed = grace.isZero()
                ? old.replaced(issued.id(), now)
                : old.with(old.life()
                        .replacedBy(issued.id())
                        .endingBy(now.plus(grace).truncatedTo(ChronoUnit.MILLIS)));
        return with(changed).withAdded(issued, now);
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

    /** Returns the keys of an organisation that have not ended. */
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
     * Adds a key and removes the records of those that ended long ago. A key that it replaces is changed before, because its
     * record may be the one that is removed.
     */
    private KeyRecords withAdded(KeyRecord issued, Instant now) {
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
        kept.put(issued.id(), issued);
        return new KeyRecords(kept);
    }
}
