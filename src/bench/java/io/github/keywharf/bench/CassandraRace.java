package io.github.keywharf.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Contestants that do the same work on one Cassandra server, round after round, each once a round. Figures are medians. */
final class CassandraRace {

    /**
     * What a run took.
     *
     * @param phase seconds of loading or unloading alone
     * @param process seconds of the whole process; not a number for work in this process
     * @param client processor seconds of the client
     * @param server processor seconds of the server
     * @param memoryMb the most memory that the client's process had; 0 for work in this process
     */
    record Figures(double phase, double process, double client, double server, long memoryMb) {
        /** Processor seconds of both: what is left of noise when others use the machine. */
        double processor() {
            return client + server;
        }
    }

    /** A piece of work; what it throws ends the benchmark. */
    @FunctionalInterface
    interface Work {
        Figures run() throws Exception;
    }

    /** What comes before or after work, not timed. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    private final String name;
    private final Step before;
    private final Step after;
    private final Map<String, Work> contestants = new LinkedHashMap<>();
    private final Map<String, List<Figures>> figures = new LinkedHashMap<>();

    /**
     * @param before makes ready for each contestant
     * @param after checks what each left
     */
    CassandraRace(String name, Step before, Step after) {
        this.name = name;
        this.before = before;
        this.after = after;
    }

    CassandraRace add(String contestant, Work work) {
        contestants.put(contestant, work);
        return this;
    }

    /** Runs each contestant in this many rounds, after others that do not count. */
    CassandraRace run(int warmUp, int runs) throws Exception {
        for (int round = -warmUp; round < runs; round++) {
            for (Map.Entry<String, Work> contestant : contestants.entrySet()) {
                before.run();
                Figures it = contestant.getValue().run();
                after.run();
                System.out.printf(
                        Locale.ROOT,
                        "  %s %s %-22s phase %8.3f s, process %8.3f s, client %7.2f s, server %7.2f s, %d MB, load %.1f%n",
                        name,
                        round < 0 ? "warm-up" : "run " + round + "  ",
                        contestant.getKey(),
                        it.phase(),
                        it.process(),
                        it.client(),
                        it.server(),
                        it.memoryMb(),
                        java.lang.management.ManagementFactory.getOperatingSystemMXBean()
                                .getSystemLoadAverage());
                if (round >= 0) {
                    figures.computeIfAbsent(contestant.getKey(), key -> new ArrayList<>())
                            .add(it);
                }
            }
        }
        return this;
    }

    boolean has(String contestant) {
        return figures.containsKey(contestant);
    }

    double median(String contestant, ToDoubleFunction<Figures> figure) {
        double[] all = figures.getOrDefault(contestant, List.of()).stream()
                .mapToDouble(figure)
                .sorted()
                .toArray();
        int middle = all.length / 2;
        return all.length == 0 ? Double.NaN : all.length % 2 == 1 ? all[middle] : (all[middle - 1] + all[middle]) / 2;
    }

    double ratio(String ours, String peer, ToDoubleFunction<Figures> figure) {
        return SideBySide.rounded(median(ours, figure) / median(peer, figure));
    }

    /** The one of these with the shortest phase. */
    String fastest(List<String> names) {
        return names.stream()
                .filter(this::has)
                .min((a, b) -> Double.compare(median(a, Figures::phase), median(b, Figures::phase)))
                .orElseThrow();
    }

    /** A line for each contestant. */
    List<String> lines() {
        return figures.keySet().stream()
                .map(contestant -> String.format(
                        Locale.ROOT,
                        "%-22s phase %.3f s, process %.3f s, client processor %.2f s, server processor %.2f s, memory %.0f MB,"
                                + " phases %s",
                        contestant,
                        median(contestant, Figures::phase),
                        median(contestant, Figures::process),
                        median(contestant, Figures::client),
                        median(contestant, Figures::server),
                        median(contestant, Figures::memoryMb),
                        Arrays.toString(figures.get(contestant).stream()
                                .mapToDouble(it -> SideBySide.rounded(it.phase()))
                                .toArray())))
                .toList();
    }
}
