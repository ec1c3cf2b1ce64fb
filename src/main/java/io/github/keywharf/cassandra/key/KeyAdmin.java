package io.github.keywharf.cassandra.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.key.KeyTables.AdminRow;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.Actor;
import io.github.keywharf.key.KeyRecord;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.key.KeyState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Admin's key, of which there is one: the one that a row names, which lightweight transactions alone change. Whatever
 * else a record says, a key that the row does not name opens nothing. Thread-safe.
 */
final class KeyAdmin {
    private static final Logger LOG = LoggerFactory.getLogger(KeyAdmin.class);

    private final KeyTables tables;
    private final KeyIssuing issuing;
    private final InstantSource clock;

    KeyAdmin(KeyTables tables, KeyIssuing issuing, InstantSource clock) {
        this.tables = tables;
        this.issuing = issuing;
        this.clock = clock;
    }

    AccessKey issue(KeyRequest request, Actor by) {
        // Saves the making of a key; what decides is the claim.
        Optional<AdminRow> row = tables.adminRow();
        if (row.isPresent()) {
            String id = row.get().keyId();
            boolean expired = tables.find(id)
                    .filter(record -> record.stateAt(clock.instant()) == KeyState.EXPIRED)
                    .isPresent();
            if (expired) {
                return rotate(request, by);
            }
            throw exists(id);
        }
        try {
            return issuing.make("issue admin", request, by, key -> claim(key, by), key -> {});
        } catch (RuntimeException | Error e) {
            repairAfter(e, by);
            throw e;
        }
    }

    private void claim(AccessKey key, Actor by) {
        tables.claimAdmin(key.id(), clock.instant(), by.name()).ifPresent(winner -> {
            throw exists(winner);
        });
    }

    private static KeywharfException exists(String id) {
        return new KeywharfException(
                "key.admin_exists",
                "admin",
                "The Admin's key is " + id
                        + ", and there is one only; rotateAdmin(…) replaces it, also when it was lost. If it was never handed"
                        + " out because its issue crashed, sweep() clears it after "
                        + KeyIssuing.TIME_LIMIT);
    }

    AccessKey rotate(KeyRequest request, Actor by) {
        AdminRow row = tables.adminRow()
                .orElseThrow(() -> new KeywharfException(
                        "key.no_admin", "admin", "There is no Admin's key; call issue(KeyRequest.admin(), …)"));
        KeyRecord old = tables.find(row.keyId())
                .filter(record -> record.state() != KeyState.ISSUING)
                .orElseThrow(() -> new KeywharfException(
                        "key.admin_changed",
                        "admin",
                        "The Admin's key " + row.keyId() + " is being issued at this moment; try again, or sweep() if"
                                + " that crashed"));
        AccessKey key;
        try {
            key = issuing.make("rotate admin", request, by, made -> {}, made -> move(row.keyId(), made.id(), by));
        } catch (RuntimeException | Error e) {
            repairAfter(e, by);
            throw e;
        }
        try {
            issuing.end(old, KeyState.REVOKED, "replace admin", by);
        } catch (RuntimeException | Error e) {
            // The old one opens nothing any more, and the new one is shown once.
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("key", old.id())
                    .log("The Admin's key was replaced, but the old one's role could not be dropped; a sweep does it");
        }
        return key;
    }

    /** Puts the place of the Admin right if it had been taken; if that fails too, the sweep does it. */
    private void repairAfter(Throwable failure, Actor by) {
        try {
            repair(List.of(), by);
        } catch (RuntimeException | Error further) {
            failure.addSuppressed(further);
        }
    }

    private void move(String from, String to, Actor by) {
        if (!tables.moveAdmin(from, to, from, clock.instant(), by.name())) {
            throw new KeywharfException(
                    "key.admin_changed", "admin", "Somebody else has rotated the Admin's key; look at list()");
        }
    }

    /** Whether the row names this key. */
    boolean is(String id) {
        return tables.adminRow().map(row -> row.keyId().equals(id)).orElse(false);
    }

    /** Whether the row names this key, or may yet name it again because the one in its place is not finished. */
    boolean mayBe(String id) {
        return tables.adminRow().filter(row -> candidates(row).contains(id)).isPresent();
    }

    /** The key that the row names; and the one before, which gets its place back if that one's issue fails. */
    private Set<String> candidates(AdminRow row) {
        boolean unfinished = tables.find(row.keyId())
                .filter(record -> record.state() == KeyState.ISSUING)
                .isPresent();
        return row.previous()
                .filter(before -> unfinished && !before.equals(row.keyId()))
                .map(before -> Set.of(row.keyId(), before))
                .orElse(Set.of(row.keyId()));
    }

    /**
     * Undoes or completes what a crash left.
     *
     * <ul>
     *   <li>The row names a key that was never active and that no one is making any more: back to the key before it if
     *       that one still opens, else the place is free.
     *   <li>A key that was the Admin's, and that the row no longer names, is still active: it ends.
     * </ul>
     *
     * @param seen the records, read before this is called
     * @return how many things were put right
     */
    int repair(List<KeyRecord> seen, Actor by) {
        Optional<AdminRow> row = tables.adminRow();
        Instant now = clock.instant();
        int repaired = 0;
        if (row.isPresent() && isDead(row.get().keyId(), now) && restore(row.get(), now, by)) {
            repaired++;
            row = tables.adminRow();
        }
        Set<String> kept = row.map(this::candidates).orElse(Set.of());
        for (KeyRecord record : seen) {
            if (record.isAdmin() && record.state() == KeyState.ACTIVE && !kept.contains(record.id())) {
                issuing.end(record, KeyState.REVOKED, "replace admin", by);
                repaired++;
            }
        }
        return repaired;
    }

    /** Never active, and nobody's work: the issue was abandoned, or is too old. An expired key is not dead but replaced. */
    private boolean isDead(String id, Instant now) {
        return tables.find(id)
                .map(record -> record.state() == KeyState.REVOKED
                        || (record.state() == KeyState.ISSUING
                                && record.created().plus(KeyIssuing.TIME_LIMIT).isBefore(now)))
                .orElse(true);
    }

    private boolean restore(AdminRow row, Instant now, Actor by) {
        AtomicBoolean restored = new AtomicBoolean();
        issuing.abandon(row.keyId(), Optional.empty(), by, () -> restored.set(giveBack(row, now, by)));
        return restored.get();
    }

    private boolean giveBack(AdminRow row, Instant now, Actor by) {
        Optional<String> before = row.previous()
                .flatMap(tables::find)
                .filter(record -> record.state() == KeyState.ACTIVE)
                .map(KeyRecord::id);
        return before.map(id -> tables.moveAdmin(row.keyId(), id, null, now, by.name()))
                .orElseGet(() -> tables.releaseAdmin(row.keyId()));
    }
}
