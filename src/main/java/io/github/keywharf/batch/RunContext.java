package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.format.DeadLetters;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/**
 * What all runs need.
 *
 * @param rejects where rejected rows are kept
 * @param apps by the names that profiles have for them
 * @param grace how long an app may take to end after it was interrupted
 */
record RunContext(
        Ledger ledger,
        StagingArea area,
        Intake intake,
        DeadLetters rejects,
        TenantSinks sinks,
        Map<String, ClientIngestApp> apps,
        InstantSource clock,
        Duration grace,
        EventListener listener) {

    Instant now() {
        return clock.instant();
    }

    ClientIngestApp app(TenantProfile profile) {
        ClientIngestApp app = apps.get(profile.app());
        if (app == null) {
            throw new KeywharfException(
                    "batch.unknown_app",
                    profile.tenant().id(),
                    "The app '" + profile.app() + "' is not one of " + apps.keySet());
        }
        return app;
    }

    void report(Event event) {
        listener.onEvent(event);
    }

    void trouble(Organisation tenant, String reason) {
        trouble(listener, tenant, reason);
    }

    static void trouble(EventListener events, Organisation tenant, String reason) {
        events.warning("batch.tenant.trouble", Work.of(tenant), tenant.id(), reason);
    }
}
