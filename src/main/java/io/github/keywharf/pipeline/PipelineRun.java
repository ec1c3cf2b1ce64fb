package io.github.keywharf.pipeline;

import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.store.StoreLease;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What one run has done so far. Not thread-safe. */
final class PipelineRun {

    private final PipelineConfig config;
    private final String id = UUID.randomUUID().toString().substring(0, 8);
    private final long begun = System.nanoTime();
    private final List<Batch> ingested = new ArrayList<>();
    private final List<Long> loaded = new ArrayList<>();
    private final List<TableReport> reports = new ArrayList<>();
    private final Map<String, String> stopped = new LinkedHashMap<>();
    private @Nullable Batch newest;
    private boolean newestKnown;
    private @Nullable LocalDateTime snapshot;
    private @Nullable LocalDateTime windowEnd;
    private volatile @Nullable StoreLease lease;
    private boolean sawEverything;

    PipelineRun(PipelineConfig config) {
        this.config = config;
    }

    String id() {
        return id;
    }

    /** Runs under a lease from now on. */
    void under(StoreLease held) {
        lease = held;
    }

    /** Throws when the lease that this run is under was lost. */
    void checkHeld() {
        StoreLease held = lease;
        if (held != null) {
            held.checkHeld();
        }
    }

    /** The newest batch, read once: under the lease no other run adds one. */
    Optional<Batch> newest() {
        if (!newestKnown) {
            newest = config.batches().newest().orElse(null);
            newestKnown = true;
        }
        return Optional.ofNullable(newest);
    }

    void ingested(Batch batch) {
        newest = batch;
        newestKnown = true;
        ingested.add(batch);
    }

    List<Batch> ingested() {
        return List.copyOf(ingested);
    }

    /** A batch is in the warehouse. */
    void loaded(Batch batch) {
        loadedAgain(batch.number());
        config.windowEnd(BatchTerms.of(batch)).ifPresent(this::windowEnd);
    }

    /** What the warehouse did not have of a batch is in it again. */
    void loadedAgain(long number) {
        loaded.add(number);
    }

    boolean hasLoaded(Batch batch) {
        return loaded.contains(batch.number());
    }

    List<TableReport> reports() {
        return reports;
    }

    void stopped(Map<String, String> tables) {
        stopped.putAll(tables);
    }

    /** A snapshot was taken at this time of the source's clock. */
    void snapshot(LocalDateTime time) {
        snapshot = time;
    }

    /** Everything that the last snapshot saw is in the warehouse. */
    void seen() {
        windowEnd = snapshot;
        sawEverything = true;
    }

    /** Whether everything that its last snapshot saw is in the warehouse. */
    boolean sawEverything() {
        return sawEverything;
    }

    /** Everything up to a batch is in the warehouse. */
    void windowEnd(LocalDateTime time) {
        if (windowEnd == null || time.isAfter(windowEnd)) {
            windowEnd = time;
        }
    }

    /** How far each source table is behind: as far as the whole, unless it was left out. */
    private Map<String, Duration> lags() {
        Map<String, Duration> lags = new LinkedHashMap<>();
        if (windowEnd != null && newest != null) {
            newest.positions().forEach((table, position) -> {
                LocalDateTime end = stopped.containsKey(table) ? position.time() : windowEnd;
                lag(end).ifPresent(lag -> lags.put(table, lag));
            });
        }
        return lags;
    }

    Optional<LocalDateTime> windowEnd() {
        return Optional.ofNullable(windowEnd);
    }

    private Optional<Duration> lag(@Nullable LocalDateTime since) {
        LocalDateTime now = LocalDateTime.ofInstant(config.clock().instant(), ZoneOffset.UTC);
        return Optional.ofNullable(since)
                .map(end -> Duration.between(end, now))
                .map(lag -> lag.isNegative() ? Duration.ZERO : lag);
    }

    RunReport report() {
        return report(null);
    }

    RunReport skipped(String reason) {
        return report(reason);
    }

    private RunReport report(@Nullable String skipped) {
        return new RunReport(
                id,
                Optional.ofNullable(skipped),
                ingested,
                loaded,
                reports,
                stopped,
                Optional.ofNullable(windowEnd),
                lag(windowEnd),
                lags(),
                Duration.ofNanos(System.nanoTime() - begun));
    }
}
