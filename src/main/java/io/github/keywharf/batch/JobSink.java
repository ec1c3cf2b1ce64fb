package io.github.keywharf.batch;

import io.github.keywharf.table.RowSink;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The sink of a job, opened for who asks first, and only while the job is open. Thread-safe. */
final class JobSink implements Supplier<RowSink> {

    private final TenantSinks sinks;
    private final String run;
    private final BooleanSupplier isOpen;
    private @Nullable IngestJob job;
    private @Nullable RowSink opened;

    JobSink(TenantSinks sinks, String run, BooleanSupplier isOpen) {
        this.sinks = sinks;
        this.run = run;
        this.isOpen = isOpen;
    }

    /** Says whose sink it is; before it is asked for. */
    synchronized IngestJob of(IngestJob made) {
        job = made;
        return made;
    }

    @Override
    public synchronized RowSink get() {
        GuardedSink.check(run, isOpen);
        if (opened == null) {
            opened = new GuardedSink(sinks.open(Objects.requireNonNull(job, "job")), run, isOpen);
        }
        return opened;
    }
}
