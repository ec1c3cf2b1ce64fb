package io.github.keywharf.cassandra.key;

import static io.github.keywharf.cassandra.key.KeyServer.FROM;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.key.AccessKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Measures many open keys: {@code -Dkeywharf.keySessions=500}. */
@EnabledIfSystemProperty(named = "keywharf.keySessions", matches = "\\d+", disabledReason = "a measurement of minutes")
class KeySessionsExperimentIT {
    private final KeyServer server = KeyServer.shared();

    @Test
    void many_open_keys_need_few_threads() {
        int count = Integer.getInteger("keywharf.keySessions");
        CassandraKeyRing ring = server.ring();
        List<AccessKey> keys = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            keys.add(server.issue(server.acme()));
        }
        print("issue", start, count);
        ring.open(keys.get(0), FROM).close();
        int threads = Thread.activeCount();
        long heap = heap();
        List<CassandraManager> open = new ArrayList<>();
        start = System.nanoTime();
        for (AccessKey key : keys) {
            open.add(ring.open(key, FROM));
        }
        print("open", start, count);
        int more = Thread.activeCount() - threads;
        int connections = 0;
        for (Row row : server.root().execute("SELECT username FROM system_views.clients")) {
            connections += String.valueOf(row.getString("username")).startsWith("key_") ? 1 : 0;
        }
        System.out.println("threads more " + more + ", heap more " + (heap() - heap) / 1024 / count
                + " KiB each, connections of keys " + connections);
        start = System.nanoTime();
        open.forEach(CassandraManager::close);
        print("close", start, count);
        assertThat(more).isLessThanOrEqualTo(60);
    }

    private static void print(String what, long start, int count) {
        System.out.println(what + " " + (System.nanoTime() - start) / 1_000 / count + " µs each");
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
