package io.github.keywharf.bench.measure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Looks at the stacks of this process's threads every few milliseconds, and counts what they were at: a simple profile,
 * whose looks fall on safepoints only.
 */
public final class StackProfile implements AutoCloseable {

    private static final long LOOK_MILLIS = 3;
    private static final int FRAMES = 14;
    private static final String OURS = "io.github.keywharf.";

    private static final Set<String> WAITS = Set.of(
            "park",
            "parkNanos",
            "wait",
            "wait0",
            "socketRead0",
            "read0",
            "poll",
            "poll0",
            "sleep",
            "sleep0",
            "epollWait",
            "accept",
            "accept0",
            "socketAccept",
            "writev0",
            "write0",
            "pread0",
            "net_poll");

    private final Map<String, Integer> work = new HashMap<>();
    private final Map<String, Integer> leaves = new HashMap<>();
    private final Thread looker = new Thread(this::look, "stack-profile");
    private volatile boolean stopped;
    private int looks;

    private StackProfile() {}

    /** Starts to look. */
    public static StackProfile start() {
        StackProfile profile = new StackProfile();
        profile.looker.setDaemon(true);
        profile.looker.start();
        return profile;
    }

    private void look() {
        while (!stopped) {
            Map<Thread, StackTraceElement[]> all = Thread.getAllStackTraces();
            synchronized (this) {
                looks++;
                all.forEach((thread, stack) -> {
                    if (thread != looker && stack.length > 0) {
                        note(thread, stack);
                    }
                });
            }
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void note(Thread thread, StackTraceElement[] stack) {
        StackTraceElement ours = null;
        for (StackTraceElement frame : stack) {
            if (frame.getClassName().startsWith(OURS) && !frame.getClassName().startsWith(OURS + "bench.")) {
                ours = frame;
                break;
            }
        }
        if (ours == null) {
            return;
        }
        boolean waiting = thread.getState() != Thread.State.RUNNABLE || WAITS.contains(stack[0].getMethodName());
        String name = thread.getName().replaceAll("\\d+", "#");
        String step = step(ours, stack);
        work.merge(String.format("%-22s %-8s %s", name, waiting ? "waits" : "works", step), 1, Integer::sum);
        if (!waiting) {
            leaves.merge(
                    shortName(stack[0]) + (stack[0].equals(ours) ? "" : "  <- " + shortName(ours)), 1, Integer::sum);
        }
    }

    /** What a stack is at, by the library's packages and the first class of ours on it. */
    private static String step(StackTraceElement ours, StackTraceElement[] stack) {
        String name = ours.getClassName().substring(OURS.length());
        String simple = name.substring(name.lastIndexOf('.') + 1);
        if (name.startsWith("format.")) {
            return name.startsWith("format.Csv") ? "csv" : "parquet";
        }
        if (name.startsWith("store.") || name.startsWith("aws.")) {
            return "store";
        }
        if (name.startsWith("table.ReadAheadRows")) {
            return "queue";
        }
        if (name.startsWith("postgres.")) {
            for (StackTraceElement frame : stack) {
                String in = frame.getClassName();
                if (in.endsWith("CopyRows") || in.endsWith("CopyDecoder") || in.endsWith("PgSnapshot")) {
                    return "decode";
                }
                if (in.endsWith("CopyWriter") || in.endsWith("RowChecks") || in.endsWith("SeenKeys")) {
                    return "copy-in";
                }
                if (in.endsWith("PausedForeignKeys")) {
                    return "foreign keys";
                }
                if (in.endsWith("StagedMerge")) {
                    return "merge";
                }
            }
            for (StackTraceElement frame : stack) {
                if (!frame.getClassName().endsWith("." + simple)
                        && frame.getClassName().startsWith(OURS + "postgres.")) {
                    return "postgres " + simple + " for " + shortName(frame);
                }
            }
            return "postgres " + simple;
        }
        for (int i = 0; i < Math.min(stack.length, FRAMES); i++) {
            if (stack[i].getClassName().endsWith("StarTransform")
                    || stack[i].getClassName().endsWith("CalendarDays")) {
                return "transform";
            }
        }
        return name;
    }

    private static String shortName(StackTraceElement frame) {
        String name = frame.getClassName();
        return name.substring(name.lastIndexOf('.') + 1) + "." + frame.getMethodName();
    }

    /** What was seen, the most frequent first, in percent of all looks. */
    public synchronized List<String> lines(int most) {
        List<String> lines = new ArrayList<>();
        lines.add(looks + " looks; percent of looks by thread and step");
        add(lines, work, most);
        lines.add("leaves that worked");
        add(lines, leaves, most);
        return lines;
    }

    private void add(List<String> lines, Map<String, Integer> counts, int most) {
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(most)
                .forEach(entry -> lines.add(String.format(
                        Locale.ROOT, "%5.1f %%  %s", 100.0 * entry.getValue() / Math.max(1, looks), entry.getKey())));
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        looker.join();
    }
}
