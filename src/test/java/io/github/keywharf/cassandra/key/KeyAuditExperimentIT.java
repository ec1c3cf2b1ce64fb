package io.github.keywharf.cassandra.key;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.uuid.Uuids;
import io.github.keywharf.cassandra.BulkRows;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.CassandraServer;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Measures the reading of one day of the audit log: {@code -Dkeywharf.auditEntries=5000000}. */
@EnabledIfSystemProperty(
        named = "keywharf.auditEntries",
        matches = "\\d+",
        disabledReason = "a measurement of minutes, and of gigabytes of disk")
class KeyAuditExperimentIT {
    private static final Schema SCHEMA = Schema.of(
            Column.required("day", ColumnType.DATE),
            Column.required("at", ColumnType.UUID),
            Column.required("action", ColumnType.STRING),
            Column.required("outcome", ColumnType.STRING),
            Column.required("key_id", ColumnType.STRING),
            Column.required("organisation", ColumnType.STRING),
            Column.required("who", ColumnType.STRING),
            Column.required("origin", ColumnType.STRING),
            Column.required("detail", ColumnType.STRING));

    @Test
    void a_day_of_many_entries_is_read_to_its_end_in_little_memory() {
        int count = Integer.getInteger("keywharf.auditEntries");
        LocalDate day = LocalDate.now(ZoneOffset.UTC).minusDays(1);
        long midnight = Uuids.startOf(
                        day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli())
                .getMostSignificantBits();
        try (CassandraServer server =
                        CassandraServer.builder().heap("1g").fullSpeed(true).start();
                KeyServer keys = KeyServer.newRing(server);
                CassandraManager root =
                        KeyServer.connect(server, server.superuser(), Secret.of(server.superuserPassword()))) {
            Rows rows = BulkRows.generated(SCHEMA, count, 1_000, row -> {
                String id = "key" + row % 1_000;
                return new Object[] {
                    day,
                    new UUID(midnight, Long.MIN_VALUE + row),
                    row % 10 == 0 ? "issue" : "open",
                    "ok",
                    id,
                    "org" + row % 50,
                    "key " + id,
                    "192.0.2.7",
                    ""
                };
            });
            long start = System.nanoTime();
            WriteReport report =
                    root.table(keys.keyspace() + ".key_audit").sink().build().write(rows);
            print("written", report.written(), start);

            long before = heap();
            start = System.nanoTime();
            long first = 0;
            long read = 0;
            long most = 0;
            try (Rows entries = keys.ring().audit(day, day)) {
                for (ColumnBatch batch = entries.next(); batch != null; batch = entries.next()) {
                    first = first == 0 ? System.nanoTime() - start : first;
                    long last = read;
                    read += batch.size();
                    if (read / 500_000 > last / 500_000) {
                        most = Math.max(most, heap() - before);
                    }
                }
            }
            print("read", read, start);
            System.out.println("audit: first batch after " + first / 1_000_000 + " ms, heap at most "
                    + most / 1024 / 1024 + " MiB more");
            assertThat(read).isEqualTo(count);
        }
    }

    private static void print(String what, long count, long start) {
        long millis = Math.max(1, (System.nanoTime() - start) / 1_000_000);
        System.out.println("audit: " + count + " entries " + what + " in " + millis + " ms, " + count * 1_000 / millis
                + " a second");
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
