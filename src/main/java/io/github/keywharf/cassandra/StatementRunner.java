package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import io.github.keywharf.KeywharfException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs one statement: prepared where that is worth it, with its values and options, repeated where that does no harm. Its
 * stages fail with a {@link KeywharfException}.
 */
final class StatementRunner {
    private static final Set<String> STALE =
            Set.of("cassandra.bad_value", "cassandra.missing_value", "cassandra.unknown_name");

    private final CassandraContext context;
    private final StatementText text;
    private final StatementValues values;
    private final StatementOptions options;

    StatementRunner(CassandraContext context, StatementText text, StatementValues values, StatementOptions options) {
        this.context = context;
        this.text = text;
        this.values = values;
        this.options = options;
    }

    /** The first page of what it answers. */
    CompletionStage<AsyncResultSet> run() {
        return run(UnaryOperator.identity());
    }

    /**
     * One page, still to be decoded.
     *
     * @param first its rows
     * @param next the token of the page after it
     */
    record Page(AsyncResultSet first, Optional<String> next) {}

    /** The first page, or that of a token. */
    CompletionStage<Page> page(@Nullable String token) {
        if (!text.isRead()) {
            throw new IllegalStateException("Only a SELECT has pages, not a statement " + text.verb());
        }
        CompletableFuture<byte[]> digest = new CompletableFuture<>();
        return run(bound -> {
                    byte[] own = PageTokens.digest(
                            context.keyspace().map(CqlIdentifier::asInternal), text.cql(), bound.getValues());
                    digest.complete(own);
                    return token == null
                            ? bound
                            : bound.setPagingState(context.tokens().state(context.subject(), own, token));
                })
                .thenApply(first -> {
                    ByteBuffer state = first.getExecutionInfo().getPagingState();
                    return new Page(
                            first,
                            state == null
                                    ? Optional.empty()
                                    : Optional.of(context.tokens().token(digest.join(), state)));
                });
    }

    private CompletionStage<AsyncResultSet> run(UnaryOperator<BoundStatement> change) {
        try {
            Connecting.checkOpen(context.session());
            return CassandraErrors.inOurWords(
                    context.subject(),
                    "The statement failed",
                    text.isPrepared() ? prepared(change) : simple(),
                    text.secret());
        } catch (KeywharfException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletionStage<AsyncResultSet> simple() {
        if (text.verb().equals("USE")) {
            throw new KeywharfException(
                    "cassandra.use_refused",
                    context.subject(),
                    "USE would change the keyspace of everyone who shares the session; call withKeyspace(…)");
        }
        if (!values.isEmpty()) {
            throw values.noPlace(context.subject(), text.verb());
        }
        SimpleStatement statement =
                context.prepared().inKeyspace(SimpleStatement.newInstance(text.cql()), context.keyspace());
        return sent(statement, options.isIdempotent(context, false, false));
    }

    private CompletionStage<AsyncResultSet> prepared(UnaryOperator<BoundStatement> change) {
        boolean known = context.prepared().knows(context.keyspace(), text.cql());
        CompletionStage<AsyncResultSet> first = Retries.whileAway(
                        context, true, () -> context.prepared().prepare(context.keyspace(), text.cql()))
                .thenCompose(statement -> bound(statement, change));
        return known ? orPreparedAgain(first, change) : first;
    }

    private CompletionStage<AsyncResultSet> bound(PreparedStatement statement, UnaryOperator<BoundStatement> change) {
        BoundStatement bound = change.apply(Binding.bind(context.subject(), statement, values));
        return sent(bound, options.isIdempotent(context, text.isRead(), text.isWrite()));
    }

    /**
     * The outcome, or that of the statement prepared again when the server or we refuse values: the table may be another
     * one than when the statement was prepared. What was refused was not carried out.
     */
    private CompletionStage<AsyncResultSet> orPreparedAgain(
            CompletionStage<AsyncResultSet> first, UnaryOperator<BoundStatement> change) {
        return first.handle((result, failure) -> {
                    if (failure == null) {
                        return first;
                    }
                    return isStale(failure)
                            ? context.prepared()
                                    .prepareAgain(context.keyspace(), text.cql())
                                    .thenCompose(anew -> bound(anew, change))
                            : first;
                })
                .thenCompose(Function.identity());
    }

    /** Whether a failure may be that of a statement prepared before its table was recreated. */
    static boolean isStale(Throwable failure) {
        Throwable cause = CassandraErrors.unwrapped(failure);
        return cause instanceof InvalidQueryException
                || (cause instanceof KeywharfException ours && STALE.contains(ours.code()));
    }

    private <S extends Statement<S>> CompletionStage<AsyncResultSet> sent(S statement, boolean idempotent) {
        S ready = options.apply(context, statement, idempotent);
        return Retries.whileAway(context, idempotent, () -> context.session().executeAsync(ready))
                .thenApply(this::warned);
    }

    /** What the server warns of goes to the listener, and not to the driver's log, which would quote the statement. */
    private AsyncResultSet warned(AsyncResultSet first) {
        for (String warning : first.getExecutionInfo().getWarnings()) {
            context.listener()
                    .warning(
                            "cassandra.server.warned",
                            context.work(),
                            context.subject(),
                            text.secret()
                                    ? "The server warns of a statement that may hold a password"
                                    : CassandraErrors.quote(warning));
        }
        return first;
    }

    /** The page after another. */
    CompletionStage<AsyncResultSet> next(AsyncResultSet page) {
        boolean idempotent = options.isIdempotent(context, text.isRead(), text.isWrite());
        return Retries.whileAway(context, idempotent, page::fetchNextPage);
    }
}
