package io.github.keywharf.bench.totesys;

import io.github.keywharf.bench.measure.SideBySide;
import io.github.keywharf.bench.measure.StackProfile;
import io.github.keywharf.bench.postgres.Psql;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.pipeline.WarehouseMode;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.totesys.TotesysPipeline;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;

/**
 * Sales orders and all they refer to, from a Totesys source into an empty warehouse: the pipeline in its variants beside
 * psql and Spring Batch, on one server, in one invocation.
 *
 * <p>Contestants: {@code ours} writes both zones to the local disk and streams into the warehouse; {@code ours-s3} writes
 * them to an S3 server in a process of its own; {@code staged} completes each step before the next; {@code upsert} loads
 * into a warehouse that keeps only the newest version and already holds every row. {@code floor} is
 * {@link TotesysFloor}. All of these leave the tables as {@code createWarehouse()} makes them, with foreign keys, which
 * {@code floor} takes off by hand and adds again, as ours does. A name that ends in {@code -nofk} works on a warehouse
 * without foreign keys; {@code spring-batch} does, for its best. A name that ends in {@code -keys} leaves foreign keys
 * on while it inserts, which costs it several times as much, so these run with the smaller number of orders only.
 */
public final class TotesysBench {

    public static final Map<String, Double> GOALS = Map.of(
            "floor", 1.3,
            "floor-nofk", 1.3,
            "floor-staged", 2.0,
            "floor-staged-nofk", 2.0,
            "floor-upsert", 2.5,
            "floor-upsert-nofk", 2.5,
            "spring-batch", 0.25);

    private static final int SMALL = 100_000;
    private static final int LARGE = 1_000_000;
    private static final int RUNS = 3;
    /** The heap that the million must pass in, and one that shows how far it is from needing it. */
    private static final List<Integer> HEAPS = List.of(256, 96);

    private static final int IDLE_RUNS = 25;
    private static final int IDLE_WARM_UP = 10;

    private final TotesysServers servers = new TotesysServers();
    private final TotesysFloor floor = new TotesysFloor(servers.postgres());
    private final SpringBatchPeer springBatch = new SpringBatchPeer(servers.postgres());
    private final List<String> only;
    private RunReport report;
    private int names;

    private TotesysBench(List<String> only) throws Exception {
        this.only = only;
    }

    /**
     * Runs the benchmark.
     *
     * @param only the contestants; empty for all, and for the rest of the measurements
     */
    public static Map<String, Object> run(List<String> only) throws Exception {
        TotesysBench bench = new TotesysBench(only);
        try {
            return bench.measure();
        } finally {
            bench.servers.close();
        }
    }

    private Map<String, Object> measure() throws Exception {
        System.out.println(SMALL + " orders");
        SideBySide small = contestants(SMALL).run(1, only.isEmpty() ? RUNS : 1);
        System.out.println(LARGE + " orders");
        servers.warehouse("warehouse", true, WarehouseMode.HISTORY);
        pipeline("ours", LARGE, "warehouse", WarehouseMode.HISTORY, "totesys");
        SideBySide large = contestants(LARGE).run(0, RUNS);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", "totesys");
        result.put("rows", LARGE);
        result.put("runs", RUNS);
        result.put("ratios", ratios(large::ratio, large));
        result.put(
                "heap_mb", large.heap(large.has("ours") ? "ours" : only.get(0)).afterCollection());
        result.put("seconds", large.medians());
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("ratios of processor time, all processes", ratios(large::processorRatio, large));
        detail.put("processor seconds, all processes", large.processorMedians());
        detail.put("ratios with " + SMALL + " orders", ratios(small::ratio, small));
        detail.put("ratios of processor time with " + SMALL + " orders", ratios(small::processorRatio, small));
        detail.put("seconds with " + SMALL + " orders", small.medians());
        large.medians().keySet().forEach(name -> detail.put("heap of " + name, large.heap(name)));
        if (wanted("small-heap")) {
            smallHeap(detail);
        }
        if (wanted("nothing-new")) {
            nothingNew(detail);
        }
        profile(detail);
        result.put("detail", detail);
        return result;
    }

    private static Map<String, Double> ratios(ToDoubleBiFunction<String, String> ratio, SideBySide timed) {
        Map<String, Double> ratios = new LinkedHashMap<>();
        String[][] pairs = {
            {"floor", "ours", "floor"},
            {"spring-batch", "ours-nofk", "spring-batch"},
            {"floor-staged", "staged", "floor"},
            {"floor-upsert", "upsert", "floor"},
            {"floor-nofk", "ours-nofk", "floor-nofk"},
            {"floor-staged-nofk", "staged-nofk", "floor-nofk"},
            {"floor-upsert-nofk", "upsert", "floor-nofk"},
            {"floor-s3", "ours-s3", "floor"},
            {"floor-keys", "ours", "floor-keys"},
            {"spring-batch-keys", "ours", "spring-batch-keys"},
        };
        for (String[] pair : pairs) {
            if (timed.has(pair[1]) && timed.has(pair[2])) {
                ratios.put(pair[0], SideBySide.rounded(ratio.applyAsDouble(pair[1], pair[2])));
            }
        }
        return ratios;
    }

    private SideBySide contestants(int orders) throws Exception {
        String source = servers.source(orders);
        SideBySide all = new SideBySide().server(servers.process());
        for (String name : List.of("ours", "ours-s3", "ours-nofk", "staged", "staged-nofk")) {
            boolean foreignKeys = !name.endsWith("-nofk");
            add(
                    all,
                    name,
                    () -> servers.warehouse("warehouse", foreignKeys, WarehouseMode.HISTORY),
                    () -> report = pipeline(name, orders, "warehouse", WarehouseMode.HISTORY, "totesys"),
                    () -> servers.check(source, "warehouse"));
        }
        if (wanted("upsert")) {
            servers.warehouse("warehouse_latest", true, WarehouseMode.LATEST);
            pipeline("ours", orders, "warehouse_latest", WarehouseMode.LATEST, "totesys");
            servers.postgres().execute("warehouse_latest", "VACUUM ANALYZE", "CHECKPOINT");
        }
        add(
                all,
                "upsert",
                () -> servers.postgres().execute("warehouse_latest", "CHECKPOINT"),
                () -> report = pipeline("ours", orders, "warehouse_latest", WarehouseMode.LATEST, "again" + names++),
                () -> servers.check(source, "warehouse_latest"));
        List<String> peers = new ArrayList<>(List.of("floor", "floor-nofk", "spring-batch"));
        if (orders == SMALL) {
            peers.addAll(List.of("floor-keys", "spring-batch-keys"));
        }
        for (String name : peers) {
            boolean batch = name.startsWith("spring-batch");
            boolean foreignKeys = name.endsWith("-keys") || name.equals("floor");
            if (batch || Psql.isInstalled()) {
                add(
                        all,
                        name,
                        () -> {
                            servers.warehouse("warehouse", foreignKeys, WarehouseMode.HISTORY);
                            if (batch) {
                                springBatch.prepare("warehouse");
                            }
                        },
                        () -> {
                            if (batch) {
                                springBatch.run(source, "warehouse");
                            } else {
                                floor.run(source, "warehouse", name.equals("floor"));
                            }
                        },
                        () -> servers.check(source, "warehouse"));
            }
        }
        return all;
    }

    private boolean wanted(String name) {
        return only.isEmpty() || only.contains(name);
    }

    private void add(SideBySide all, String name, SideBySide.Work before, SideBySide.Work work, SideBySide.Work after) {
        if (wanted(name)) {
            all.add(name, before, work, after);
        }
    }

    private RunReport pipeline(String variant, int orders, String warehouse, WarehouseMode mode, String name)
            throws Exception {
        try (PostgresDatabase from = servers.database(servers.source(orders));
                PostgresDatabase to = servers.database(warehouse)) {
            ObjectStore zones = variant.equals("ours-s3") ? servers.s3Store() : servers.directoryStore();
            RunReport done = TotesysServers.builder(from, to, !variant.endsWith("-nofk"), zones)
                    .pipelined(!variant.startsWith("staged"))
                    .mode(mode)
                    .name(name)
                    .build()
                    .run();
            if (done.skipped().isPresent()
                    || done.rejected() > 0
                    || !done.stopped().isEmpty()) {
                throw new IllegalStateException("The run was not a whole one: " + done);
            }
            return done;
        }
    }

    /** The pipeline in small heaps, with a tenth of the rows and with all. */
    private void smallHeap(Map<String, Object> detail) throws Exception {
        for (boolean pipelined : List.of(true, false)) {
            for (int heap : HEAPS) {
                for (int orders : List.of(SMALL, LARGE)) {
                    servers.warehouse("warehouse", true, WarehouseMode.HISTORY);
                    Path zones = servers.zoneDirectory();
                    String source = servers.source(orders);
                    TotesysProcess.Outcome outcome =
                            TotesysProcess.run(servers.postgres(), source, "warehouse", zones, pipelined, heap);
                    servers.check(source, "warehouse");
                    detail.put(
                            (pipelined ? "pipelined" : "staged") + " in a JVM of its own with -Xmx" + heap + "m, "
                                    + orders + " orders",
                            String.format(Locale.ROOT, "%.3f s, %s", outcome.seconds(), outcome.heap()));
                }
            }
        }
    }

    /** A run that finds nothing new, with zones on S3. */
    private void nothingNew(Map<String, Object> detail) throws Exception {
        for (String where : List.of("s3", "directory")) {
            servers.warehouse("warehouse", true, WarehouseMode.HISTORY);
            try (PostgresDatabase from = servers.database(servers.source(LARGE));
                    PostgresDatabase to = servers.database("warehouse")) {
                TotesysPipeline pipeline = TotesysServers.builder(
                                from, to, true, where.equals("s3") ? servers.s3Store() : servers.directoryStore())
                        .build();
                pipeline.run();
                double[] millis = new double[IDLE_RUNS];
                List<String> lines = List.of();
                for (int i = -IDLE_WARM_UP; i < IDLE_RUNS; i++) {
                    double took = idle(pipeline);
                    millis[Math.max(i, 0)] = took;
                }
                try (StackProfile profile = StackProfile.start()) {
                    for (int i = 0; i < IDLE_RUNS; i++) {
                        idle(pipeline);
                    }
                    lines = profile.lines(16);
                }
                detail.put("where the time goes, nothing new, zones on " + where, lines);
                Arrays.sort(millis);
                detail.put(
                        "nothing new, zones on " + where + ", ms (goal 200)",
                        String.format(
                                Locale.ROOT,
                                "median %.1f, fastest %.1f, slowest %.1f",
                                millis[IDLE_RUNS / 2],
                                millis[0],
                                millis[IDLE_RUNS - 1]));
            }
        }
    }

    private static double idle(TotesysPipeline pipeline) {
        long begun = System.nanoTime();
        RunReport idle = pipeline.run();
        double millis = (System.nanoTime() - begun) / 1e6;
        if (!idle.ingested().isEmpty() || idle.skipped().isPresent()) {
            throw new IllegalStateException("The run found something: " + idle);
        }
        return millis;
    }

    /** Where the time goes, pipelined, staged and by upsert. */
    private void profile(Map<String, Object> detail) throws Exception {
        for (String variant : List.of("ours", "staged", "upsert")) {
            if (!wanted(variant)) {
                continue;
            }
            boolean upsert = variant.equals("upsert");
            if (!upsert) {
                servers.warehouse("warehouse", true, WarehouseMode.HISTORY);
            }
            List<String> lines = new ArrayList<>();
            try (StackProfile profile = StackProfile.start()) {
                report = upsert
                        ? pipeline("ours", LARGE, "warehouse_latest", WarehouseMode.LATEST, "again" + names++)
                        : pipeline(variant, LARGE, "warehouse", WarehouseMode.HISTORY, "totesys");
                lines.addAll(profile.lines(22));
            }
            lines.addAll(report.toString().lines().toList());
            detail.put("where the time goes, " + variant, lines);
        }
    }
}
