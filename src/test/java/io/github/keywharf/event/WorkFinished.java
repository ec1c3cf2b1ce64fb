package io.github.keywharf.event;

import java.time.Duration;
import java.util.List;

/** An event with a fact of each unit. */
public record WorkFinished(Work work, long rows, long bytes, Duration took) implements Event {
    @Override
    public Level level() {
        return Level.INFO;
    }

    @Override
    public String subject() {
        return "work";
    }

    @Override
    public String message() {
        return "finished";
    }

    @Override
    public List<Fact> facts() {
        return List.of(Fact.count("rows", rows), Fact.bytes("bytes", bytes), Fact.time("took", took));
    }
}
