package io.github.keywharf.event.micrometer;

import io.github.keywharf.event.Fact;
import io.github.keywharf.event.MetricsListener;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tag;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Separate from the public type, which can be loaded without Micrometer and then names the missing library. */
record RegistryMeters(MeterRegistry registry) implements MetricsListener.Meters {

    static RegistryMeters global() {
        return new RegistryMeters(Metrics.globalRegistry);
    }

    @Override
    public void count(String name, Map<String, String> tags) {
        registry.counter(name, of(tags)).increment();
    }

    @Override
    public void record(String name, Fact.Unit unit, long value, Map<String, String> tags) {
        if (unit == Fact.Unit.NANOSECONDS) {
            registry.timer(name, of(tags)).record(value, TimeUnit.NANOSECONDS);
        } else {
            DistributionSummary.builder(name)
                    .baseUnit(unit == Fact.Unit.BYTES ? "bytes" : null)
                    .tags(of(tags))
                    .register(registry)
                    .record((double) value);
        }
    }

    private static List<Tag> of(Map<String, String> tags) {
        return tags.entrySet().stream()
                .map(tag -> Tag.of(tag.getKey(), tag.getValue()))
                .toList();
    }
}
