package io.github.keywharf.event;

import java.util.List;
import java.util.Locale;

/**
 * How far a task is. Reported repeatedly while it runs, and once at its end.
 *
 * @param work whose work it is
 * @param subject what runs, the same text each time: {@code extract sales_order}
 * @param done how many units are done
 * @param total how many there will be, as far as known; 0 when unknown
 * @param unit what is counted, a {@link Fact}'s name: {@code rows}
 * @param finished whether the task is over
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
