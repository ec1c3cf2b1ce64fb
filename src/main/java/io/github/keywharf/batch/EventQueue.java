package io.github.keywharf.batch;

import io.github.keywharf.event.Event;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Progress;
import io.github.keywharf.event.Work;
import io.github.keywharf.internal.Threads;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Hands events to a listener on a thread of their own, in their order: what a listener does, such as replaying a file that
 * failed, may wait for threads that report events. Behind a slow listener a limited number of events waits, at most half of
 * which are progress; others are dropped, and one event reports their names and how many there were of each.
 */
final class EventQueue implements EventListener, AutoCloseable {

    /** The most events that wait, 10,000: some megabytes. */
    static final int MOST = 10_000;

    private static final int LAST_ONES_SECONDS = 10;

    private final EventListener listener;
    private final int most;
    private final ThreadPoolExecutor thread;
    private final Map<String, Long> dropped = new TreeMap<>();
    private int deliveries;

    EventQueue(EventListener listener, int most) {
        this.listener = listener.guarded();
        this.most = most;
        this.thread = new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(most), Threads.named("keywharf-batch-events"));
    }

    @Override
    public void onEvent(Event event) {
        if (isPassing(event) && thread.getQueue().size() >= most / 2) {
            drop(event);
            return;
        }
        try {
            thread.execute(() -> deliver(event));
        } catch (RejectedExecutionException e) {
            if (thread.isShutdown()) {
                listener.onEvent(event);
            } else {
                drop(event);
            }
        }
    }

    /** Whether a later event says it too. The room of what is counted, such as usage, is not for these. */
    private static boolean isPassing(Event event) {
        return event instanceof Progress progress && !progress.finished();
    }

    private synchronized void drop(Event event) {
        dropped.merge(event.name(), 1L, Long::sum);
    }

    private void deliver(Event event) {
        listener.onEvent(event);
        // A listener that is too slow all the time has an empty queue never.
        if (thread.getQueue().isEmpty() || ++deliveries % most == 0) {
            reportDropped();
        }
    }

    private void reportDropped() {
        Map<String, Long> names;
        synchronized (this) {
            names = Map.copyOf(dropped);
            dropped.clear();
        }
        if (!names.isEmpty()) {
            long all = names.values().stream().mapToLong(Long::longValue).sum();
            listener.warning(
                    "batch.events.dropped",
                    Work.NONE,
                    "listener",
                    "The listener is too slow, and did not get " + new TreeMap<>(names),
                    Fact.count("dropped", all));
        }
    }

    /** Returns when all events are handed over, or after a while. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (thread.awaitTermination(LAST_ONES_SECONDS, TimeUnit.SECONDS)) {
                reportDropped();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
