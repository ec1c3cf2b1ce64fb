package io.github.keywharf.pipeline;

import io.github.keywharf.KeywharfException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reports each failure to the listener once, naming the step it came from. Thread-safe. */
final class Failures {

    static final String STEP_FAILED = "totesys.step.failed";

    private final PipelineConfig config;
    private volatile @Nullable Throwable reported;

    Failures(PipelineConfig config) {
        this.config = config;
    }

    /** Does a step; a failure is reported, and thrown on. */
    <T> T step(String step, Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            throw report(step, e);
        }
    }

    /** Reports a failure unless that was done before; gives it back to be thrown. */
    RuntimeException report(String step, RuntimeException failure) {
        if (reported != failure) {
            reported = failure;
            String subject = failure instanceof KeywharfException known ? known.subject() : config.name();
            config.events().error(STEP_FAILED, config.work(), subject, step + " failed: " + failure.getMessage());
        }
        return failure;
    }
}
