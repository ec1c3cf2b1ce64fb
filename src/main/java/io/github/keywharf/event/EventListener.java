package io.github.keywharf.event;

import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

/**
 * Receiver of events, called on the thread of the work, so it should be quick and must be thread-safe.
 *
 * <p>Exceptions of a listener are logged and dropped: a listener never fails the work.
 */
@FunctionalInterface
public interface EventListener {

    /** Ignores all events. */
    EventListener NONE = event -> {};

    /** Receives one event. */
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
     * Returns a listener that logs through SLF4J: each event at its level, under the logger {@code keywharf.} and its name, with its
     * subject, organisation, task and facts as key-values.
     */
    static EventListener slf4j() {
        return LoggingListener.INSTANCE;
    }

    /**
     * Returns a listener that shows progress on standard output: a bar for each task of each organisation, redrawn in place,
     * with other events from INFO on above the bars. If standard output is not a terminal (a pipe, a file, {@code TERM=dumb})
     * it prints those other events only. Honours {@code NO_COLOR} and {@code COLUMNS}. Use one for the whole process.
     */
    static EventListener terminal() {
        return new TerminalListener(Terminal.ofProcess(), InstantSource.system());
    }

    /** Returns a listener that passes every event to each of these in order, even if one throws. */
    static EventListener all(EventListener... listeners) {
        List<EventListener> guarded =
                Arrays.stream(listeners).map(EventListener::guarded).toList();
        return event -> guarded.forEach(listener -> listener.onEvent(event));
    }

    /** Returns this listener with its exceptions logged and dropped. */
    default EventListener guarded() {
        return GuardedListener.of(this);
    }
}
