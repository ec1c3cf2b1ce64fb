package io.github.keywharf.cassandra.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.internal.Cut;
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
    private final KeyRotation rotation;
    private final InstantSource clock;

    KeyLifecycle(KeyTables tables, KeyIssuing issuing, KeyAudit audit, KeyRotation rotation, InstantSource clock) {
        this.tables = tables;
        this.issuing = issuing;
        this.audit = audit;
        this.rotation = rotation;
        this.clock = clock;
    }

    AccessKey issue(KeyRequest request, Actor by) {
        return issuing.make("issue", request, by, key -> {}, key -> {});
    }

    AccessKey rotate(String id, Duration grace, Actor by) {
        Checks.between("grace", grace, Duration.ZERO, KeyRequest.MAX_VALIDITY);
        KeyRecord old = record(id);
        refuseAdmin(old, "rotateAdmin(…)");
        return rotation.rotate(old, grace, by);
    }

    KeyRecord expire(String id, Instant when, Actor by) {
        KeyRecord record = record(id);
        refuseAdmin(record, "rotateAdmin(…)");
        if (!when.isAfter(clock.instant())) {
            end(record, KeyState.EXPIRED, "expire", by);
            return record(id);
        }
        Instant ends = when.truncatedTo(ChronoUnit.MILLIS);
        KeyAudit.Entry entry = audit.begin("expire", id, record.organisation(), by, "at " + ends);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (record.state().hasEnded() || !ends.isBefore(record.expires()) || tables.shorten(record, ends)) {
                entry.done();
                return record(id);
            }
            record = record(id);
        }
        throw KeywharfException.retryable(
                "key.contended", "key " + id, "Others keep changing it at the same time; try again");
    }

    KeyRecord revoke(String id, Actor by) {
        KeyRecord record = record(id);
        refuseAdmin(record, "rotateAdmin(…), which ends it immediately");
        end(record, KeyState.REVOKED, "revoke", by);
        return record(id);
    }

    /** Somebody asked for it, so there is an entry also when there is nothing left to do: an earlier one may be missing. */
    private void end(KeyRecord record, KeyState state, String action, Actor by) {
        issuing.end(record, state, action, by);
        if (record.state().hasEnded()) {
            audit.done(action, record.id(), record.organisation(), by, "had ended already");
        }
    }

    private void refuseAdmin(KeyRecord record, String way) {
        boolean current = record.isAdmin()
                && tables.adminRow().map(row -> row.keyId().equals(record.id())).orElse(false);
        if (current) {
            throw new KeywharfException(
                    "key.is_admin", "key " + record.id(), "It is the Admin's, and there is always one; call " + way);
        }
    }

    KeyRecord record(String id) {
        Optional<KeyRecord> record = AccessKey.isId(id) ? tables.find(id) : Optional.empty();
        return record.orElseThrow(() -> new KeywharfException(
                "key.unknown", "key " + Cut.printable(id, 61), "There is no such key; see list()"));
    }
}
