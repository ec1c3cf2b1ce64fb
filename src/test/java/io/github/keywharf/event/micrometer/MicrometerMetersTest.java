package io.github.keywharf.event.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.Organisation;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.MetricsListener;
import io.github.keywharf.event.MissingLibrary;
import io.github.keywharf.event.Work;
import io.github.keywharf.event.WorkFinished;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MicrometerMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void events_are_counters_summaries_and_timers() {
        EventListener listener =
                MetricsListener.of(MicrometerMeters.of(registry)).withOrganisations(10);
        Work acme = Work.of(Organisation.of("acme")).withTask("load-1");
        listener.onEvent(WorkFinished.of(acme, 5, 100, Duration.ofSeconds(2)));
        listener.onEvent(WorkFinished.of(acme, 7, 300, Duration.ofSeconds(4)));
        listener.onEvent(WorkFinished.of(Work.NONE, 1, 1, Duration.ofSeconds(1)));

        assertThat(registry.get("keywharf.events")
                        .tags("event", WorkFinished.NAME, "level", "info", "organisation", "acme")
                        .counter()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("keywharf.event.rows")
                        .tag("organisation", "acme")
                        .summary()
                        .totalAmount())
                .isEqualTo(12);
        assertThat(registry.get("keywharf.event.bytes")
                        .tag("organisation", "(none)")
                        .summary()
                        .getId()
                        .getBaseUnit())
                .isEqualTo("bytes");
        assertThat(registry.get("keywharf.event.took")
                        .tag("organisation", "acme")
                        .timer()
                        .totalTime(TimeUnit.SECONDS))
                .isEqualTo(6);
        assertThat(registry.getMeters())
                .noneMatch(meter -> meter.getId().toString().contains("load-1"));
    }

    @Test
    void the_global_registry_hands_on_to_the_hosts() {
        Metrics.addRegistry(registry);
        try {
            MetricsListener.of(MicrometerMeters.global()).onEvent(WorkFinished.of(Work.NONE, 5, 0, Duration.ZERO));
        } finally {
            Metrics.removeRegistry(registry);
        }
        assertThat(registry.get("keywharf.event.rows").summary().totalAmount()).isEqualTo(5);
    }

    @Test
    void without_micrometer_the_error_says_what_to_add() throws Exception {
        assertThat(MissingLibrary.failure("micrometer", MicrometerMeters.class))
                .hasToString("io.github.keywharf.KeywharfException: [metrics] Micrometer is not on the class path; add"
                        + " io.micrometer:micrometer-core:1.16.6 (event.no_micrometer)");
    }
}
