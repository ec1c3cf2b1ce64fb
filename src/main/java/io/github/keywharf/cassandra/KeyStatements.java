package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.github.keywharf.KeywharfException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The one gate through which a ring's statements go to the server. Thread-safe. */
final class KeyStatements {

    /** Changes of schema and roles go to all nodes, and take longer than reading a row. */
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(30);

    /** How often something is tried that other lightweight transactions hinder, 8: that they always do is rare. */
    static final int ATTEMPTS = 8;

    /** Apart by chance, so that they hinder each other less. */
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);

    private static final String HINDERED = "cassandra.outcome_unknown";
    private static final Set<String> OPEN_OUTCOMES = Set.of(HINDERED, "cassandra.timeout", "cassandra.connection_lost");

    private final CassandraContext context;
    private final String subject;

    KeyStatements(CassandraContext context, String subject) {
        this.context = context;
        this.subject = subject;
    }

    /** The rows of a read that sees every acknowledged write, in whichever data centre it was. */
    List<Row> read(String cql, @Nullable Object... values) {
        return all(run(cql, ConsistencyLevel.QUORUM, values));
    }

    /**
     * The rows of a partition, with the outcome of lightweight transactions that are under way. Such a read takes part in
     * them, and so may itself be hindered; it is repeated, since it changes nothing.
     */
    List<Row> readSerial(String cql, @Nullable Object... values) {
        for (int attempt = 1; ; attempt++) {
            try {
                return all(run(cql, ConsistencyLevel.SERIAL, values));
            } catch (KeywharfException e) {
                if (attempt == ATTEMPTS || !e.code().equals(HINDERED)) {
                    throw e;
                }
            }
            long longest = LONGEST_PAUSE.multipliedBy(attempt).toMillis();
            UnloadPatience.pause(
                    subject, Duration.ofMillis(ThreadLocalRandom.current().nextLong(longest)));
        }
    }

    /** Whether a lightweight transaction may have been carried out or not: it was in another one's way, or no answer came. */
    static boolean isOutcomeOpen(KeywharfException failure) {
        return OPEN_OUTCOMES.contains(failure.code());
    }

    /** The rows of a read that need not see what another data centre writes at this moment. */
    List<Row> readNearby(String cql, @Nullable Object... values) {
        return all(run(cql, ConsistencyLevel.LOCAL_QUORUM, values));
    }

    /** A read of many pages. */
    CassandraQuery query(String cql) {
        return new CassandraQuery(context, cql).consistency(ConsistencyLevel.QUORUM);
    }

    void write(String cql, @Nullable Object... values) {
        run(cql, ConsistencyLevel.QUORUM, values);
    }

    void writeNearby(String cql, @Nullable Object... values) {
        run(cql, ConsistencyLevel.LOCAL_QUORUM, values);
    }

    /** Runs a lightweight transaction across all data centres; the row that was in its way, or empty if it was applied. */
    Optional<Row> transact(String cql, @Nullable Object... values) {
        AsyncResultSet result = run(cql, ConsistencyLevel.QUORUM, values);
        if (result.wasApplied()) {
            return Optional.empty();
        }
        return Optional.ofNullable(result.one());
    }

    /** Runs a statement about roles, grants or the schema, which cannot be prepared. */
    List<Row> command(String cql) {
        return all(wait(send(cql)));
    }

    /** Runs a statement that no error may quote. */
    void secretCommand(String cql) {
        Waiting.on(send(cql), failure -> CassandraErrors.of(subject, "The role cannot be made", failure, true));
    }

    private CompletionStage<AsyncResultSet> send(String cql) {
        return context.session()
                .executeAsync(context.prepare(SimpleStatement.newInstance(cql))
                        .setConsistencyLevel(ConsistencyLevel.QUORUM)
                        .setTimeout(COMMAND_TIMEOUT));
    }

    CqlSession session() {
        return context.session();
    }

    private AsyncResultSet run(String cql, ConsistencyLevel level, @Nullable Object... values) {
        CompletionStage<AsyncResultSet> result = context.prepared()
                .prepare(Optional.empty(), cql)
                .thenCompose(prepared -> context.session().executeAsync(levelled(prepared.bind(values), level)));
        return wait(result);
    }

    private Statement<?> levelled(BoundStatement bound, ConsistencyLevel level) {
        return context.prepare(bound)
                .setConsistencyLevel(level)
                .setSerialConsistencyLevel(ConsistencyLevel.SERIAL)
                .setIdempotent(false);
    }

    private List<Row> all(AsyncResultSet first) {
        List<Row> rows = new ArrayList<>();
        AsyncResultSet page = first;
        while (true) {
            page.currentPage().forEach(rows::add);
            if (!page.hasMorePages()) {
                return rows;
            }
            page = wait(page.fetchNextPage());
        }
    }

    private <T> T wait(CompletionStage<T> stage) {
        return Waiting.on(subject, "The statement failed", stage);
    }

    String subject() {
        return subject;
    }
}
