package io.github.keywharf.event.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.event.MetricsListener;
import io.github.keywharf.event.MissingLibrary;
import io.github.keywharf.event.Work;
import io.github.keywharf.event.WorkFinished;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OpenTelemetryMetersTest {

    @Test
    void events_are_counters_and_histograms_of_the_sdk() {
        InMemoryMetricReader reader = InMemoryMetricReader.create();
        try (OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                .setMeterProvider(
                        SdkMeterProvider.builder().registerMetricReader(reader).build())
                .build()) {
            MetricsListener listener = MetricsListener.of(OpenTelemetryMeters.of(sdk));
            listener.onEvent(WorkFinished.of(Work.NONE.withTask("load-1"), 5, 100, Duration.ofSeconds(2)));
            listener.onEvent(WorkFinished.of(Work.NONE.withTask("load-2"), 7, 300, Duration.ofMillis(500)));

            Map<String, MetricData> metrics = reader.collectAllMetrics().stream()
                    .collect(Collectors.toMap(MetricData::getName, Function.identity()));
            LongPointData events = metrics.get("keywharf.events").getLongSumData().getPoints().stream()
                    .findFirst()
                    .orElseThrow();
            assertThat(events.getValue()).isEqualTo(2);
            assertThat(events.getAttributes().asMap())
                    .containsOnly(
                            Map.entry(AttributeKey.stringKey("event"), WorkFinished.NAME),
                            Map.entry(AttributeKey.stringKey("level"), "info"));
            assertThat(sum(metrics.get("keywharf.event.rows"))).isEqualTo(12);
            assertThat(sum(metrics.get("keywharf.event.took"))).isEqualTo(2.5);
            assertThat(metrics.get("keywharf.event.took").getUnit()).isEqualTo("s");
            assertThat(metrics.get("keywharf.event.bytes").getUnit()).isEqualTo("By");
            assertThat(metrics.get("keywharf.events")
                            .getInstrumentationScopeInfo()
                            .getName())
                    .isEqualTo(OpenTelemetryMeters.SCOPE);
        }
    }

    private static double sum(MetricData metric) {
        return metric.getHistogramData().getPoints().stream()
                .mapToDouble(HistogramPointData::getSum)
                .sum();
    }

    @Test
    void without_opentelemetry_the_error_says_what_to_add() throws Exception {
        assertThat(MissingLibrary.failure("opentelemetry", OpenTelemetryMeters.class))
                .hasToString("io.github.keywharf.KeywharfException: [metrics] OpenTelemetry is not on the class path;"
                        + " add io.opentelemetry:opentelemetry-api:1.65.0 (event.no_opentelemetry)");
    }
}
