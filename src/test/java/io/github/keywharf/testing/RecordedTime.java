package io.github.keywharf.testing;

import io.github.keywharf.http.Pause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A clock that waiting moves too, and that remembers the waits. */
public final class RecordedTime extends ManualClock implements Pause {
    private final List<Duration> waits = new ArrayList<>();

    @Override
    public synchronized void of(Duration duration) {
        waits.add(duration);
        advance(duration);
    }

    /** The waits so far. */
    public synchronized List<Duration> waits() {
        return List.copyOf(waits);
    }
}
