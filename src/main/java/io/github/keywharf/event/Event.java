package io.github.keywharf.event;

import java.util.List;

/**
 * Event of running work, as data: a {@link Progress}, or an event of {@link EventListener#report}. Listeners distinguish
 * events by {@link #name()}; docs/reference/events.md lists the names of this library.
 */
public sealed interface Event permits Progress, ReportedEvent {

    /** The longest name. */
    int MAX_NAME_LENGTH = 100;

    /** Severity of an event. */
    enum Level {
        /** Of use while developing. */
        DEBUG,
        /** The ordinary course of things. */
        INFO,
        /** Something to look at in office hours. */
        WARNING,
        /** Something failed: alert a person. */
        ERROR
    }

    /** Severity, which says who should read it. */
    Level level();

    /**
     * Name that is stable across releases, such as {@code cassandra.load.throttled}: words of lower-case letters, digits and
     * underscores, separated by dots. Names are few, and facts of events of one name may be added up.
     */
    String name();

    /** Work that the event belongs to. */
    Work work();

    /** Subject of the event: a table, an object's key, a run. */
    String subject();

    /** Sentence for people; never contains a secret. */
    String message();

    /** Numbers of the event, by stable names. */
    List<Fact> facts();

    /**
     * Creates an event.
     *
     * @throws IllegalArgumentException if the name breaks the rules of {@link #name()}
     */
    static Event of(Level level, String name, Work work, String subject, String message, Fact... facts) {
        return new ReportedEvent(level, name, work, subject, message, List.of(facts));
    }
}
