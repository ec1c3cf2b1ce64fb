package io.github.keywharf.event;

import java.util.List;

/**
 * Something that happened, as data: a {@link Progress}, or what {@link EventListener#report} makes. Listeners distinguish events
 * by {@link #name()}; docs/reference/events.md lists the names of this library.
 */
public sealed interface Event permits Progress, ReportedEvent {

    /** The longest name. */
    int MAX_NAME_LENGTH = 100;

    /** Who should care. */
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

    /** Who should care. */
    Level level();

    /**
     * A name that is stable across releases, such as {@code cassandra.load.throttled}: words of lower-case letters, digits and
     * underscores, with dots between them. There are few, and the facts of equal ones may be added up.
     */
    String name();

    /** The work it belongs to. */
    Work work();

    /** The thing it is about: a table, an object's key, a run. */
    String subject();

    /** A sentence for a person that says what happened; never holds a secret. */
    String message();

    /** The numbers in it, by stable names. */
    List<Fact> facts();

    /**
     * An event.
     *
     * @throws IllegalArgumentException if the name is not one of {@link #name()}
     */
    static Event of(Level level, String name, Work work, String subject, String message, Fact... facts) {
        return new ReportedEvent(level, name, work, subject, message, List.of(facts));
    }
}
