package io.github.keywharf.event;

import java.util.List;
import java.util.Locale;

/**
 * Progress of a task, reported repeatedly while it runs, and once at its end.
 *
 * @param work work that the task belongs to
 * @param subject name of the task, the same text each time: {@code extract sales_order}
 * @param done number of units that are done
 * @param total estimated number of all units; 0 if unknown
 * @param unit counted unit, a {@link Fact}'s name: {@code rows}
 * @param finished true at the end of the task
 */
public record Progress(Work work, String subject, long done, long total, String unit, boolean finished)
        implements Event {

    /** The name of every progress: {@value}. */
    public static final String NAME = "progress";

    /** Checks the unit. */
    public Progress {
        if (!Fact.isName(unit)) {
            throw new IllegalArgumentException("'" + TaskLine.clipped(unit, Fact.MAX_NAME_LENGTH)
                    + "' is not a unit of progress; use a fact's name, such as rows");
        }
    }

    @Override
    public Level level() {
        return Level.DEBUG;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String message() {
        return total > 0 && !finished
                ? String.format(Locale.ROOT, "%,d of about %,d %s", done, total, unit)
                : String.format(Locale.ROOT, "%,d %s%s", done, unit, finished ? ", done" : "");
    }

    @Override
    public List<Fact> facts() {
        Fact count = Fact.count(unit, done);
        return total > 0 ? List.of(count, Fact.count("total", total)) : List.of(count);
    }
}
