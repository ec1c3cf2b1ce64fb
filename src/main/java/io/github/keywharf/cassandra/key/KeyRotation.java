package io.github.keywharf.cassandra.key;

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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a key in another one's place.
 *
 * <p>The old key's record names the new one before that is active, and only when it is active does the old one get its
 * end. Until then the old one opens, and may be rotated by somebody else: the new one is then undone. So a key is handed
 * out only if the old one's end is written, and a crash leaves either the old key or a successor that can itself be
 * rotated. Thread-safe.
 */
final class KeyRotation {
    private static final Logger LOG = LoggerFactory.getLogger(KeyRotation.class);

    private final KeyTables tables;
    private final KeyIssuing issuing;
    private final KeyAudit audit;
    private final InstantSource clock;

    KeyRotation(KeyTables tables, KeyIssuing issuing, KeyAudit audit, InstantSource clock) {
        this.tables = tables;
        this.issuing = issuing;
        this.audit = audit;
        this.clock = clock;
    }

    AccessKey rotate(KeyRecord old, Duration grace, Actor by) {
        if (!mayBeReplaced(old)) {
            throw notActive(old);
        }
        KeyRequest request = new KeyRequest(old.organisation(), old.label(), old.validity());
        AtomicReference<@Nullable String> linked = new AtomicReference<>();
        AccessKey key;
        try {
            key = issuing.make("rotate", request, by, made -> {}, made -> {
                linked.set(made.id());
                link(old, made.id(), by);
            });
        } catch (RuntimeException | Error e) {
            // It has ended by now, unless the server cannot be reached; the sweep does it then.
            String successor = linked.get();
            if (successor != null) {
                try {
                    unlink(old.id(), successor);
                } catch (RuntimeException | Error further) {
                    e.addSuppressed(further);
                }
            }
            throw e;
        }
        Instant ends = clock.instant().plus(grace).truncatedTo(ChronoUnit.MILLIS);
        KeyAudit.Entry entry = null;
        try {
            if (grace.isZero()) {
                // Also where somebody else ends the old key before this does: the log names who replaced it.
                entry = audit.begin("replace", old.id(), old.organisation(), by, old.label())
                        .required();
                endNow(old, key.id(), by);
            } else {
                endLater(old.id(), key.id(), ends);
            }
            clear(old, entry);
            return key;
        } catch (RuntimeException | Error e) {
            try {
                if (isHandedOver(old.id(), key.id(), ends)) {
                    clear(old, entry);
                    return key;
                }
                // First, or it could end a key whose predecessor has its end already.
                unlink(old.id(), key.id());
                issuing.abandon(key.id(), old.organisation(), by);
            } catch (RuntimeException | Error further) {
                // Whether the old key has its end is open, so the new one stays: it can be rotated in the old one's
                // place.
                e.addSuppressed(further);
            }
            key.close();
            throw e;
        }
    }

    /** It opens, and nobody was handed another key for it, as far as can be known. */
    private boolean mayBeReplaced(KeyRecord record) {
        KeyState state = record.stateAt(clock.instant());
        return state == KeyState.ACTIVE
                || (state == KeyState.GRACE && (isUnfinished(record) || isSuccessorEnded(record)));
    }

    /** Its rotation has not come to the end, which the record would have by then, or had before. */
    private static boolean isUnfinished(KeyRecord record) {
        return record.replacedBy().isPresent() && record.life().end().ends().isEmpty();
    }

    private boolean isSuccessorEnded(KeyRecord record) {
        return record.replacedBy()
                .flatMap(tables::find)
                .map(successor -> successor.stateAt(clock.instant()).hasEnded())
                .orElse(true);
    }

    private void link(KeyRecord old, String successor, Actor by) {
        KeyRecord now = old;
        for (int attempt = 1; !tables.succeed(now, successor); attempt++) {
            now = tables.settledRecord(old.id()).orElse(old);
            // What else may have come in between is an earlier end, with which it can be replaced all the same.
            if (attempt == KeyStatements.ATTEMPTS
                    || !now.replacedBy().equals(old.replacedBy())
                    || !mayBeReplaced(now)) {
                throw notActive(now);
            }
        }
        // Nobody was handed that one, and now nobody can be.
        now.replacedBy()
                .flatMap(tables::find)
                .filter(before -> !before.state().hasEnded())
                .ifPresent(before -> issuing.abandon(before.id(), before.organisation(), by));
    }

    /** Writes the old key's end, which is what makes the rotation: from here on the new key is handed out. */
    private void endLater(String id, String successor, Instant ends) {
        KeyRecord old = current(id, successor);
        for (int attempt = 0; attempt < KeyStatements.ATTEMPTS; attempt++) {
            // It may have been given an end that is earlier than that of the grace.
            Instant earliest =
                    old.life().end().ends().filter(end -> end.isBefore(ends)).orElse(ends);
            if (tables.shorten(old, earliest)) {
                return;
            }
            old = current(id, successor);
        }
        throw KeywharfException.retryable(
                "key.contended", "key " + id, "Others keep changing it at the same time; try again");
    }

    private KeyRecord current(String id, String successor) {
        KeyRecord old = tables.settledRecord(id).orElseThrow();
        if (old.state() != KeyState.ACTIVE || !old.replacedBy().equals(Optional.of(successor))) {
            throw notActive(old);
        }
        return old;
    }

    private void endNow(KeyRecord old, String successor, Actor by) {
        if (!tables.endReplaced(old.id(), successor, clock.instant(), by.name())) {
            throw notActive(tables.settledRecord(old.id()).orElse(old));
        }
    }

    /** Completes a rotation without grace. */
    private void clear(KeyRecord old, KeyAudit.@Nullable Entry entry) {
        if (entry == null) {
            return;
        }
        try {
            issuing.clear(old.id(), old.organisation());
            entry.done();
        } catch (RuntimeException | Error e) {
            // The new key is shown once, and the old one has ended: to fail now would leave the holder without any.
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("key", old.id())
                    .log("A key was replaced, but its role could not be dropped; a sweep of keys does it");
        }
    }

    private boolean isHandedOver(String id, String successor, Instant ends) {
        return tables.settledRecord(id)
                .filter(old -> old.replacedBy().equals(Optional.of(successor)))
                .filter(old -> old.state().hasEnded()
                        || old.life()
                                .end()
                                .ends()
                                .filter(end -> !end.isAfter(ends))
                                .isPresent())
                .isPresent();
    }

    /** Takes a successor that is handed to nobody out of the record, if it is there. */
    private void unlink(String id, String successor) {
        tables.settledRecord(id)
                .filter(old ->
                        old.state() == KeyState.ACTIVE && old.replacedBy().equals(Optional.of(successor)))
                .ifPresent(old -> {
                    if (!tables.succeed(old, null)) {
                        throw notActive(old);
                    }
                });
    }

    /**
     * Undoes rotations that a crash left: those whose new key has ended, or is not handed out after the longest time that
     * a rotation may take.
     *
     * @return how many
     */
    int repair(List<KeyRecord> seen, Actor by) {
        Instant now = clock.instant();
        int repaired = 0;
        for (KeyRecord old : seen) {
            if (!isUnfinished(old) || old.stateAt(now) != KeyState.GRACE) {
                continue;
            }
            Optional<KeyRecord> successor = old.replacedBy().flatMap(tables::find);
            boolean ended = successor.map(key -> key.state().hasEnded()).orElse(true);
            boolean late = successor
                    .map(key -> key.created().plus(KeyIssuing.TIME_LIMIT).isBefore(now))
                    .orElse(true);
            if ((ended || late) && tables.succeed(old, null)) {
                repaired++;
                successor.filter(key -> !ended).ifPresent(key -> issuing.abandon(key.id(), key.organisation(), by));
            }
        }
        return repaired;
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
}
