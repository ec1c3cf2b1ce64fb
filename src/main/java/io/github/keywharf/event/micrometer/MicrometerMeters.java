package io.github.keywharf.event.micrometer;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.MetricsListener;
import io.github.keywharf.internal.MissingLibrary;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Metrics in Micrometer, for {@link MetricsListener#of}: counters, timers for times, and distribution summaries, with the
 * base unit {@code bytes} where that is the unit.
 */
public final class MicrometerMeters {

    private MicrometerMeters() {}

    /** Creates metrics in a registry of the host. */
    public static MetricsListener.Meters of(MeterRegistry registry) {
        return new RegistryMeters(registry);
    }

    /**
     * Creates metrics in Micrometer's global registry, to which the host adds its own.
     *
     * @throws KeywharfException with code {@code event.no_micrometer} if Micrometer is not on the class path
     */
    public static MetricsListener.Meters global() {
        try {
            return RegistryMeters.global();
        } catch (NoClassDefFoundError e) {
            throw new KeywharfException(
                    "event.no_micrometer",
                    "metrics",
                    MissingLibrary.message("Micrometer", "io.micrometer:micrometer-core:1.16.6"),
                    e);
        }
    }
}
