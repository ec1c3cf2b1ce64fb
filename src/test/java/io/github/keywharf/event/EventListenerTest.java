package io.github.keywharf.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EventListenerTest {

    private record Told(Level level, String subject, String message) implements Event {}

    @Test
    void every_listener_hears_every_event_though_one_before_it_fails() {
        RecordingListener recording = new RecordingListener();
        EventListener all = EventListener.all(
                event -> {
                    throw new IllegalStateException("broken listener");
                },
                recording);
        Event event = new Told(Event.Level.INFO, "a", "b");
        all.onEvent(event);
        all.onEvent(new Progress("t", 1, 2, "rows", false));
        assertThat(recording.events()).hasSize(2).contains(event);
        assertThat(recording.events(Progress.class))
                .singleElement()
                .hasToString("Progress[task=t, done=1, total=2, unit=rows, finished=false]");
    }

    @Test
    void slf4j_gets_level_subject_and_message() {
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            EventListener listener = EventListener.slf4j();
            listener.onEvent(new Told(Event.Level.WARNING, "orders", "is late"));
            listener.onEvent(new Told(Event.Level.ERROR, "orders", "is lost"));
            listener.onEvent(new Told(Event.Level.DEBUG, "orders", "is unheard"));
        } finally {
            System.setErr(before);
        }
        String log = bytes.toString(StandardCharsets.UTF_8);
        assertThat(log.lines().filter(line -> line.contains("is late")))
                .singleElement()
                .asString()
                .contains("WARN", "orders");
        assertThat(log.lines().filter(line -> line.contains("is lost")))
                .singleElement()
                .asString()
                .contains("ERROR");
    }

    @Test
    void the_processs_terminal_can_be_asked_for_anywhere() {
        assertThatCode(EventListener::terminal).doesNotThrowAnyException();
        assertThat(EventListener.terminal()).hasToString("TerminalListener[0 tasks run]");
    }

    @Test
    void progress_reads_well() {
        assertThat(new Progress("t", 1_500, 3_000, "rows", false).message()).isEqualTo("1,500 of about 3,000 rows");
        assertThat(new Progress("t", 3_000, 3_000, "rows", true).message()).isEqualTo("3,000 rows, done");
    }
}
