package io.github.keywharf.cassandra;

import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.CassandraServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A load with a checkpoint in a process of its own, to be killed. The password comes by the environment. */
final class BulkLoadProcess {
    static final int ROWS = 120_000;
    static final int WINDOW = 2_000;
    static final String SOURCE = "the same rows each time";

    private static final Schema SCHEMA = Schema.of(
            Column.required("part", ColumnType.INT32),
            Column.required("id", ColumnType.INT32),
            Column.required("value", ColumnType.STRING));

    private BulkLoadProcess() {}

    static Rows rows() {
        return BulkRows.generated(SCHEMA, ROWS, 1_000, row -> new Object[] {row % 40, row, "value " + row});
    }

    static CassandraSink.Builder sink(CassandraManager cassandra, String table, Path notes) {
        return cassandra
                .table(table)
                .sink()
                .windowRows(WINDOW)
                .checkpoint(ObjectStore.ofDirectory(notes), "load", SOURCE);
    }

    static Process start(CassandraServer server, String table, Path notes, Path log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BulkLoadProcess.class.getName(),
                        server.host(),
                        String.valueOf(server.port()),
                        server.localDatacenter(),
                        server.superuser(),
                        table,
                        notes.toString()))
                .redirectErrorStream(true)
                .redirectOutput(new File(log.toString()));
        builder.environment().put("LOAD_PASSWORD", server.superuserPassword());
        return builder.start();
    }

    /** Host, port, data centre, user, table, directory of the notes. */
    public static void main(String[] arguments) {
        try (CassandraManager cassandra = CassandraManager.builder()
                .contactPoint(arguments[0], Integer.parseInt(arguments[1]))
                .localDatacenter(arguments[2])
                .credentials(arguments[3], Secret.of(System.getenv("LOAD_PASSWORD")))
                .connect()) {
            sink(cassandra, arguments[4], Path.of(arguments[5]))
                    .rowsPerSecond(20_000)
                    .build()
                    .write(rows());
        }
    }
}
