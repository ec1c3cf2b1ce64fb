package io.github.keywharf.cassandra;

import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.CassandraServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A load whose rows all have a date in another format, in a process with a small heap. The password comes by the environment. */
final class BulkRejectsProcess {
    static final int ROWS = 130_000;
    private static final int TEXTS = 10;

    private BulkRejectsProcess() {}

    static String columns() {
        StringBuilder columns = new StringBuilder("id int PRIMARY KEY, day date");
        for (int i = 0; i < TEXTS; i++) {
            columns.append(", t").append(i).append(" text");
        }
        return columns.toString();
    }

    static Process start(CassandraServer server, String table, String heap, Path log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        heap,
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BulkRejectsProcess.class.getName(),
                        server.host(),
                        String.valueOf(server.port()),
                        server.localDatacenter(),
                        server.superuser(),
                        table))
                .redirectErrorStream(true)
                .redirectOutput(new File(log.toString()));
        builder.environment().put("LOAD_PASSWORD", server.superuserPassword());
        return builder.start();
    }

    /** Host, port, data centre, user, table. Ends with 0 when each row was rejected and reported once. */
    public static void main(String[] arguments) {
        List<Column> columns = new ArrayList<>(
                List.of(Column.required("id", ColumnType.INT32), Column.required("day", ColumnType.STRING)));
        for (int i = 0; i < TEXTS; i++) {
            columns.add(Column.required("t" + i, ColumnType.STRING));
        }
        AtomicLong reported = new AtomicLong();
        try (CassandraManager cassandra = CassandraManager.builder()
                .contactPoint(arguments[0], Integer.parseInt(arguments[1]))
                .localDatacenter(arguments[2])
                .credentials(arguments[3], Secret.of(System.getenv("LOAD_PASSWORD")))
                .connect()) {
            WriteReport report = cassandra
                    .table(arguments[4])
                    .write(
                            BulkRows.generated(
                                    Schema.of(columns.toArray(Column[]::new)), ROWS, 5_000, BulkRejectsProcess::row),
                            rejected -> reported.addAndGet(rejected.position()));
            boolean all = report.rejected() == ROWS && reported.get() == (long) ROWS * (ROWS + 1) / 2;
            System.exit(all ? 0 : 9);
        }
    }

    private static Object[] row(int row) {
        Object[] values = new Object[2 + TEXTS];
        values[0] = row;
        values[1] = "24/12/2024";
        for (int i = 0; i < TEXTS; i++) {
            values[2 + i] = "text " + i + " of row " + row;
        }
        return values;
    }
}
