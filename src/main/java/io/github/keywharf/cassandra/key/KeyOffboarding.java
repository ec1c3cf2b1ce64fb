package io.github.keywharf.cassandra.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.key.KeyTables.Entry;
import io.github.keywharf.key.Actor;
import io.github.keywharf.key.KeyRecord;
import io.github.keywharf.key.KeyState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Ends all that an organisation's keys can do, and its role; its keyspaces stay as they are.
 *
 * <p>First the organisation is closed to new keys; last its row goes. A crash in between leaves a row by which the next
 * call knows that there is something to go on with. Thread-safe.
 */
final class KeyOffboarding {
    private final KeyTables tables;
    private final KeyIssuing issuing;
    private final KeyOrganisations organisations;
    private final KeyAudit audit;
    private final InstantSource clock;

    KeyOffboarding(
            KeyTables tables, KeyIssuing issuing, KeyOrganisations organisations, KeyAudit audit, InstantSource clock) {
        this.tables = tables;
        this.issuing = issuing;
        this.organisations = organisations;
        this.audit = audit;
        this.clock = clock;
    }

    /** The keys that it ended, as they are now. */
    List<KeyRecord> offboard(Organisation organisation, Actor by) {
        if (!organisations.begin(organisation)) {
            return List.of();
        }
        KeyAudit.Entry entry = audit.begin("offboard", null, Optional.of(organisation), by, "");
        List<KeyRecord> ended = new ArrayList<>();
        List<KeywharfException> failures = new ArrayList<>();
        endKeys(organisation, by, ended, failures);
        // Also when a key could not be ended: without the role it reaches nothing.
        organisations.dropRole(organisation);
        // A key whose making began before the organisation was closed may have joined the role until now.
        endKeys(organisation, by, ended, failures);
        if (!failures.isEmpty()) {
            throw incomplete(organisation, failures);
        }
        entry.done(ended.size() + " keys ended");
        organisations.forget(organisation);
        ended.sort(Comparator.comparing(KeyRecord::created).thenComparing(KeyRecord::id));
        return ended;
    }

    private void endKeys(Organisation organisation, Actor by, List<KeyRecord> ended, List<KeywharfException> failures) {
        failures.clear();
        Instant now = clock.instant();
        for (Entry entry : tables.all()) {
            KeyRecord record = entry.record();
            boolean open = !record.stateAt(now).hasEnded();
            if (!record.organisation().equals(Optional.of(organisation)) || (!open && entry.swept())) {
                continue;
            }
            try {
                issuing.end(record, KeyState.REVOKED, open ? "revoke" : "expire", by)
                        .filter(key -> open)
                        .ifPresent(ended::add);
            } catch (KeywharfException e) {
                failures.add(e);
            }
        }
    }

    private static KeywharfException incomplete(Organisation organisation, List<KeywharfException> failures) {
        KeywharfException all = new KeywharfException(
                "key.offboarding_incomplete",
                "organisation " + organisation,
                "Its role is gone, but " + failures.size() + " of its keys could not be ended, the first because: "
                        + failures.get(0).getMessage() + "; then offboard it again",
                failures.get(0));
        failures.stream().skip(1).limit(9).forEach(all::addSuppressed);
        return all;
    }
}
