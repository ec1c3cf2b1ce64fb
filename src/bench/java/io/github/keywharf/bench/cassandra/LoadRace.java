package io.github.keywharf.bench.cassandra;

import io.github.keywharf.bench.measure.SideBySide;
import io.github.keywharf.bench.measure.StackProfile;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.cassandra.CassandraSink;
import io.github.keywharf.format.Csv;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** One case of the benchmark {@code cassandra-load}: all contestants with its file, and what comes of it. */
final class LoadRace {
    private static final String OURS = "ours";
    private static final String PROCESS = "ours-process";
    private static final String INSERTS = "insert-a-row";

    /** Rows that go one at a time, and are reckoned up to all. */
    private static final int SINGLE_ROWS = 20_000;

    private final LoadCase each;
    private final int count;
    private final Path directory;
    private final CassandraBenchServer server;
    private final CassandraManager cassandra;
    private final Dsbulk dsbulk;
    private final Path file;
    private final LoadCheck check;
    private final Map<String, Double> ratios = new LinkedHashMap<>();
    private String checked = "";

    LoadRace(
            LoadCase each,
            int count,
            Path directory,
            CassandraBenchServer server,
            CassandraManager cassandra,
            Dsbulk dsbulk)
            throws Exception {
        this.each = each;
        this.count = count;
        this.directory = directory;
        this.server = server;
        this.cassandra = cassandra;
        this.dsbulk = dsbulk;
        this.file = each.data().file(directory, count);
        server.create(each.table(), each.data());
        this.check = check(each.data(), count, each.nulls());
    }

    private LoadCheck check(LoadData data, int rows, CassandraSink.Nulls nulls) {
        return new LoadCheck(server.session(), each.table(), data, rows, nulls);
    }

    /** Makes the table what it is before each load. */
    private void prepare() throws Exception {
        server.truncate(each.table());
        for (LoadData data : each.before()) {
            LoadProcess.load(cassandra, each.table(), data.file(directory, count), CassandraSink.Nulls.UNSET, count);
            check(data, count, CassandraSink.Nulls.UNSET).run();
        }
    }

    /** Runs all contestants and gives the case's part of the result; its ratios go to the others. */
    Map<String, Object> run(int warmUp, int runs, Map<String, Double> allRatios) throws Exception {
        CassandraRace race = new CassandraRace(each.name(), this::prepare, () -> checked = check.run())
                .add(OURS, () -> LoadProcess.inProcess(server, cassandra, each, file, count))
                .add(PROCESS, () -> LoadProcess.forked(server, directory, each, file, count));
        List<String> peers = new ArrayList<>();
        for (Dsbulk.Mode mode : each.modes()) {
            race.add(peer(mode, peers), () -> dsbulk.load(each.table(), file, each.options(mode)));
        }
        race.run(warmUp, runs);
        String best = race.fastest(peers);
        ratios(race, best);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("rows", count);
        result.put("share of all rows", "1/" + each.share());
        result.put("checked after each run", checked);
        result.put("dsbulk's best", best);
        result.put("medians", race.medians(count));
        if (each.isReadings()) {
            result.put(INSERTS, inserts(race, runs));
        }
        result.put("where the time goes", profile());
        server.truncate(each.table());
        allRatios.putAll(ratios);
        return result;
    }

    private static String peer(Dsbulk.Mode mode, List<String> peers) {
        peers.add(mode.contestant());
        return mode.contestant();
    }

    private void ratios(CassandraRace race, String best) {
        String usual = Dsbulk.Mode.DEFAULT.contestant();
        put(race, "dsbulk-default", PROCESS, usual, CassandraRace.Figures::process);
        put(race, "dsbulk-best", PROCESS, best, CassandraRace.Figures::process);
        put(race, "dsbulk-default, load phase", PROCESS, usual, CassandraRace.Figures::phase);
        put(race, "dsbulk-best, load phase", PROCESS, best, CassandraRace.Figures::phase);
        put(race, "dsbulk-default, warm session", OURS, usual, CassandraRace.Figures::phase);
        put(race, "dsbulk-best, warm session", OURS, best, CassandraRace.Figures::phase);
        put(race, "dsbulk-default, processor", PROCESS, usual, CassandraRace.Figures::processor);
        put(race, "dsbulk-best, processor", PROCESS, best, CassandraRace.Figures::processor);
        put(race, "dsbulk-best, client processor", PROCESS, best, CassandraRace.Figures::client);
        put(race, "dsbulk-best, client memory", PROCESS, best, CassandraRace.Figures::memoryMb);
    }

    private void put(
            CassandraRace race, String name, String ours, String peer, ToDoubleFunction<CassandraRace.Figures> figure) {
        ratios.put(each.prefix() + name, race.ratio(ours, peer, figure));
    }

    /** An insert a row of some rows only, as all would take too long. */
    private String inserts(CassandraRace race, int runs) throws Exception {
        int some = Math.min(count, SINGLE_ROWS);
        LoadCheck first = new LoadCheck(server.session(), each.table(), each.data(), count, some, each.nulls());
        CassandraRace single = new CassandraRace(each.name(), () -> server.truncate(each.table()), first::run)
                .add(INSERTS, () -> server.insertARow(each.table(), file, some))
                .run(1, runs);
        double reckoned = single.median(INSERTS, CassandraRace.Figures::phase) * count / some;
        ratios.put(
                each.prefix() + INSERTS,
                SideBySide.rounded(race.median(OURS, CassandraRace.Figures::phase) / reckoned));
        return String.format(Locale.ROOT, "%.1f s, reckoned from %,d rows", reckoned, some);
    }

    private List<String> profile() throws Exception {
        prepare();
        try (StackProfile profile = StackProfile.start()) {
            cassandra
                    .table(each.table())
                    .sink()
                    .nulls(each.nulls())
                    .build()
                    .write(Csv.reader(file).rows());
            return profile.lines(14);
        }
    }
}
