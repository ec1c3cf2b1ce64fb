package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.servererrors.SyntaxError;
import io.github.keywharf.KeywharfException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Asks one node about its schema, always the same one, since nodes may differ for a while after a change and parts of
 * different schemas fit nothing.
 */
final class DictionaryRows {
    private static final String SUBJECT = "dictionary";
    private static final String PROBLEM = "The schema cannot be read";

    private final CassandraContext context;
    private final @Nullable Node node;

    private DictionaryRows(CassandraContext context, @Nullable Node node) {
        this.context = context;
        this.node = node;
    }

    /** Some node that answers now. */
    static DictionaryRows ofOneNode(CassandraContext context) {
        DictionaryRows any = new DictionaryRows(context, null);
        AsyncResultSet answer = Waiting.on(SUBJECT, PROBLEM, any.send("SELECT key FROM system.local"));
        return new DictionaryRows(context, answer.getExecutionInfo().getCoordinator());
    }

    DictionaryRows at(Node other) {
        return new DictionaryRows(context, other);
    }

    CassandraContext context() {
        return context;
    }

    /** All rows. */
    List<Row> all(String cql, Object... values) {
        try {
            return rows(cql, values);
        } catch (CompletionException e) {
            throw CassandraErrors.of(SUBJECT, PROBLEM, e);
        }
    }

    /** All rows; none when the server, of another version, has no such table. */
    List<Row> allIfThere(String cql, Object... values) {
        return permitted(cql, values).orElse(List.of());
    }

    /** All rows; empty when the server has no such thing, or does not let this session see it. */
    Optional<List<Row>> permitted(String cql, Object... values) {
        try {
            return Optional.of(rows(cql, values));
        } catch (CompletionException e) {
            Throwable cause = CassandraErrors.unwrapped(e);
            if (cause instanceof InvalidQueryException
                    || cause instanceof SyntaxError
                    || CassandraErrors.isDenied(cause)) {
                return Optional.empty();
            }
            throw CassandraErrors.of(SUBJECT, PROBLEM, e);
        }
    }

    /**
     * All rows.
     *
     * @throws CompletionException with the driver's error
     */
    List<Row> rows(String cql, Object... values) {
        return Waiting.on(send(cql, values).thenCompose(AllPages::of), CompletionException::new);
    }

    /** Asks without waiting. What is asked here is in each node's own tables, so one answer is all there is. */
    CompletionStage<AsyncResultSet> send(String cql, Object... values) {
        SimpleStatement statement = context.prepare(SimpleStatement.newInstance(cql, values))
                .setConsistencyLevel(ConsistencyLevel.ONE)
                .setIdempotent(true);
        return context.session().executeAsync(node == null ? statement : statement.setNode(node));
    }

    /** The one row there is. */
    Row one(String cql, Object... values) {
        List<Row> rows = all(cql, values);
        if (rows.size() != 1) {
            throw new KeywharfException(
                    "cassandra.failed", SUBJECT, PROBLEM + ": " + rows.size() + " rows answer " + cql);
        }
        return rows.get(0);
    }
}
