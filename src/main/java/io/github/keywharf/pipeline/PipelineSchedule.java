package io.github.keywharf.pipeline;

import io.github.keywharf.internal.Checks;
import io.github.keywharf.internal.Threads;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pipeline that runs repeatedly, on a thread of its own. Closing waits for a run that is under way.
 *
 * <p>A run that fails is reported to the listener as the event {@code totesys.step.failed}, and the next one comes at its time.
 * That holds for every {@link Error} too, be it an {@link OutOfMemoryError} or a {@link LinkageError}: a run leaves
 * nothing half done, so trying again is safe, and a host that would rather stop can do so in its listener.
 */
public final class PipelineSchedule implements AutoCloseable {

    private final ScheduledExecutorService executor;
    private static final Logger LOG = LoggerFactory.getLogger(PipelineSchedule.class);

    private final AtomicReference<@Nullable RunReport> latest = new AtomicReference<>();
    private @Nullable Future<?> runs;

    private PipelineSchedule(ScheduledExecutorService executor) {
        this.executor = executor;
    }

    static PipelineSchedule start(PipelineRuns pipeline, PipelineConfig config, Duration pause) {
        Checks.positive("pause", pause);
        ScheduledExecutorService executor =
                Executors.newSingleThreadScheduledExecutor(Threads.named("keywharf-" + config.name()));
        PipelineSchedule schedule = new PipelineSchedule(executor);
        schedule.begin(pipeline, config, pause);
        return schedule;
    }

    private void begin(PipelineRuns pipeline, PipelineConfig config, Duration pause) {
        runs = executor.scheduleWithFixedDelay(
                () -> runOnce(pipeline, config), 0, pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void runOnce(PipelineRuns pipeline, PipelineConfig config) {
        try {
            latest.set(pipeline.run());
        } catch (RuntimeException e) {
            LOG.atDebug().setCause(e).log("A run failed, as its listener was notified; the next one comes at its time");
        } catch (Throwable e) {
            // The executor would drop the schedule without a word.
            LOG.atDebug().setCause(e).log("A run failed; the next one comes at its time");
            report(config, e);
        }
    }

    private static void report(PipelineConfig config, Throwable failure) {
        try {
            config.events().error(Failures.STEP_FAILED, config.work(), config.name(), "run failed: " + failure);
        } catch (Throwable further) {
            LOG.atError().setCause(further).log("The failure of a run could not be reported");
        }
    }

    /** The report of the newest run that ended well; empty before the first. */
    public Optional<RunReport> findLatest() {
        return Optional.ofNullable(latest.get());
    }

    /** Begins no more runs, and waits for the one under way; closing twice is harmless. */
    @Override
    public void close() {
        if (runs != null) {
            runs.cancel(false);
        }
        executor.shutdown();
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            try {
                ended = executor.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
                executor.shutdownNow();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
