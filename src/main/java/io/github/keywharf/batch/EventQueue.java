package io.github.keywharf.batch;

import io.github.keywharf.event.Event;
import io.github.keywharf.event.EventListener;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Hands events to a listener on a thread of their own, in their order: what a listener does, such as replaying a file that
 * failed, may wait for threads that report events.
 */
final class EventQueue implements EventListener, AutoCloseable {

    private static final int LAST_ONES_SECONDS = 10;

    private final EventListener listener;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "keywharf-batch-events");
        thread.setDaemon(true);
        return thread;
    });

    EventQueue(EventListener listener) {
        this.listener = listener.guarded();
    }

    @Override
    public void onEvent(Event event) {
        try {
            thread.execute(() -> listener.onEvent(event));
        } catch (RejectedExecutionException closed) {
            listener.onEvent(event);
        }
    }

    /** Returns when all events are handed over, or after a while. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            thread.awaitTermination(LAST_ONES_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
