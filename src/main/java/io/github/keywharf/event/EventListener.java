package io.github.keywharf.event;

import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

/**
 * Takes events, on the thread that they happen on, so it should be quick and must be thread-safe.
 *
 * <p>What a listener throws is logged and dropped: listening never breaks the work.
 */
@FunctionalInterface
public interface EventListener {

    /** Takes nothing in. */
    EventListener NONE = event -> {};

    /** Takes one event. */
    void onEvent(Event event);

    /** Reports an {@link Event#of event} of any level. */
    default void report(Event.Level level, String name, Work work, String subject, String message, Fact... facts) {
        onEvent(Event.of(level, name, work, subject, message, facts));
    }

    /** Reports an {@link Event#of event} of {@link Event.Level#DEBUG}. */
    default void debug(String name, Work work, String subject, String message, Fact... facts) {
        report(Event.Level.DEBUG, name, work, subject, message, facts);
    }

    /** Reports an {@link Event#of event} of {@link Event.Level#INFO}. */
    default void info(String name, Work work, String subject, String message, Fact... facts) {
        report(Event.Level.INFO, name, work, subject, message, facts);
    }

    /** Reports an {@link Event#of event} of {@link Event.Level#WARNING}. */
    default void warning(String name, Work work, String subject, String message, Fact... facts) {
        report(Event.Level.WARNING, name, work, subject, message, facts);
    }

    /** Reports an {@link Event#of event} of {@link Event.Level#ERROR}. */
    default void error(String name, Work work, String subject, String message, Fact... facts) {
        report(Event.Level.ERROR, name, work, subject, message, facts);
    }

    /**
     * A listener that logs through SLF4J: each event at its level, under the logger {@code keywharf.} and its name, with its
     * subject, organisation, task and facts as key-values.
     */
    static EventListener slf4j() {
        return LoggingListener.INSTANCE;
    }

    /**
     * A listener that shows progress to the person at standard output: a bar for each task of each organisation, redrawn in place, with other
     * events from INFO on above the bars. Where standard output is not a terminal (a pipe, a file, {@code TERM=dumb}) it
     * prints plain lines instead, one for every ten per cent of a task or, where the total is unknown, every 5 seconds.
     * Honours {@code NO_COLOR} and {@code COLUMNS}. Use one for the whole process.
     */
    static EventListener terminal() {
        return new TerminalListener(Terminal.ofProcess(), InstantSource.system());
    }

    /** A listener that hands every event to each of these, in order; one that throws does not keep it from the next. */
    static EventListener all(EventListener... listeners) {
        List<EventListener> guarded =
                Arrays.stream(listeners).map(EventListener::guarded).toList();
        return event -> guarded.forEach(listener -> listener.onEvent(event));
    }

    /** This listener, with what it throws logged and dropped. */
    default EventListener guarded() {
        return GuardedListener.of(this);
    }
}
