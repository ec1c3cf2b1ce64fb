package io.github.keywharf.pipeline;

import io.github.keywharf.event.Fact;
import io.github.keywharf.pipeline.zone.Batch;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures how far the warehouse is behind the source, after each run and each step, however it ended.
 *
 * <p>A run that has seen everything knows it. For any other the warehouse's control table says up to where the newest
 * loaded batch carried the source, and this process may know of a later run that found nothing to load.
 */
final class WarehouseLag {

    /** Key in the note beside a loaded batch: up to where the warehouse has the source. */
    static final String WINDOW_END = "window_end";

    private static final Logger LOG = LoggerFactory.getLogger(WarehouseLag.class);

    private final PipelineConfig config;
    private final AtomicReference<@Nullable LocalDateTime> lastSeen = new AtomicReference<>();

    WarehouseLag(PipelineConfig config) {
        this.config = config;
    }

    /** Completes what a run knows of its window, and reports a lag over the threshold; throws nothing. */
    void measure(PipelineRun run) {
        LocalDateTime end = run.windowEnd().orElse(null);
        LocalDateTime since = end;
        if (!run.sawEverything()) {
            end = later(end, lastSeen.get());
            try {
                end = later(end, loaded());
                since = end == null ? config.batches().find(1).map(this::time).orElse(null) : end;
            } catch (RuntimeException e) {
                LOG.atDebug().setCause(e).log("How far the warehouse is behind could not be read from it");
                since = end == null ? newestInZone() : end;
            }
        }
        if (end != null) {
            run.windowEnd(end);
            lastSeen.accumulateAndGet(end, WarehouseLag::later);
        }
        if (since != null) {
            report(lag(since));
        }
    }

    private void report(Duration lag) {
        Duration threshold = config.limits().lagThreshold();
        if (lag.compareTo(threshold) > 0) {
            config.events()
                    .error(
                            "totesys.lag.exceeded",
                            config.work(),
                            config.warehouse().name(),
                            "The warehouse is " + lag + " behind the source, more than the " + threshold + " allowed",
                            Fact.time("lag", lag));
        }
    }

    private @Nullable LocalDateTime loaded() {
        return config.warehouse()
                .newestLoaded(config.name())
                .flatMap(batch -> Optional.ofNullable(batch.note().get(WINDOW_END)))
                .map(LocalDateTime::parse)
                .orElse(null);
    }

    /** The warehouse cannot have more than the ingestion zone, so it is behind by at least as much. */
    private @Nullable LocalDateTime newestInZone() {
        try {
            return config.batches().newest().map(this::time).orElse(null);
        } catch (RuntimeException e) {
            LOG.atDebug().setCause(e).log("How far the warehouse is behind could not be read from the ingestion zone");
            return null;
        }
    }

    private LocalDateTime time(Batch batch) {
        return config.windowEnd(BatchTerms.of(batch)).orElse(batch.position().time());
    }

    private static @Nullable LocalDateTime later(@Nullable LocalDateTime one, @Nullable LocalDateTime other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return other.isAfter(one) ? other : one;
    }

    /** The time from a moment of the source's clock to now, by this machine's. */
    private Duration lag(LocalDateTime since) {
        LocalDateTime now = LocalDateTime.ofInstant(config.clock().instant(), ZoneOffset.UTC);
        Duration lag = Duration.between(since, now);
        return lag.isNegative() ? Duration.ZERO : lag;
    }
}
