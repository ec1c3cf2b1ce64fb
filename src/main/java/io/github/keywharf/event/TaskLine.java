package io.github.keywharf.event;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Latest progress of one running task, as text on one line. */
final class TaskLine {

    private static final int MAX_BAR = 24;

    private final String name;
    private final Instant began;
    private Progress latest;
    private Instant now;

    TaskLine(String name, Instant began) {
        this.name = name;
        this.began = began;
        latest = new Progress(Work.NONE, name, 0, 0, "rows", false);
        now = began;
    }

    void update(Progress progress, Instant at) {
        latest = progress;
        now = at;
    }

    /** Time of the latest progress. */
    Instant updated() {
        return now;
    }

    private int percent() {
        return latest.total() <= 0 ? 0 : (int) Math.min(100, latest.done() * 100.0 / latest.total());
    }

    /** Line of a terminal, cut to its width: name, bar, percentage, counts, rate. */
    String bar(Terminal terminal) {
        int width = terminal.width() - 1;
        String numbers = numbers();
        int room = width - numbers.length() - 1;
        int bar = latest.total() > 0 ? Math.min(MAX_BAR, room / 2 - 3) : 0;
        if (bar < 4) {
            return clipped(clipped(name, Math.max(room, width / 3)) + " " + numbers, width);
        }
        int full = bar * percent() / 100;
        String filled = "#".repeat(full);
        String drawn = terminal.hasColour() && full > 0 ? "\u001b[32m" + filled + "\u001b[0m" : filled;
        return clipped(name, room - bar - 3) + " [" + drawn + ".".repeat(bar - full) + "] " + numbers;
    }

    /** Line that stays at the end of the task. */
    String summary() {
        double seconds = Duration.between(began, now).toMillis() / 1e3;
        return clipped(name, Integer.MAX_VALUE)
                + String.format(Locale.ROOT, ": %,d %s in %.1f s%s", latest.done(), latest.unit(), seconds, rate());
    }

    private String numbers() {
        String share = latest.total() > 0 ? String.format(Locale.ROOT, "%3d%% ", percent()) : "";
        String total = latest.total() > 0 ? String.format(Locale.ROOT, " of %,d", latest.total()) : "";
        return share + String.format(Locale.ROOT, "%,d%s %s%s", latest.done(), total, latest.unit(), rate());
    }

    private String rate() {
        long millis = Duration.between(began, now).toMillis();
        return millis < 100
                ? ""
                : String.format(Locale.ROOT, ", %,d %s/s", Math.round(latest.done() * 1e3 / millis), latest.unit());
    }

    /** Text without control characters, cut to a width. */
    static String clipped(String text, int width) {
        StringBuilder plain = new StringBuilder();
        text.codePoints().map(c -> Character.isISOControl(c) ? ' ' : c).forEach(plain::appendCodePoint);
        if (plain.codePointCount(0, plain.length()) <= width) {
            return plain.toString();
        }
        return width < 1 ? "" : plain.substring(0, plain.offsetByCodePoints(0, width - 1)) + "…";
    }
}
