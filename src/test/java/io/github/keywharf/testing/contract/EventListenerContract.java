package io.github.keywharf.testing.contract;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.keywharf.event.Event;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Progress;
import io.github.keywharf.event.Work;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every {@link EventListener} promises: it takes events of any kind, from any thread. */
public abstract class EventListenerContract {

    /** For implementations. */
    protected EventListenerContract() {}

    /** The listener under test. */
    protected abstract EventListener listener();

    @Test
    void events_of_every_level_and_kind_are_taken() {
        EventListener listener = listener();
        assertThatCode(() -> {
                    for (Event.Level level : Event.Level.values()) {
                        listener.report(level, "test.told", Work.NONE, "subject", "message");
                        listener.report(level, "test.told", Work.NONE, "", "");
                        listener.report(level, "test.told", Work.NONE, "100 % {} \u001b[31m", "line\nline\r%s {}");
                    }
                    listener.onEvent(new Progress(Work.NONE, "task", 0, 0, "rows", false));
                    listener.onEvent(new Progress(Work.NONE, "task", 5, 10, "rows", false));
                    listener.onEvent(new Progress(Work.NONE, "task", 15, 10, "rows", false));
                    listener.onEvent(new Progress(Work.NONE, "task", Long.MAX_VALUE, 1, "rows", true));
                    listener.onEvent(new Progress(Work.NONE, "other", 0, 0, "rows", true));
                })
                .doesNotThrowAnyException();
    }

    @Test
    void events_may_come_from_several_threads() throws InterruptedException {
        EventListener listener = listener();
        List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            String task = "task " + t;
            Thread thread = new Thread(() -> {
                for (int i = 0; i <= 200; i++) {
                    listener.onEvent(new Progress(Work.NONE, task, i, 200, "rows", i == 200));
                }
            });
            thread.setUncaughtExceptionHandler((failed, failure) -> failures.add(failure));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        org.assertj.core.api.Assertions.assertThat(failures).isEmpty();
    }
}
