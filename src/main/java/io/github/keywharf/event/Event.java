package io.github.keywharf.event;

/** Something that happened. Each kind is a record, in the package that reports it. */
public interface Event {

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

    /** What it is about: a table, an object's key, a run. */
    String subject();

    /** What happened, as a sentence for a person; never holds a secret. */
    String message();
}
