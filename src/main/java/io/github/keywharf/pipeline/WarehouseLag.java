package io.github.keywharf.pipeline;

import io.github.keywharf.event.Fact;
import io.github.keywharf.pipeline.zone.Batch;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures how far the warehouse is behind the source, after each run and each step, however it ended.
 *
 * <p>A run that has seen everything knows it. For any other the warehouse's control table says up to where the newest
 * loaded batch carried the source, and this process may know of a later run that found nothing to load.
 */
final class WarehouseLag {

    /** In the note beside a loaded batch, up to where the warehouse has the source. */
    static final String WINDOW_END = "window_end";

    private static final Logger LOG = LoggerFactory.getLogger(WarehouseLag.class);

    private final PipelineConfig config;
    private volatile Optional<LocalDateTime> lastSeen = Optional.empty();

    WarehouseLag(PipelineConfig config) {
        this.config = config;
    }

    /** Completes what a run knows of its window, and reports a lag over the threshold; throws nothing. */
    void measure(PipelineRun run) {
        Optional<LocalDateTime> end = run.windowEnd();
        Optional<LocalDateTime> atLeastSince = Optional.empty();
        if (!run.sawEverything()) {
            try {
                Optional<LocalDateTime> loaded = loaded();
                end = later(end, later(loaded, lastSeen));
                atLeastSince = end.isPresent()
                        ? Optional.empty()
                        : config.batches().find(1).map(this::time);
            } catch (RuntimeException e) {
                LOG.atDebug().setCause(e).log("How far the warehouse is behind could not be read from it");
                end = later(end, lastSeen);
                atLeastSince = end.isPresent() ? Optional.empty() : newestInZone();
            }
        }
        end.ifPresent(run::windowEnd);
        lastSeen = later(lastSeen, end);
        Optional<LocalDateTime> zone = atLeastSince;
        end.or(() -> zone)
                .map(this::lag)
                .filter(lag -> lag.compareTo(config.lagThreshold()) > 0)
                .ifPresent(lag -> config.events()
                        .error(
                                "totesys.lag.exceeded",
                                config.work(),
                                config.warehouse().name(),
                                "The warehouse is " + lag + " behind the source, more than the " + config.lagThreshold()
                                        + " allowed",
                                Fact.time("lag", lag)));
    }

    private Optional<LocalDateTime> loaded() {
        return config.warehouse()
                .newestLoaded(config.name())
                .flatMap(batch -> Optional.ofNullable(batch.note().get(WINDOW_END)))
                .map(LocalDateTime::parse);
    }

    /** The warehouse cannot have more than the ingestion zone, so it is behind by at least as much. */
    private Optional<LocalDateTime> newestInZone() {
        try {
            return config.batches().newest().map(this::time);
        } catch (RuntimeException e) {
            LOG.atDebug().setCause(e).log("How far the warehouse is behind could not be read from the ingestion zone");
            return Optional.empty();
        }
    }

    private LocalDateTime time(Batch batch) {
        return config.windowEnd(BatchTerms.of(batch)).orElse(batch.position().time());
    }

    private static Optional<LocalDateTime> later(Optional<LocalDateTime> one, Optional<LocalDateTime> other) {
        return one.isPresent() && other.isPresent() && other.get().isAfter(one.get()) ? other : one.or(() -> other);
    }

    /** The time from a moment of the source's clock to now, by this machine's. */
    private Duration lag(LocalDateTime since) {
        LocalDateTime now = LocalDateTime.ofInstant(config.clock().instant(), ZoneOffset.UTC);
        Duration lag = Duration.between(since, now);
        return lag.isNegative() ? Duration.ZERO : lag;
    }
}
