package io.github.keywharf.event.opentelemetry;

import io.github.keywharf.event.Fact;
import io.github.keywharf.event.MetricsListener;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Separate from the public type, which can be loaded without OpenTelemetry and then names the missing library. */
final class Instruments implements MetricsListener.Meters {

    private static final double NANOS_PER_SECOND = 1e9;

    private final Meter meter;
    private final Map<String, LongCounter> counters = new ConcurrentHashMap<>();
    private final Map<Named, DoubleHistogram> histograms = new ConcurrentHashMap<>();

    private record Named(String name, Fact.Unit unit) {}

    Instruments(OpenTelemetry openTelemetry) {
        meter = openTelemetry.getMeter(OpenTelemetryMeters.SCOPE);
    }

    static Instruments global() {
        return new Instruments(GlobalOpenTelemetry.get());
    }

    @Override
    public void count(String name, Map<String, String> tags) {
        counters.computeIfAbsent(name, missing -> meter.counterBuilder(missing).build())
                .add(1, of(tags));
    }

    @Override
    public void record(String name, Fact.Unit unit, long value, Map<String, String> tags) {
        histograms
                .computeIfAbsent(new Named(name, unit), this::histogram)
                .record(unit == Fact.Unit.NANOSECONDS ? value / NANOS_PER_SECOND : (double) value, of(tags));
    }

    private DoubleHistogram histogram(Named missing) {
        String unit = switch (missing.unit()) {
            case NANOSECONDS -> "s";
            case BYTES -> "By";
            case COUNT -> "1";
        };
        return meter.histogramBuilder(missing.name()).setUnit(unit).build();
    }

    private static Attributes of(Map<String, String> tags) {
        AttributesBuilder attributes = Attributes.builder();
        tags.forEach(attributes::put);
        return attributes.build();
    }

    @Override
    public String toString() {
        return "Instruments[" + OpenTelemetryMeters.SCOPE + "]";
    }
}
