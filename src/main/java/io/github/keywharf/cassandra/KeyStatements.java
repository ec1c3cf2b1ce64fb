package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The one gate through which a ring's statements go to the server. Thread-safe. */
final class KeyStatements {

    /** Changes of schema and roles go to all nodes, and take longer than reading a row. */
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(30);

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

    /** The rows of a partition, with the outcome of lightweight transactions that are under way. */
    List<Row> readSerial(String cql, @Nullable Object... values) {
        return all(run(cql, ConsistencyLevel.SERIAL, values));
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
        SimpleStatement statement = context.prepare(SimpleStatement.newInstance(cql))
                .setConsistencyLevel(ConsistencyLevel.QUORUM)
                .setTimeout(COMMAND_TIMEOUT);
        return all(wait(context.session().executeAsync(statement)));
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
