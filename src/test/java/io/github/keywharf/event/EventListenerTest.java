package io.github.keywharf.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.Organisation;
import io.github.keywharf.testing.RecordingListener;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventListenerTest {

    @Test
    void every_listener_hears_every_event_though_one_before_it_fails() {
        RecordingListener recording = new RecordingListener();
        EventListener all = EventListener.all(
                event -> {
                    throw new IllegalStateException("broken listener");
                },
                recording);
        Event event = Event.of(Event.Level.INFO, "test.told", Work.NONE, "a", "b");
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
            listener.report(Event.Level.WARNING, "test.told", Work.NONE, "orders", "is late");
            listener.report(Event.Level.ERROR, "test.told", Work.NONE, "orders", "is lost");
            listener.report(Event.Level.DEBUG, "test.told", Work.NONE, "orders", "is unheard");
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
                    .warning(
                            "orders.load.finished",
                            Work.of(Organisation.of("acme")).withTask("load-3"),
                            "daily.csv",
                            "is there",
                            Fact.count("rows", 5),
                            Fact.time("took", Duration.ofSeconds(2)));
        } finally {
            System.setErr(before);
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("WARN finished - subject=daily.csv organisation=acme task=load-3 rows=5 took=PT2S");
    }

    @Test
    void names_are_dotted_words_in_lower_case() {
        RecordingListener events = new RecordingListener();
        for (String name : List.of("load.finished", "cassandra.load.outage_began", "a.b2")) {
            events.debug(name, Work.NONE, "s", "m");
        }
        assertThat(events.events())
                .extracting(Event::name)
                .contains("load.finished")
                .hasSize(3);
        for (String name : List.of("", "load", "Load.Finished", "load.", ".load", "a..b", "a.1", "a b.c", "a.b\n")) {
            assertThatThrownBy(() -> Event.of(Event.Level.INFO, name, Work.NONE, "s", "m"))
                    .hasMessageContaining("is not an event's name");
        }
        assertThatThrownBy(() -> Event.of(Event.Level.INFO, "a." + "b".repeat(99), Work.NONE, "s", "m"))
                .hasMessageContaining("is not an event's name");
    }

    @Test
    void an_event_reads_well_and_equals_another_of_the_same_data() {
        Event event = Event.of(Event.Level.INFO, "load.finished", Work.NONE, "orders", "5 rows", Fact.count("rows", 5));
        assertThat(event)
                .hasToString("INFO load.finished [orders] 5 rows [rows=5]")
                .isEqualTo(Event.of(
                        Event.Level.INFO, "load.finished", Work.NONE, "orders", "5 rows", Fact.count("rows", 5)));
    }

    @Test
    void a_level_has_a_method_of_its_own() {
        RecordingListener events = new RecordingListener();
        events.debug("a.b", Work.NONE, "s", "m");
        events.info("a.b", Work.NONE, "s", "m");
        events.warning("a.b", Work.NONE, "s", "m");
        events.error("a.b", Work.NONE, "s", "m");
        assertThat(events.named("a.b")).extracting(Event::level).containsExactly(Event.Level.values());
    }

    @Test
    void a_task_has_an_id_of_its_own() {
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
