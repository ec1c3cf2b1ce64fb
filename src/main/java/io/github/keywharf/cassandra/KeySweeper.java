package io.github.keywharf.cassandra;

import io.github.keywharf.cassandra.KeyTables.Entry;
import io.github.keywharf.key.Actor;
import io.github.keywharf.key.KeyRecord;
import io.github.keywharf.key.KeyState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Ends keys whose time is over, and what crashes left behind. Several hosts may sweep at once. Thread-safe. */
final class KeySweeper {
    private static final Actor SWEEP = Actor.of("sweep", "keywharf");

    private final KeyTables tables;
    private final KeyIssuing issuing;
    private final KeyAdmin admin;
    private final InstantSource clock;

    KeySweeper(KeyTables tables, KeyIssuing issuing, KeyAdmin admin, InstantSource clock) {
        this.tables = tables;
        this.issuing = issuing;
        this.admin = admin;
        this.clock = clock;
    }

    KeySweep sweep() {
        List<Entry> entries = tables.all();
        List<KeyRecord> records = new ArrayList<>();
        entries.forEach(entry -> records.add(entry.record()));
        // Before the records are ended one by one, so that it still sees which key was the Admin's before a crash.
        int repairs = admin.repair(records, SWEEP);
        Instant now = clock.instant();
        int expired = 0;
        int abandoned = 0;
        int cleared = 0;
        for (Entry entry : entries) {
            KeyRecord record = entry.record();
            KeyState state = record.stateAt(now);
            if (state == KeyState.EXPIRED && record.state() == KeyState.ACTIVE) {
                issuing.end(record, KeyState.EXPIRED, "expire", SWEEP);
                expired++;
            } else if (state == KeyState.ISSUING
                    && record.created().plus(KeyIssuing.TIME_LIMIT).isBefore(now)) {
                issuing.abandon(record.id(), SWEEP);
                abandoned++;
            } else if (state.hasEnded() && !entry.swept()) {
                issuing.clear(record.id());
                cleared++;
            }
        }
        return new KeySweep(expired, abandoned, cleared, repairs);
    }
}
