package io.github.keywharf.cassandra.key;

import java.util.concurrent.Future;

/** A sweep that is repeated until this is closed, its ring, or the manager of that. */
public final class SweepSchedule implements AutoCloseable {
    private final Future<?> task;

    SweepSchedule(Future<?> task) {
        this.task = task;
    }

    /** Ends it; a sweep under way goes on to its end. Twice is harmless. */
    @Override
    public void close() {
        task.cancel(false);
    }

    @Override
    public String toString() {
        return "SweepSchedule[" + (task.isDone() ? "ended" : "running") + "]";
    }
}
