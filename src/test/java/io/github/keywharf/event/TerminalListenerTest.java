package io.github.keywharf.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.Organisation;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TerminalListenerTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private Instant now = Instant.parse("2024-05-20T12:00:00Z");

    private TerminalListener listener(boolean isTerminal, Map<String, String> environment) {
        Terminal terminal = Terminal.of(out, environment);
        return new TerminalListener(
                isTerminal ? terminal : new Terminal(out, Terminal.Style.PLAIN, terminal.width()), () -> now);
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    /** What a terminal shows after it has obeyed the few control codes that are used. */
    private List<String> screen() {
        List<String> lines = new ArrayList<>();
        String text = printed();
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                lines.add(line.toString());
                line.setLength(0);
            } else if (c == '\u001b') {
                int end = i + 2;
                while (Character.isDigit(text.charAt(end))) {
                    end++;
                }
                if (text.charAt(end) == 'A') {
                    int up = Integer.parseInt(text.substring(i + 2, end));
                    lines.subList(lines.size() - up, lines.size()).clear();
                }
                i = end;
            } else if (c != '\r') {
                line.append(c);
            }
        }
        return lines;
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    @Test
    void each_task_has_a_bar_that_is_redrawn_in_place() {
        TerminalListener listener = listener(true, Map.of("COLUMNS", "70", "NO_COLOR", "1"));
        listener.onEvent(new Progress(Work.NONE, "extract a", 0, 1_000, "rows", false));
        pass(Duration.ofSeconds(2));
        listener.onEvent(new Progress(Work.NONE, "extract b", 50, 0, "rows", false));
        listener.onEvent(new Progress(Work.NONE, "extract a", 500, 1_000, "rows", false));
        pass(Duration.ofSeconds(1));
        listener.onEvent(new Progress(Work.NONE, "extract a", 750, 1_000, "rows", false));
        assertThat(screen())
                .containsExactly(
                        "extract a [#########....]  75% 750 of 1,000 rows, 250 rows/s"
                                .replace("[#########....]", bar(75)),
                        "extract b 50 rows");
        assertThat(printed()).doesNotContain("\u001b[32m");
    }

    private String bar(int percent) {
        String line = screen().get(0);
        String bar = line.substring(line.indexOf('['), line.indexOf(']') + 1);
        int width = bar.length() - 2;
        assertThat(bar.chars().filter(c -> c == '#')).hasSize(width * percent / 100);
        return bar;
    }

    @Test
    void other_events_stand_above_the_bars_and_finished_tasks_leave_one_line() {
        TerminalListener listener = listener(true, Map.of("TERM", "xterm"));
        listener.onEvent(new Progress(Work.NONE, "load", 1, 4, "files", false));
        listener.report(Event.Level.WARNING, "test.told", Work.NONE, "load", "is slow");
        listener.report(Event.Level.DEBUG, "test.told", Work.NONE, "load", "unheard");
        listener.onEvent(new Progress(Work.NONE, "check", 1, 2, "files", false));
        pass(Duration.ofSeconds(2));
        listener.onEvent(new Progress(Work.NONE, "load", 4, 4, "files", true));
        assertThat(screen()).hasSize(3);
        assertThat(screen().get(0)).isEqualTo("WARNING load: is slow");
        assertThat(screen().get(1)).isEqualTo("load: 4 files in 2.0 s, 2 files/s");
        assertThat(screen().get(2)).startsWith("check [").endsWith("50% 1 of 2 files");
        assertThat(printed()).contains("\u001b[33mWARNING");
    }

    @Test
    void equal_files_of_two_tenants_have_a_bar_each() {
        TerminalListener listener = listener(true, Map.of("COLUMNS", "70", "NO_COLOR", "1"));
        Work acme = Work.of(Organisation.of("acme"));
        Work globex = Work.of(Organisation.of("globex"));
        listener.onEvent(new Progress(acme, "daily.csv", 10, 0, "rows", false));
        listener.onEvent(new Progress(globex, "daily.csv", 99, 0, "rows", false));
        listener.onEvent(new Progress(globex.withTask("again"), "daily.csv", 7, 0, "rows", false));
        assertThat(screen())
                .containsExactly("acme daily.csv 10 rows", "globex daily.csv 99 rows", "globex daily.csv 7 rows");
        listener.onEvent(new Progress(globex, "daily.csv", 100, 0, "rows", true));
        assertThat(screen())
                .containsExactly(
                        "globex daily.csv: 100 rows in 0.0 s", "acme daily.csv 10 rows", "globex daily.csv 7 rows");
    }

    @Test
    void tasks_that_never_end_do_not_fill_the_screen() {
        TerminalListener listener = listener(true, Map.of("NO_COLOR", "1"));
        for (int task = 0; task < 100; task++) {
            pass(Duration.ofSeconds(1));
            listener.onEvent(new Progress(Work.NONE, "task " + task, 1, 0, "rows", false));
        }
        assertThat(screen()).hasSize(16).first().asString().startsWith("task 84 ");
    }

    @Test
    void tasks_beyond_those_that_have_a_bar_keep_their_time() {
        TerminalListener listener = listener(true, Map.of("NO_COLOR", "1"));
        for (int second = 0; second <= 10; second++) {
            for (int task = 0; task < 20; task++) {
                listener.onEvent(new Progress(Work.NONE, "task " + task, second * 100L, 1_000, "rows", second == 10));
            }
            pass(Duration.ofSeconds(1));
        }
        assertThat(screen()).hasSize(20).allMatch(line -> line.endsWith(": 1,000 rows in 10.0 s, 100 rows/s"));
    }

    @Test
    void lines_never_exceed_the_width() {
        for (int width : List.of(20, 33, 40, 79)) {
            bytes.reset();
            TerminalListener listener = listener(true, Map.of("COLUMNS", "" + width));
            listener.onEvent(new Progress(Work.NONE, "a task of a long name\n\u001b[31m", 1, 9_000_000, "rows", false));
            pass(Duration.ofSeconds(1));
            listener.onEvent(
                    new Progress(Work.NONE, "a task of a long name\n\u001b[31m", 8_999_999, 9_000_000, "rows", false));
            assertThat(screen())
                    .singleElement()
                    .satisfies(line -> assertThat(line.length()).isLessThan(width));
        }
    }

    @Test
    void a_pipe_gets_nothing_of_progress_and_other_events_as_plain_lines() {
        for (TerminalListener listener : List.of(listener(false, Map.of()), listener(true, Map.of("TERM", "dumb")))) {
            bytes.reset();
            for (int done = 0; done <= 1_000; done++) {
                listener.onEvent(new Progress(Work.NONE, "extract", done, 1_000, "rows", done == 1_000));
            }
            listener.report(Event.Level.ERROR, "test.told", Work.NONE, "extract", "failed");
            assertThat(printed()).isEqualTo("ERROR extract: failed\n");
        }
    }

    private record Order(long id) {}

    private static Rows orders() {
        return Rows.ofRecords(
                Order.class, LongStream.range(0, 100_000).mapToObj(Order::new).toList());
    }

    @Test
    void rows_that_are_watched_have_a_bar_in_a_terminal_and_nothing_in_a_pipe() {
        try (Rows rows = Progress.watching(orders(), "load orders", listener(true, Map.of("NO_COLOR", "1")))) {
            rows.next();
            assertThat(screen())
                    .singleElement()
                    .asString()
                    .startsWith("load orders ")
                    .endsWith(" rows");
            rows.toTable();
        }
        assertThat(screen()).containsExactly("load orders: 100,000 rows in 0.0 s");

        bytes.reset();
        Table table = Progress.watching(orders(), "load orders", listener(false, Map.of()))
                .toTable();
        assertThat(table.size()).isEqualTo(100_000);
        assertThat(printed()).isEmpty();
    }

    @Test
    void rows_that_are_watched_report_what_was_left_out_before() {
        Rows rows = Progress.watching(orders().limit(10), "load orders", event -> {});
        rows.toTable();

        assertThat(rows.leftOut().limit()).isPositive();
    }

    @Test
    void rows_that_are_watched_end_once_and_are_closed_with_what_they_watch() {
        List<Event> events = new ArrayList<>();
        List<String> closed = new ArrayList<>();
        Rows source = orders().onClose(() -> closed.add("source"));
        Rows rows = Progress.watching(source, "load orders", events::add);
        while (rows.next() != null) {}
        rows.next();
        rows.close();

        assertThat(closed).containsExactly("source");
        assertThat(events)
                .filteredOn(event -> ((Progress) event).finished())
                .singleElement()
                .satisfies(event -> {
                    assertThat(((Progress) event).done()).isEqualTo(100_000);
                    assertThat(events).last().isSameAs(event);
                });
    }

    @Test
    void many_threads_draw_whole_lines() throws InterruptedException {
        TerminalListener listener = listener(true, Map.of("NO_COLOR", "1"));
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            String task = "task " + t;
            threads.add(new Thread(() -> {
                for (int i = 0; i <= 500; i++) {
                    listener.onEvent(new Progress(Work.NONE, task, i, 500, "rows", i == 500));
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(screen()).hasSize(4).allMatch(line -> line.matches("task \\d: 500 rows in 0.0 s"));
    }

    @Test
    void the_environment_decides_width_and_colour() {
        assertThat(Terminal.of(out, Map.of()).hasColour()).isTrue();
        assertThat(Terminal.of(out, Map.of("NO_COLOR", "1")).hasColour()).isFalse();
        assertThat(Terminal.of(out, Map.of("NO_COLOR", "1")).canRedraw()).isTrue();
        assertThat(Terminal.of(out, Map.of("TERM", "dumb")).canRedraw()).isFalse();
        assertThat(Terminal.of(out, Map.of("TERM", "dumb")).hasColour()).isFalse();
        assertThat(Terminal.of(out, Map.of("COLUMNS", "wide")).width()).isEqualTo(80);
        assertThat(Terminal.of(out, Map.of("COLUMNS", "3")).width()).isEqualTo(20);
    }
}
