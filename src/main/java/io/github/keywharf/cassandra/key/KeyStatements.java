package io.github.keywharf.cassandra.key;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.cassandra.CassandraQuery;
import io.github.keywharf.cassandra.CassandraResult;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** How a ring's statements run on its manager: how many replicas answer, and what may be sent twice. Thread-safe. */
final class KeyStatements {

    /** Changes of schema and roles go to all nodes, and take longer than reading a row. */
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(30);

    /** How often something is tried that other lightweight transactions hinder, 8: that they always do is rare. */
    static final int ATTEMPTS = 8;

    /** Apart by chance, so that they hinder each other less. */
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);

    private static final String HINDERED = "cassandra.outcome_unknown";
    private static final Set<String> OPEN_OUTCOMES = Set.of(HINDERED, "cassandra.timeout", "cassandra.connection_lost");

    private final CassandraManager manager;

    KeyStatements(CassandraManager manager) {
        this.manager = manager;
    }

    /** The rows of a read that sees every acknowledged write, in whichever data centre it was. */
    List<Row> read(String cql, @Nullable Object... values) {
        return rows(query(cql, values).execute());
    }

    /**
     * The rows of a partition, with the outcome of lightweight transactions that are under way. Such a read takes part in
     * them, and so may itself be hindered; it is repeated here, sooner than after an outage, since it changes nothing.
     */
    List<Row> readSerial(String cql, @Nullable Object... values) {
        for (int attempt = 1; ; attempt++) {
            try {
                return rows(query(cql, values)
                        .consistency(ConsistencyLevel.SERIAL)
                        .idempotent(false)
                        .execute());
            } catch (KeywharfException e) {
                if (attempt == ATTEMPTS || !e.is(HINDERED)) {
                    throw e;
                }
            }
            long longest = LONGEST_PAUSE.multipliedBy(attempt).toNanos();
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(longest));
        }
    }

    /** Whether a lightweight transaction may have been carried out or not: it was in another one's way, or no answer came. */
    static boolean isOutcomeOpen(KeywharfException failure) {
        return OPEN_OUTCOMES.contains(failure.code());
    }

    /** The rows of a read that need not see what another data centre writes at this moment. */
    List<Row> readNearby(String cql, @Nullable Object... values) {
        return rows(nearby(cql, values).execute());
    }

    /** A read of many pages. */
    CassandraQuery query(String cql, @Nullable Object... values) {
        return manager.query(cql)
                .values(values)
                .consistency(ConsistencyLevel.QUORUM)
                .serialConsistency(ConsistencyLevel.SERIAL);
    }

    private CassandraQuery nearby(String cql, @Nullable Object... values) {
        return query(cql, values).consistency(ConsistencyLevel.LOCAL_QUORUM);
    }

    /** A write that may be sent twice. */
    void write(String cql, @Nullable Object... values) {
        query(cql, values).idempotent(true).execute();
    }

    /** A write that counts each time that it is sent. */
    void count(String cql, @Nullable Object... values) {
        nearby(cql, values).idempotent(false).execute();
    }

    /** A write that another data centre need not see at this moment, and that may be sent twice. */
    void writeNearby(String cql, @Nullable Object... values) {
        nearby(cql, values).idempotent(true).execute();
    }

    /** Runs a lightweight transaction across all data centres; the row that was in its way, or empty if it was applied. */
    Optional<Row> transact(String cql, @Nullable Object... values) {
        CassandraResult result = query(cql, values).idempotent(false).execute();
        return result.wasApplied() ? Optional.empty() : result.one();
    }

    /** Runs a statement about roles, grants or the schema. Of one that may hold a password no error quotes anything. */
    List<Row> command(String cql) {
        return rows(query(cql).timeout(COMMAND_TIMEOUT).idempotent(false).execute());
    }

    private static List<Row> rows(CassandraResult result) {
        Table table = result.table();
        List<Row> rows = new ArrayList<>(table.size());
        table.forEach(rows::add);
        return rows;
    }

    /** The cluster's manager. */
    CassandraManager manager() {
        return manager;
    }
}
