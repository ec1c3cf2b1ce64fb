package io.github.keywharf.event.opentelemetry;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.MetricsListener;
import io.github.keywharf.internal.MissingLibrary;
import io.opentelemetry.api.OpenTelemetry;

/**
 * Metrics in OpenTelemetry, for {@link MetricsListener#of}: counters, and histograms in seconds ({@code s}), bytes ({@code
 * By}) or numbers ({@code 1}), of the instrumentation scope {@value #SCOPE}.
 */
public final class OpenTelemetryMeters {

    /** The name of the instrumentation scope. */
    public static final String SCOPE = "io.github.keywharf";

    private OpenTelemetryMeters() {}

    /** Creates metrics in an instance of the host. */
    public static MetricsListener.Meters of(OpenTelemetry openTelemetry) {
        return new Instruments(openTelemetry);
    }

    /**
     * Creates metrics in OpenTelemetry's global instance, which an agent or the host sets up first.
     *
     * @throws KeywharfException with code {@code event.no_opentelemetry} if OpenTelemetry's API is not on the class path
     */
    public static MetricsListener.Meters global() {
        try {
            return Instruments.global();
        } catch (NoClassDefFoundError e) {
            throw new KeywharfException(
                    "event.no_opentelemetry",
                    "metrics",
                    MissingLibrary.message("OpenTelemetry", "io.opentelemetry:opentelemetry-api:1.65.0"),
                    e);
        }
    }
}
