package io.github.keywharf.event;

import java.util.Locale;

/**
 * How far a task is. Reported repeatedly while it runs, and once at its end.
 *
 * @param task what runs, the same text each time: {@code extract sales_order}
 * @param done how many units are done
 * @param total how many there will be, as far as known; 0 when unknown
 * @param unit what is counted: {@code rows}
 * @param finished whether the task is over
 */
public record Progress(String task, long done, long total, String unit, boolean finished) implements Event {

    @Override
    public Level level() {
        return Level.DEBUG;
    }

    @Override
    public String subject() {
        return task;
    }

    @Override
    public String message() {
        return total > 0 && !finished
                ? String.format(Locale.ROOT, "%,d of about %,d %s", done, total, unit)
                : String.format(Locale.ROOT, "%,d %s%s", done, unit, finished ? ", done" : "");
    }
}
