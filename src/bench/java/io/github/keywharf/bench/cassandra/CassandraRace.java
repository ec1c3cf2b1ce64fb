package io.github.keywharf.bench.cassandra;

import io.github.keywharf.bench.measure.CpuWatch;
import io.github.keywharf.bench.measure.ProcessRun;
import io.github.keywharf.bench.measure.SideBySide;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

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
        /** Of work in this process. */
        static Figures here(CassandraBenchServer server, Runnable work) {
            double client = CassandraBenchServer.ownProcessor();
            double before = server.processor();
            long begun = System.nanoTime();
            work.run();
            double seconds = (System.nanoTime() - begun) / 1e9;
            return new Figures(
                    seconds, Double.NaN, CassandraBenchServer.ownProcessor() - client, server.processor() - before, 0);
        }

        /** Of a process of ours, whose last line is the seconds of its work alone. */
        static Figures forked(
                CassandraBenchServer server, Path directory, Class<?> main, int heapMb, String... arguments)
                throws IOException, InterruptedException {
            double before = server.processor();
            ProcessRun run = ProcessRun.of(
                    server.command(main, heapMb, arguments),
                    Map.of(CassandraBenchServer.PASSWORD, server.password()),
                    directory.resolve("ours.log"));
            String[] lines = run.said().strip().split("\n");
            return new Figures(
                    Double.parseDouble(lines[lines.length - 1]),
                    run.seconds(),
                    run.processor(),
                    server.processor() - before,
                    run.memoryMb());
        }

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

    private static final int CORES = Runtime.getRuntime().availableProcessors();

    private final String name;
    private final Step before;
    private final Step after;
    private final Map<String, Work> contestants = new LinkedHashMap<>();
    private final Map<String, List<Figures>> figures = new LinkedHashMap<>();
    private final Map<String, List<Double>> idles = new LinkedHashMap<>();

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
                String who = contestant.getKey();
                before.run();
                double idleBefore = CpuWatch.idle();
                long begun = System.nanoTime();
                Figures it = contestant.getValue().run();
                double idle = (CpuWatch.idle() - idleBefore) / ((System.nanoTime() - begun) / 1e9) / CORES;
                try {
                    after.run();
                } catch (IllegalStateException e) {
                    throw new IllegalStateException(name + ", " + who + ": " + e.getMessage(), e);
                }
                System.out.printf(
                        Locale.ROOT,
                        "  %s %s %-22s phase %8.3f s, process %8.3f s, client %7.2f s, server %7.2f s, %d MB, load %.1f%n",
                        name,
                        round < 0 ? "warm-up" : "run " + round + "  ",
                        who,
                        it.phase(),
                        it.process(),
                        it.client(),
                        it.server(),
                        it.memoryMb(),
                        java.lang.management.ManagementFactory.getOperatingSystemMXBean()
                                .getSystemLoadAverage());
                if (round >= 0) {
                    figures.computeIfAbsent(who, key -> new ArrayList<>()).add(it);
                    idles.computeIfAbsent(who, key -> new ArrayList<>()).add(100 * idle);
                }
            }
        }
        return this;
    }

    boolean has(String contestant) {
        return figures.containsKey(contestant);
    }

    double median(String contestant, ToDoubleFunction<Figures> figure) {
        return median(figures.getOrDefault(contestant, List.of()).stream().mapToDouble(figure));
    }

    private static double median(DoubleStream figures) {
        double[] all = figures.sorted().toArray();
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

    /**
     * The medians of each contestant. {@code client_busy_%} is how much of all processors it used for as long as it ran,
     * {@code server_busy_%} the server during the phase, both in percent; {@code idle_%} is what the whole machine, with all
     * that ran on it, had left in percent: near zero the work cannot go faster here.
     */
    Map<String, Map<String, Object>> medians(int rows) {
        Map<String, Map<String, Object>> all = new LinkedHashMap<>();
        figures.forEach((contestant, runs) -> {
            double phase = median(contestant, Figures::phase);
            double process = median(contestant, Figures::process);
            double client = median(contestant, Figures::client);
            double server = median(contestant, Figures::server);
            double memory = median(contestant, Figures::memoryMb);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("phase_s", SideBySide.rounded(phase));
            row.put("process_s", Double.isNaN(process) ? null : SideBySide.rounded(process));
            row.put("rows_per_s", Math.round(rows / phase));
            row.put("client_cpu_s", SideBySide.rounded(client));
            row.put("server_cpu_s", SideBySide.rounded(server));
            row.put("client_busy_%", percent(client / (Double.isNaN(process) ? phase : process)));
            row.put("server_busy_%", percent(server / phase));
            row.put("idle_%", Math.round(median(idles.get(contestant).stream().mapToDouble(idle -> idle))));
            row.put("peak_rss_mb", memory == 0 ? null : Math.round(memory));
            row.put(
                    "phases_s",
                    runs.stream().map(it -> SideBySide.rounded(it.phase())).toList());
            all.put(contestant, row);
        });
        return all;
    }

    private static long percent(double processors) {
        return Math.round(100 * processors / CORES);
    }
}
