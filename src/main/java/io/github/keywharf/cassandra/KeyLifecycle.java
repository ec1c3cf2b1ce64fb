package io.github.keywharf.cassandra;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.Actor;
import io.github.keywharf.key.KeyRecord;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.key.KeyState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** What may be done to the keys of organisations. Thread-safe. */
final class KeyLifecycle {

    /** How often a change is tried again that another one came before. */
    private static final int ATTEMPTS = 5;

    private final KeyTables tables;
    private final KeyIssuing issuing;
    private final KeyAudit audit;
    private final InstantSource clock;

    KeyLifecycle(KeyTables tables, KeyIssuing issuing, KeyAudit audit, InstantSource clock) {
        this.tables = tables;
        this.issuing = issuing;
        this.audit = audit;
        this.clock = clock;
    }

    AccessKey issue(KeyRequest request, Actor by) {
        return issuing.make("issue", request, by, key -> {}, key -> {});
    }

    AccessKey rotate(String id, Duration grace, Actor by) {
        if (grace.isNegative() || grace.compareTo(KeyRequest.MAX_VALIDITY) > 0) {
            throw new IllegalArgumentException(
                    "A grace of " + grace + " is not from PT0S to " + KeyRequest.MAX_VALIDITY);
        }
        KeyRecord old = record(id);
        refuseAdmin(old, "rotateAdmin(…)");
        if (old.stateAt(clock.instant()) != KeyState.ACTIVE) {
            throw notActive(old);
        }
        KeyRequest request = new KeyRequest(old.organisation(), old.label(), old.validity());
        AccessKey key = issuing.make("rotate", request, by, made -> {}, made -> {});
        boolean handed = false;
        try {
            Instant ends = clock.instant().plus(grace).truncatedTo(ChronoUnit.MILLIS);
            if (!tables.replace(id, key.id(), ends)) {
                throw notActive(record(id));
            }
            if (grace.isZero()) {
                issuing.end(old, KeyState.REVOKED, "replace", by);
            }
            handed = true;
            return key;
        } finally {
            if (!handed) {
                issuing.abandon(key.id(), old.organisation(), by);
                key.close();
            }
        }
    }

    KeyRecord expire(String id, Instant when, Actor by) {
        KeyRecord record = record(id);
        refuseAdmin(record, "rotateAdmin(…)");
        if (!when.isAfter(clock.instant())) {
            issuing.end(record, KeyState.EXPIRED, "expire", by);
            return record(id);
        }
        Instant ends = when.truncatedTo(ChronoUnit.MILLIS);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (record.state() != KeyState.ACTIVE || !ends.isBefore(record.expires())) {
                return record;
            }
            if (tables.shorten(id, record.ends(), ends)) {
                audit.done("expire", id, record.organisation(), by, "at " + ends);
                return record(id);
            }
            record = record(id);
        }
        throw new KeywharfException(
                "key.contended", "key " + id, "Others keep changing it at the same time; try again");
    }

    KeyRecord revoke(String id, Actor by) {
        KeyRecord record = record(id);
        refuseAdmin(record, "rotateAdmin(…), which ends it at once");
        issuing.end(record, KeyState.REVOKED, "revoke", by);
        return record(id);
    }

    private void refuseAdmin(KeyRecord record, String way) {
        boolean current = record.isAdmin()
                && tables.adminRow().map(row -> row.keyId().equals(record.id())).orElse(false);
        if (current) {
            throw new KeywharfException(
                    "key.is_admin", "key " + record.id(), "It is the Admin's, and there is always one; call " + way);
        }
    }

    private static KeywharfException notActive(KeyRecord record) {
        return new KeywharfException(
                "key.not_active",
                "key " + record.id(),
                record.replacedBy()
                                .map(other -> "It was replaced by " + other + " already; rotate that one")
                                .orElse("It has ended, or is still being issued")
                        + "; or issue a new key");
    }

    KeyRecord record(String id) {
        Optional<KeyRecord> record = AccessKey.isId(id) ? tables.find(id) : Optional.empty();
        return record.orElseThrow(() ->
                new KeywharfException("key.unknown", "key " + KeyNames.shown(id), "There is no such key; see list()"));
    }
}
