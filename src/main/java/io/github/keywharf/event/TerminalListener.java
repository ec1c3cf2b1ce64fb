package io.github.keywharf.event;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Listener that shows progress: a bar for each running task, redrawn in place, and no progress where output is piped. Other
 * events from INFO on are printed, above the bars. Thread-safe.
 */
final class TerminalListener implements EventListener {

    private static final Duration REDRAW_EVERY = Duration.ofMillis(100);
    /** Limit to bars, 16: those of the tasks with the latest progress. */
    private static final int MAX_BARS = 16;

    /** Limit to tasks, 1,000: a failed task never ends, so the one with the oldest progress is removed. */
    private static final int MAX_TASKS = 1_000;

    private static final String ESCAPE = "\u001b[";

    private final Terminal terminal;
    private final InstantSource clock;
    private final Map<Task, TaskLine> running = new LinkedHashMap<>();
    private int drawn;
    private Instant lastDrawn = Instant.MIN;

    /** Key of a bar: equal names in the work of two organisations, or in two loads, are two tasks. */
    private record Task(Work work, String subject) {}

    TerminalListener(Terminal terminal, InstantSource clock) {
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public synchronized void onEvent(Event event) {
        if (event instanceof Progress progress) {
            if (terminal.canRedraw()) {
                onProgress(progress);
            }
        } else if (event.level() != Event.Level.DEBUG) {
            above(line(event));
        }
    }

    private void onProgress(Progress progress) {
        Instant now = clock.instant();
        Task key = new Task(progress.work(), progress.subject());
        TaskLine task = running.computeIfAbsent(
                key, missing -> new TaskLine(missing.work().prefix() + missing.subject(), now));
        task.update(progress, now);
        if (running.size() > MAX_TASKS) {
            running.values().remove(Collections.min(running.values(), Comparator.comparing(TaskLine::updated)));
        }
        if (progress.finished()) {
            running.remove(key);
            above(task.summary());
        } else if (drawn != Math.min(running.size(), MAX_BARS) || !now.isBefore(lastDrawn.plus(REDRAW_EVERY))) {
            lastDrawn = now;
            draw("");
        }
    }

    private String line(Event event) {
        String text =
                TaskLine.clipped(event.work().prefix() + event.subject() + ": " + event.message(), Integer.MAX_VALUE);
        int colour = switch (event.level()) {
            case ERROR -> 31;
            case WARNING -> 33;
            default -> 0;
        };
        String level = event.level() == Event.Level.INFO ? "" : event.level() + " ";
        return terminal.hasColour() && colour != 0
                ? ESCAPE + colour + "m" + level + text + ESCAPE + "0m"
                : level + text;
    }

    /** Prints a line that stays, and redraws the bars below it. */
    private void above(String line) {
        if (terminal.canRedraw()) {
            draw(line + "\n");
        } else {
            print(line + System.lineSeparator());
        }
    }

    private void draw(String above) {
        StringBuilder text = new StringBuilder();
        if (drawn > 0) {
            text.append(ESCAPE + drawn + "A\r" + ESCAPE + "J");
        }
        text.append(above);
        List<TaskLine> shown = shown();
        for (TaskLine task : shown) {
            text.append(task.bar(terminal)).append('\n');
        }
        drawn = shown.size();
        print(text.toString());
    }

    /** Tasks with a bar, in the order in which they began. */
    private List<TaskLine> shown() {
        if (running.size() <= MAX_BARS) {
            return List.copyOf(running.values());
        }
        Set<TaskLine> latest = running.values().stream()
                .sorted(Comparator.comparing(TaskLine::updated).reversed())
                .limit(MAX_BARS)
                .collect(Collectors.toSet());
        return running.values().stream().filter(latest::contains).toList();
    }

    private void print(String text) {
        terminal.out().print(text);
        terminal.out().flush();
    }

    @Override
    public String toString() {
        return "TerminalListener[" + running.size() + " tasks run]";
    }
}
