package io.github.keywharf.bench.measure;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Times contestants that do the same work: first all of them unmeasured, then round after round, each once a round, so
 * that what the machine does meanwhile meets them alike. Figures are medians.
 */
public final class SideBySide {

    /** A piece of work; what it throws ends the benchmark. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    private record Contestant(Work before, Work work, Work after) {}

    private final Map<String, Contestant> contestants = new LinkedHashMap<>();
    private final Map<String, double[]> seconds = new LinkedHashMap<>();
    private final Map<String, HeapWatch.Peak> heap = new LinkedHashMap<>();
    private final Map<String, double[]> processor = new LinkedHashMap<>();
    private boolean verbose = true;
    private long server;

    /** Adds a contestant; {@code before} and {@code after} are not timed. */
    public SideBySide add(String name, Work before, Work work, Work after) {
        contestants.put(name, new Contestant(before, work, after));
        return this;
    }

    /** Adds a contestant that needs no preparation. */
    public SideBySide add(String name, Work work) {
        return add(name, () -> {}, work, () -> {});
    }

    /** Counts the processor time of a server too, by the id of its first process. */
    public SideBySide server(long process) {
        server = process;
        return this;
    }

    /** Says nothing of single runs. */
    public SideBySide quiet() {
        verbose = false;
        return this;
    }

    /**
     * Runs all.
     *
     * @param warmUp unmeasured rounds
     * @param runs measured rounds
     */
    public SideBySide run(int warmUp, int runs) throws Exception {
        for (int round = -warmUp; round < runs; round++) {
            for (Map.Entry<String, Contestant> entry : contestants.entrySet()) {
                Taken taken = once(entry.getKey(), entry.getValue());
                if (round >= 0) {
                    seconds.computeIfAbsent(entry.getKey(), name -> new double[runs])[round] = taken.seconds();
                    processor.computeIfAbsent(entry.getKey(), name -> new double[runs])[round] = taken.processor();
                }
                if (verbose) {
                    System.out.printf(
                            Locale.ROOT,
                            "  %s %-24s %8.3f s, processors %8.3f s%n",
                            round < 0 ? "warm-up" : "run " + round + "  ",
                            entry.getKey(),
                            taken.seconds(),
                            taken.processor());
                }
            }
        }
        return this;
    }

    private record Taken(double seconds, double processor) {}

    private Taken once(String name, Contestant contestant) throws Exception {
        contestant.before().run();
        Taken taken;
        try (HeapWatch watch = HeapWatch.start()) {
            double before = CpuWatch.seconds(server);
            long begun = System.nanoTime();
            contestant.work().run();
            taken = new Taken((System.nanoTime() - begun) / 1e9, CpuWatch.seconds(server) - before);
            heap.merge(name, watch.peak(), HeapWatch.Peak::larger);
        }
        contestant.after().run();
        return taken;
    }

    /** The median of a contestant's seconds. */
    public double median(String name) {
        return median(of(seconds, name));
    }

    private static double[] of(Map<String, double[]> figures, String name) {
        double[] all = figures.get(name);
        if (all == null) {
            throw new IllegalArgumentException("There is no contestant '" + name + "'; there are " + figures.keySet());
        }
        return all;
    }

    private static double median(double[] all) {
        double[] sorted = all.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Whether there is such a contestant. */
    public boolean has(String name) {
        return seconds.containsKey(name);
    }

    /** Our median beside the peer's: below 1 is faster. */
    public double ratio(String ours, String peer) {
        return median(ours) / median(peer);
    }

    /** Our median beside that of each other contestant. */
    public Map<String, Double> ratios(String ours) {
        Map<String, Double> ratios = new LinkedHashMap<>();
        for (String name : contestants.keySet()) {
            if (!name.equals(ours)) {
                ratios.put(name, rounded(ratio(ours, name)));
            }
        }
        return ratios;
    }

    /** Like {@link #ratio}, of processor time in all processes: what is left of noise when others use the machine. */
    public double processorRatio(String ours, String peer) {
        return median(of(processor, ours)) / median(of(processor, peer));
    }

    /** All medians of processor time, by contestant. */
    public Map<String, Double> processorMedians() {
        Map<String, Double> all = new LinkedHashMap<>();
        processor.forEach((name, figures) -> all.put(name, rounded(median(figures))));
        return all;
    }

    /** All medians, by contestant. */
    public Map<String, Double> medians() {
        Map<String, Double> all = new LinkedHashMap<>();
        seconds.keySet().forEach(name -> all.put(name, rounded(median(name))));
        return all;
    }

    /** The slowest and the fastest run beside the median, at most: how noisy the machine was. */
    public double spread(String name) {
        double[] all = of(seconds, name);
        double median = median(all);
        return Math.max(
                Arrays.stream(all).max().orElse(median) / median,
                median / Arrays.stream(all).min().orElse(median));
    }

    /** What the heap of this process held at most during a contestant's runs. */
    public HeapWatch.Peak heap(String name) {
        return heap.getOrDefault(name, HeapWatch.Peak.NONE);
    }

    public static double rounded(double value) {
        return Math.round(value * 1e4) / 1e4;
    }
}
