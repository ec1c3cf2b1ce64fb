package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Checks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes that are sent together. Logged unless said otherwise: then all of them take effect in the end, or none. A batch is
 * no faster than single statements unless all its rows are in one partition; for many rows write to a table.
 *
 * <pre>{@code
 * cassandra.batch()
 *         .add("INSERT INTO action (id, name) VALUES (?, ?)", id, "call")
 *         .add("INSERT INTO action_by_name (name, id) VALUES (?, ?)", "call", id)
 *         .execute();
 * }</pre>
 *
 * <p>Two writes to one cell in a batch have one time, so the larger value stays, not the later. Not thread-safe.
 */
public final class CassandraBatch {
    /**
     * The most bytes of values that a batch over several partitions may have, 51,200: what servers refuse to exceed by
     * default ({@code batch_size_fail_threshold}). Batches in one partition may be larger.
     */
    public static final int DEFAULT_MAX_BYTES = 50 * 1024;

    /** The most statements of a batch, 65,535: their number has 16 bits in the protocol. */
    public static final int MAX_STATEMENTS = 65_535;

    /** The most bytes of values in one partition, 15 MiB: servers take messages of 16. */
    public static final int MAX_MESSAGE_BYTES = 15 * 1024 * 1024;

    private record Write(StatementText text, StatementValues values) {}

    private final CassandraContext context;
    private final List<Write> writes = new ArrayList<>();
    private final StatementOptions options = new StatementOptions();
    private BatchType type = DefaultBatchType.LOGGED;
    private int maxBytes = DEFAULT_MAX_BYTES;

    CassandraBatch(CassandraContext context) {
        this.context = context;
    }

    /** Some writes may take effect and others not, if a node fails midway; cheaper. */
    public CassandraBatch unlogged() {
        type = DefaultBatchType.UNLOGGED;
        return this;
    }

    /** For updates of counters, which go into no other batch. */
    public CassandraBatch counter() {
        type = DefaultBatchType.COUNTER;
        return this;
    }

    /** Adds an {@code INSERT}, {@code UPDATE} or {@code DELETE} with values for its question marks. */
    public CassandraBatch add(String cql, @Nullable Object... values) {
        return add(StatementText.of(cql), StatementValues.of(values));
    }

    /** Adds an {@code INSERT}, {@code UPDATE} or {@code DELETE} with values for its {@code :names}. */
    public CassandraBatch add(String cql, Map<String, ?> values) {
        return add(StatementText.of(cql), StatementValues.of(values));
    }

    private CassandraBatch add(StatementText text, StatementValues values) {
        if (!text.isWrite()) {
            throw new IllegalArgumentException("A batch takes INSERT, UPDATE and DELETE, not " + text.verb());
        }
        if (writes.size() == MAX_STATEMENTS) {
            throw new IllegalStateException(
                    "A batch takes at most " + MAX_STATEMENTS + " statements; for many rows write to a table instead");
        }
        writes.add(new Write(text, values));
        return this;
    }

    /** The most bytes of values over several partitions, where the server's own limit is another. */
    public CassandraBatch maxBytes(int bytes) {
        maxBytes = Checks.between("maxBytes", bytes, 1, MAX_MESSAGE_BYTES);
        return this;
    }

    /** How many replicas answer. */
    public CassandraBatch consistency(ConsistencyLevel level) {
        options.consistency = Objects.requireNonNull(level, "level");
        return this;
    }

    /** How many replicas agree on the conditions: {@code SERIAL} or {@code LOCAL_SERIAL}. */
    public CassandraBatch serialConsistency(ConsistencyLevel level) {
        options.serialConsistency = CassandraSettings.serial(level);
        return this;
    }

    /** How long one sending may take, all attempts of the driver together. */
    public CassandraBatch timeout(Duration timeout) {
        options.timeout = CassandraSettings.checkedTime("timeout", timeout);
        return this;
    }

    /** Whether the batch may be sent twice. */
    public CassandraBatch idempotent(boolean on) {
        options.idempotent = on;
        return this;
    }

    /** How many statements there are so far. */
    public int size() {
        return writes.size();
    }

    /**
     * Sends the batch; {@link CassandraResult#wasApplied} says whether its conditions held.
     *
     * @throws KeywharfException with code {@code cassandra.too_large} when it is larger than a server takes; else as
     *     {@link CassandraQuery#execute}
     * @throws IllegalStateException when it is empty
     */
    public CassandraResult execute() {
        return Waiting.on(context.subject(), "The batch failed", executeAsync());
    }

    /** {@link #execute} without waiting; the stage fails with what that would throw. */
    public CompletionStage<CassandraResult> executeAsync() {
        if (writes.isEmpty()) {
            throw new IllegalStateException("The batch is empty");
        }
        Connecting.checkOpen(context.session());
        boolean secret = writes.stream().anyMatch(write -> write.text().secret());
        boolean idempotent = options.isIdempotent(context, false, type != DefaultBatchType.COUNTER);
        boolean known = writes.stream()
                .anyMatch(write -> context.prepared()
                        .knows(context.keyspace(), write.text().cql()));
        CompletionStage<AsyncResultSet> first = sent(idempotent, false);
        return CassandraErrors.inOurWords(
                        context.subject(),
                        "The batch failed",
                        known ? orPreparedAgain(first, idempotent) : first,
                        secret)
                .thenApply(answer ->
                        new CassandraResult(context.subject(), answer, AsyncResultSet::fetchNextPage, Map.of()));
    }

    /** What a server refuses of a batch, it refuses of all of it. */
    private CompletionStage<AsyncResultSet> orPreparedAgain(CompletionStage<AsyncResultSet> first, boolean idempotent) {
        return first.handle((answer, failure) ->
                        failure != null && StatementRunner.isStale(failure) ? sent(idempotent, true) : first)
                .thenCompose(Function.identity());
    }

    private CompletionStage<AsyncResultSet> sent(boolean idempotent, boolean anew) {
        List<CompletableFuture<BoundStatement>> bound =
                writes.stream().map(write -> bound(write, anew)).toList();
        return CompletableFuture.allOf(bound.toArray(CompletableFuture[]::new))
                .thenApply(
                        all -> batch(bound.stream().map(CompletableFuture::join).toList()))
                .thenCompose(batch -> Retries.whileAway(
                        context,
                        idempotent,
                        () -> context.session().executeAsync(options.apply(context, batch, idempotent))));
    }

    private CompletableFuture<BoundStatement> bound(Write write, boolean anew) {
        String cql = write.text().cql();
        return (anew
                        ? context.prepared().prepareAgain(context.keyspace(), cql)
                        : context.prepared().prepare(context.keyspace(), cql))
                .thenApply(prepared -> Binding.bind(context.subject(), prepared, write.values()))
                .toCompletableFuture();
    }

    private BatchStatement batch(List<BoundStatement> statements) {
        BatchSize.check(context.subject(), statements, maxBytes);
        BatchStatementBuilder batch = BatchStatement.builder(type);
        statements.forEach(batch::addStatement);
        return batch.build();
    }

    /** The keyspace and how many statements; never their values. */
    @Override
    public String toString() {
        return "CassandraBatch[" + type + ", "
                + context.keyspace().map(CqlIdentifier::asInternal).orElse("no keyspace") + ", " + writes.size()
                + (writes.size() == 1 ? " statement]" : " statements]");
    }
}
