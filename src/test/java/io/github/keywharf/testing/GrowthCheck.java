package io.github.keywharf.testing;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Runs an operation thousands of times and checks that it costs late in its history what it cost early.
 *
 * <pre>{@code
 * CountingStore store = CountingStore.inMemory();
 * GrowthCheck.of("an append to the journal")
 *         .store(store)
 *         .last(10_000)
 *         .run(number -> journal.append(number, "entry"));
 * }</pre>
 *
 * <p>The cost is measured at operations 10, {@code last / 10} (20 at least) and {@code last}, each time as the mean of ten operations, as
 * some work is due only every tenth time. Every measure must be flat: a later measurement may exceed the lowest earlier
 * one by a quarter at most, since numbers gain digits. {@link #linear} allows a measure to grow in proportion to a size.
 * What the first operation alone costs, such as creating a table, belongs before the check.
 *
 * <p>{@code -Dkeywharf.growth.last=10000} replaces the last operation of every check.
 */
public final class GrowthCheck {
    private static final String LAST = "keywharf.growth.last";
    private static final int FIRST = 10;
    private static final int OPERATIONS = 10;
    private static final int LEAST = 100;
    private static final double TOLERANCE = 1.25;

    private final String subject;
    private final List<Measure> measures = new ArrayList<>();
    private int last = 1_000;

    /** One operation of a long history. */
    @FunctionalInterface
    public interface Operation {
        /**
         * Runs the operation.
         *
         * @param number 1 for the first
         */
        void run(int number) throws Exception;
    }

    private enum Kind {
        SPENT,
        HELD
    }

    /** A value whose cost may grow with a size, 1 for a flat one, and exceed that by a slack. */
    private record Measure(String name, LongSupplier value, Kind kind, LongSupplier size, Allowance allowance) {
        Measure with(String words, LongSupplier newSize) {
            return new Measure(name, value, kind, newSize, new Allowance(words, allowance.slack));
        }

        double cost(long before) {
            return kind == Kind.HELD ? value.getAsLong() : (double) (value.getAsLong() - before) / OPERATIONS;
        }
    }

    private record Allowance(String words, long slack) {}

    private record Sample(double cost, double size) {}

    private GrowthCheck(String subject) {
        this.subject = Objects.requireNonNull(subject, "subject");
    }

    /** A check of an operation, such as {@code "a renewal of a lease"}, that measures nothing yet. */
    public static GrowthCheck of(String operation) {
        return new GrowthCheck(operation);
    }

    /** Measures {@code requests}, {@code bytes read}, {@code bytes written} and {@code keys listed} of a store. */
    public GrowthCheck store(CountingStore store) {
        return spent("requests", store::requests)
                .spent("bytes read", store::bytesRead)
                .spent("bytes written", store::bytesWritten)
                .spent("keys listed", store::keysListed);
    }

    /** Measures what each operation adds to a count that only grows, such as statements sent. */
    public GrowthCheck spent(String measure, LongSupplier count) {
        return add(measure, count, Kind.SPENT, 0);
    }

    /** Measures an amount that is held after an operation, and allows it to exceed an earlier one also by a slack. */
    public GrowthCheck held(String measure, LongSupplier amount, long slack) {
        return add(measure, amount, Kind.HELD, slack);
    }

    /** Measures {@code threads} of this process, with a slack of ten. */
    public GrowthCheck threads() {
        return held("threads", () -> ManagementFactory.getThreadMXBean().getThreadCount(), 10);
    }

    /** Measures open {@code file handles} of this process, with a slack of twenty; always 0 on Windows. */
    public GrowthCheck fileHandles() {
        return held("file handles", GrowthCheck::openFiles, 20);
    }

    /** Measures the {@code heap bytes} in use after a garbage collection, with a slack of 8 MiB. */
    public GrowthCheck heap() {
        return held("heap bytes", GrowthCheck::usedHeap, 8L << 20);
    }

    private GrowthCheck add(String name, LongSupplier value, Kind kind, long slack) {
        measures.add(new Measure(name, value, kind, () -> 1, new Allowance("flat", slack)));
        return this;
    }

    /**
     * Allows a measure to grow at most in proportion to a size.
     *
     * @param what what the size counts, for the failure message
     * @throws IllegalArgumentException if there is no such measure
     */
    public GrowthCheck linear(String measure, String what, LongSupplier size) {
        for (int i = 0; i < measures.size(); i++) {
            Measure found = measures.get(i);
            if (found.name.equals(measure)) {
                measures.set(i, found.with("linear in " + what, size));
                return this;
            }
        }
        throw new IllegalArgumentException("[" + subject + "] no measure is called '" + measure + "'");
    }

    /** Sets the last operation that is measured, at least 100; 1,000 by default. */
    public GrowthCheck last(int operation) {
        if (operation < LEAST) {
            throw new IllegalArgumentException(
                    "[" + subject + "] operation " + operation + " is too early; give " + LEAST + " or more");
        }
        last = operation;
        return this;
    }

    /**
     * Runs the operation as often as needed.
     *
     * @throws AssertionError if a measure grew more than allowed; its message lists all measurements
     */
    public void run(Operation operation) throws Exception {
        int end = Math.max(LEAST, Integer.getInteger(LAST, last));
        int[] points = {FIRST, Math.max(FIRST + OPERATIONS, end / 10), end};
        List<List<Sample>> samples = new ArrayList<>();
        int number = 1;
        for (int point : points) {
            for (; number < point; number++) {
                operation.run(number);
            }
            long[] before = measures.stream()
                    .mapToLong(measure -> measure.value.getAsLong())
                    .toArray();
            long[] sizes = measures.stream()
                    .mapToLong(measure -> measure.size.getAsLong())
                    .toArray();
            for (; number < point + OPERATIONS; number++) {
                operation.run(number);
            }
            samples.add(samples(before, sizes));
        }
        check(points, samples);
    }

    private List<Sample> samples(long[] before, long[] sizes) {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < before.length; i++) {
            Measure measure = measures.get(i);
            double size = (sizes[i] + measure.size.getAsLong()) / 2.0;
            samples.add(new Sample(measure.cost(before[i]), size));
        }
        return samples;
    }

    private void check(int[] points, List<List<Sample>> samples) {
        StringBuilder table = new StringBuilder(String.format(Locale.ROOT, "%-16s", ""));
        for (int point : points) {
            table.append(String.format(Locale.ROOT, "%,14d", point));
        }
        boolean grew = false;
        for (int i = 0; i < measures.size(); i++) {
            Measure measure = measures.get(i);
            table.append(String.format(Locale.ROOT, "%n%-16s", measure.name));
            double lowest = Double.MAX_VALUE;
            boolean tooMuch = false;
            for (List<Sample> point : samples) {
                Sample sample = point.get(i);
                table.append(String.format(Locale.ROOT, "%,14.1f", sample.cost));
                tooMuch |= lowest < Double.MAX_VALUE
                        && sample.cost > lowest * sample.size * TOLERANCE + measure.allowance.slack;
                lowest = Math.min(lowest, sample.cost / sample.size);
            }
            table.append("  ").append(measure.allowance.words).append(tooMuch ? ": EXCEEDED" : "");
            grew |= tooMuch;
        }
        if (grew) {
            throw new AssertionError("[" + subject + "] costs more than allowed at a later operation:\n" + table);
        }
    }

    private static long openFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
