package io.github.keywharf.bench.cassandra;

import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.cassandra.CassandraSink;
import io.github.keywharf.format.Csv;
import io.github.keywharf.table.WriteReport;
import java.io.IOException;
import java.nio.file.Path;

/** Our side of the benchmark {@code cassandra-load}: in this process through an open session, or in one of its own. */
public final class LoadProcess {
    /** Of the process of its own; less than a quarter of the peer's. */
    static final int HEAP_MB = 256;

    private LoadProcess() {}

    /** Loads a file; ends the benchmark unless all its rows were written. */
    static void load(CassandraManager cassandra, String table, Path file, CassandraSink.Nulls nulls, int rows) {
        WriteReport report = cassandra
                .table(table)
                .sink()
                .nulls(nulls)
                .build()
                .write(Csv.reader(file).rows());
        if (report.written() != rows) {
            throw new IllegalStateException("Loaded " + report + " of " + rows + ": " + report.rejects());
        }
    }

    static CassandraRace.Figures inProcess(
            CassandraBenchServer server, CassandraManager cassandra, LoadCase each, Path file, int rows) {
        return CassandraRace.Figures.here(server, () -> load(cassandra, each.table(), file, each.nulls(), rows));
    }

    static CassandraRace.Figures forked(CassandraBenchServer server, Path directory, LoadCase each, Path file, int rows)
            throws IOException, InterruptedException {
        return CassandraRace.Figures.forked(
                server,
                directory,
                LoadProcess.class,
                HEAP_MB,
                each.table(),
                file.toString(),
                each.nulls().name(),
                Integer.toString(rows));
    }

    /** The process of ours: prints the seconds of the load alone. */
    public static void main(String[] arguments) {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        try (CassandraManager cassandra = CassandraBenchServer.connect(arguments)) {
            long begun = System.nanoTime();
            load(
                    cassandra,
                    arguments[4],
                    Path.of(arguments[5]),
                    CassandraSink.Nulls.valueOf(arguments[6]),
                    Integer.parseInt(arguments[7]));
            System.out.println((System.nanoTime() - begun) / 1e9);
        }
    }
}
