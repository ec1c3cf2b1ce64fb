package io.github.keywharf.cassandra.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.key.KeyTables.Entry;
import io.github.keywharf.key.Actor;
import io.github.keywharf.key.KeyRecord;
import io.github.keywharf.key.KeyState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/** Ends keys whose time is over, and what crashes left behind. Several hosts may sweep concurrently. Thread-safe. */
final class KeySweeper {
    private static final Actor SWEEP = Actor.of("sweep", "keywharf");

    private final KeyTables tables;
    private final KeyIssuing issuing;
    private final KeyAdmin admin;
    private final KeyRotation rotation;
    private final KeyReach reach;
    private final InstantSource clock;

    KeySweeper(
            KeyTables tables,
            KeyIssuing issuing,
            KeyAdmin admin,
            KeyRotation rotation,
            KeyReach reach,
            InstantSource clock) {
        this.tables = tables;
        this.issuing = issuing;
        this.admin = admin;
        this.rotation = rotation;
        this.reach = reach;
        this.clock = clock;
    }

    KeySweep sweep() {
        List<Entry> entries = tables.all();
        List<KeyRecord> records = new ArrayList<>();
        entries.forEach(entry -> records.add(entry.record()));
        // Before the records are ended one by one, so that it still sees which key was the Admin's before a crash.
        List<RuntimeException> failures = new ArrayList<>();
        int repairs = repair(() -> admin.repair(records, SWEEP), failures)
                + repair(() -> rotation.repair(records, SWEEP), failures)
                + repair(() -> reach.repair(SWEEP), failures);
        Instant now = clock.instant();
        Map<Due, Integer> done = new EnumMap<>(Due.class);
        for (Entry entry : entries) {
            Due due = due(entry, now);
            try {
                sweep(entry.record(), due);
                done.merge(due, 1, Integer::sum);
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw incomplete(failures);
        }
        return new KeySweep(
                done.getOrDefault(Due.EXPIRY, 0),
                done.getOrDefault(Due.ABANDONMENT, 0),
                done.getOrDefault(Due.CLEARING, 0),
                repairs);
    }

    /** A repair that fails, such as one that the server denies, must not keep expired keys open. */
    private static int repair(IntSupplier repair, List<RuntimeException> failures) {
        try {
            return repair.getAsInt();
        } catch (RuntimeException e) {
            failures.add(e);
            return 0;
        }
    }

    private enum Due {
        NOTHING,
        EXPIRY,
        ABANDONMENT,
        CLEARING
    }

    private static Due due(Entry entry, Instant now) {
        KeyRecord record = entry.record();
        KeyState state = record.stateAt(now);
        if (state == KeyState.EXPIRED && record.state() == KeyState.ACTIVE) {
            return Due.EXPIRY;
        }
        if (state == KeyState.ISSUING
                && record.created().plus(KeyIssuing.TIME_LIMIT).isBefore(now)) {
            return Due.ABANDONMENT;
        }
        return state.hasEnded() && !entry.swept() ? Due.CLEARING : Due.NOTHING;
    }

    private void sweep(KeyRecord record, Due due) {
        switch (due) {
            case EXPIRY -> issuing.end(record, KeyState.EXPIRED, "expire", SWEEP);
            case ABANDONMENT -> issuing.abandon(record.id(), record.organisation(), SWEEP);
            case CLEARING -> issuing.clear(record.id(), record.organisation());
            case NOTHING -> {}
        }
    }

    /** One key that cannot be ended must not keep the others open. */
    private static KeywharfException incomplete(List<RuntimeException> failures) {
        RuntimeException first = failures.get(0);
        KeywharfException all = new KeywharfException(
                "key.sweep_incomplete",
                first instanceof KeywharfException known ? known.subject() : "keys",
                failures.size() + " keys could not be ended or repairs not be made, the first because: "
                        + first.getMessage(),
                first);
        failures.stream().skip(1).limit(9).forEach(all::addSuppressed);
        return all;
    }
}
