package io.github.keywharf.event;

import java.util.List;

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

    /** Whose work it belongs to. */
    default Work work() {
        return Work.NONE;
    }

    /** The numbers in it, by stable names; made when asked for. */
    default List<Fact> facts() {
        return List.of();
    }

    /** The name of its kind, of which there are few, and whose facts may be added up: {@code CassandraLoadEvent.Finished}. */
    default String kind() {
        String name = getClass().getName();
        return name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
    }
}
