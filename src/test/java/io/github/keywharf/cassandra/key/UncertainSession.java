package io.github.keywharf.cassandra.key;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.servererrors.CASWriteUnknownException;
import io.github.keywharf.cassandra.SessionProxy;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A session of the driver that knows not, the first time, what became of each prepared statement that contains a text. */
final class UncertainSession {
    private UncertainSession() {}

    /** @param carriedOut whether such statements reach the server */
    static CqlSession on(CqlSession session, String text, boolean carriedOut) {
        Set<String> seen = new HashSet<>();
        return SessionProxy.of(session, (method, arguments, real) -> {
            boolean uncertain = method.equals("executeAsync")
                    && arguments[0] instanceof BoundStatement
                    && SessionProxy.cql(arguments[0]).contains(text)
                    && seen.add(SessionProxy.cql(arguments[0]));
            if (!uncertain) {
                return real.call(arguments);
            }
            CompletionStage<?> before =
                    carriedOut ? (CompletionStage<?>) real.call(arguments) : CompletableFuture.completedFuture(null);
            return before.thenCompose(done -> CompletableFuture.failedFuture(unknown(session)));
        });
    }

    private static CASWriteUnknownException unknown(CqlSession session) {
        return new CASWriteUnknownException(
                session.getMetadata().getNodes().values().iterator().next(), DefaultConsistencyLevel.SERIAL, 1, 2);
    }
}
