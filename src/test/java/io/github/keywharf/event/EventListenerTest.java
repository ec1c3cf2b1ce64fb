package io.github.keywharf.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.Organisation;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
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
        all.onEvent(new Progress(Work.NONE, "t", 1, 2, "rows", false));
        assertThat(recording.events()).hasSize(2).contains(event);
        assertThat(recording.events(Progress.class))
                .singleElement()
                .hasToString(
                        "Progress[work=Work[organisation=Optional.empty, task=], subject=t, done=1, total=2, unit=rows, finished=false]");
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
        assertThat(new Progress(Work.NONE, "t", 1_500, 3_000, "rows", false).message())
                .isEqualTo("1,500 of about 3,000 rows");
        assertThat(new Progress(Work.NONE, "t", 3_000, 3_000, "rows", true).message())
                .isEqualTo("3,000 rows, done");
    }

    @Test
    void a_log_gets_organisation_task_and_facts() {
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            EventListener.slf4j()
                    .onEvent(new Loaded(Work.of(Organisation.of("acme")).withTask("load-3")));
        } finally {
            System.setErr(before);
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("subject=daily.csv organisation=acme task=load-3 rows=5 took=PT2S");
    }

    private record Loaded(Work work) implements Event {
        @Override
        public Level level() {
            return Level.WARNING;
        }

        @Override
        public String subject() {
            return "daily.csv";
        }

        @Override
        public String message() {
            return "is there";
        }

        @Override
        public List<Fact> facts() {
            return List.of(Fact.count("rows", 5), Fact.time("took", Duration.ofSeconds(2)));
        }
    }

    @Test
    void a_kind_has_a_name_and_a_task_an_id_of_its_own() {
        assertThat(new Loaded(Work.NONE).kind()).isEqualTo("EventListenerTest.Loaded");
        assertThat(Work.NONE.started("load")).isNotEqualTo(Work.NONE.started("load"));
        Work given = Work.of(Organisation.of("acme")).withTask("nightly");
        assertThat(given.started("load")).isEqualTo(given);
        assertThatThrownBy(() -> Work.NONE.withTask("x".repeat(201))).hasMessageContaining("up to 200 characters");
    }

    @Test
    void facts_are_named_numbers() {
        assertThat(new Progress(Work.NONE, "t", 5, 9, "files", false).facts())
                .containsExactly(Fact.count("files", 5), Fact.count("total", 9));
        assertThat(Fact.time("took", Duration.ofSeconds(Long.MAX_VALUE)).value())
                .isEqualTo(Long.MAX_VALUE);
        assertThat(Fact.time("lag", Duration.ofSeconds(-5)).value()).isZero();
        assertThat(Fact.time("lag", Duration.ofSeconds(Long.MIN_VALUE)).value()).isZero();
        for (String name : List.of("", "Rows", "rows read", "1st", "x".repeat(41))) {
            assertThatThrownBy(() -> Fact.count(name, 1)).hasMessageContaining("not a fact's name");
            assertThatThrownBy(() -> new Progress(Work.NONE, "t", 1, 1, name, false))
                    .hasMessageContaining("not a unit of progress");
        }
    }
}
