package io.github.keywharf.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywharf.event.Event;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Progress;
import io.github.keywharf.event.Work;
import io.github.keywharf.testing.RecordingListener;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventQueueTest {
    private final RecordingListener events = new RecordingListener();
    private final Semaphore passes = new Semaphore(0);
    private final Semaphore arrived = new Semaphore(0);
    private final EventListener slow = event -> {
        arrived.release();
        passes.acquireUninterruptibly();
        events.onEvent(event);
    };

    private static void send(EventListener queue, String name, int times) {
        for (int i = 0; i < times; i++) {
            queue.info(name, Work.NONE, "it", "happened");
        }
    }

    @Test
    void behind_a_slow_listener_a_limited_number_waits_and_one_event_counts_the_others_by_name() {
        try (EventQueue queue = new EventQueue(slow, 10)) {
            send(queue, "file.first", 1);
            arrived.acquireUninterruptibly();
            send(queue, "file.waiting", 10);
            send(queue, "file.late", 3);
            send(queue, "file.later", 2);
            passes.release(100);
            await().until(() -> !events.named("batch.events.dropped").isEmpty());
            send(queue, "file.after", 1);
        }

        assertThat(events.events())
                .extracting(Event::name)
                .startsWith("file.first")
                .endsWith("file.after")
                .hasSize(13);
        assertThat(events.named("batch.events.dropped"))
                .containsExactly(Event.of(
                        Event.Level.WARNING,
                        "batch.events.dropped",
                        Work.NONE,
                        "listener",
                        "The listener is too slow, and did not get {file.late=3, file.later=2}",
                        Fact.count("dropped", 5)));
    }

    @Test
    void progress_leaves_room_for_what_is_reported_once() {
        try (EventQueue queue = new EventQueue(slow, 10)) {
            send(queue, "file.first", 1);
            arrived.acquireUninterruptibly();
            for (int i = 1; i <= 20; i++) {
                queue.onEvent(new Progress(Work.NONE, "it", i, 20, "rows", i == 20));
            }
            send(queue, "file.done", 4);
            passes.release(100);
        }

        assertThat(events.named("file.done")).hasSize(4);
        assertThat(events.named(Progress.NAME))
                .hasSize(6)
                .last()
                .isEqualTo(new Progress(Work.NONE, "it", 20, 20, "rows", true));
        assertThat(events.named("batch.events.dropped").get(0).message()).endsWith("{progress=14}");
    }

    @Test
    void a_listener_that_is_always_too_slow_gets_to_know_of_it_too() {
        EventQueue queue = new EventQueue(slow, 2);
        send(queue, "file.first", 1);
        arrived.acquireUninterruptibly();
        send(queue, "file.next", 2);
        while (events.named("batch.events.dropped").isEmpty()) {
            send(queue, "file.more", 5);
            passes.release();
            arrived.acquireUninterruptibly();
        }
        passes.release(100);
        queue.close();

        assertThat(events.named("batch.events.dropped").get(0).facts().get(0).value())
                .isGreaterThanOrEqualTo(5);
    }

    @Test
    void events_after_the_end_still_arrive_in_the_thread_that_reports_them() {
        EventQueue queue = new EventQueue(events, 2);
        queue.close();
        send(queue, "file.first", 5);
        assertThat(events.events()).hasSize(5);
    }
}
