package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.testing.CassandraServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that are all rejected must not gather in memory. */
class CassandraRejectsIT {
    @Test
    void rows_that_are_all_rejected_and_reported_take_no_more_memory_than_windows(@TempDir Path directory)
            throws Exception {
        CassandraServer server = CassandraServer.shared();
        String table = server.createKeyspace("rejects") + ".item";
        server.execute("CREATE TABLE " + table + " (" + BulkRejectsProcess.columns() + ")");
        Path log = directory.resolve("load.log");
        Process load = BulkRejectsProcess.start(server, table, "-Xmx96m", log);
        try {
            assertThat(load.waitFor(90, TimeUnit.SECONDS)).isTrue();
            assertThat(load.exitValue()).as("exit, after %s", read(log)).isZero();
        } finally {
            load.destroyForcibly();
        }
        assertThat(server.session().execute("SELECT id FROM " + table).all()).isEmpty();
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }
}
