package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.testing.CassandraServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Tables to be read whole, filled and read back without the code under test. */
final class UnloadFixture {
    private static final int IN_FLIGHT = 256;

    private UnloadFixture() {}

    static CassandraManager connect(CassandraServer server, String keyspace, EventListener listener) {
        return CassandraManager.builder()
                .contactPoint(server.host(), server.port())
                .localDatacenter(server.localDatacenter())
                .credentials(server.superuser(), Secret.of(server.superuserPassword()))
                .keyspace(keyspace)
                .events(listener)
                .connect();
    }

    /** A table of partitions of so many rows each, in which {@code note} is null in every third row. */
    static void fill(CqlSession session, String table, int partitions, int rows) {
        session.execute(table(table));
        insert(session, table, partitions, rows);
    }

    /** The statement that makes such a table. */
    static String table(String name) {
        return "CREATE TABLE " + name + " (device int, at int, reading double, note text,"
                + " PRIMARY KEY (device, at)) WITH CLUSTERING ORDER BY (at DESC)";
    }

    static void insert(CqlSession session, String table, int partitions, int rows) {
        PreparedStatement full = session.prepare(
                onAllReplicas("INSERT INTO " + table + " (device, at, reading, note) VALUES (?, ?, ?, ?)"));
        PreparedStatement bare =
                session.prepare(onAllReplicas("INSERT INTO " + table + " (device, at, reading) VALUES (?, ?, ?)"));
        List<CompletionStage<?>> sent = new ArrayList<>();
        for (int device = 0; device < partitions; device++) {
            for (int at = 0; at < rows; at++) {
                double reading = device + at / 1000.0;
                sent.add(session.executeAsync(
                        at % 3 == 0
                                ? bare.bind(device, at, reading)
                                : full.bind(device, at, reading, "note \"" + at + "\", of " + device)));
                if (sent.size() == IN_FLIGHT) {
                    await(sent);
                }
            }
        }
        await(sent);
    }

    /** Rows of which a replica is late would be missing in what is read from that one. */
    private static SimpleStatement onAllReplicas(String insert) {
        return SimpleStatement.newInstance(insert).setConsistencyLevel(ConsistencyLevel.ALL);
    }

    private static void await(List<CompletionStage<?>> sent) {
        sent.forEach(each -> each.toCompletableFuture().join());
        sent.clear();
    }

    /** The rows by the driver itself, each as a line {@code device|at|reading|note}, sorted. */
    static List<String> expected(CqlSession session, String table) {
        List<String> lines = new ArrayList<>();
        for (Row row : session.execute(SimpleStatement.newInstance("SELECT device, at, reading, note FROM " + table)
                .setPageSize(1000))) {
            lines.add(row.getInt(0) + "|" + row.getInt(1) + "|" + row.getDouble(2) + "|" + row.getString(3));
        }
        lines.sort(null);
        return lines;
    }

    /** Rows of ours, each as such a line, in their order. */
    static List<String> lines(Stream<io.github.keywharf.table.Row> rows) {
        try (rows) {
            return rows.map(row -> row.value("device") + "|" + row.value("at") + "|" + row.value("reading") + "|"
                            + row.value("note"))
                    .toList();
        }
    }

    static List<String> keys(ObjectStore store, String prefix) {
        try (Stream<StoredObject> objects = store.list(prefix)) {
            return objects.map(StoredObject::key).toList();
        }
    }
}
