package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.servererrors.CASWriteUnknownException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
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
        return (CqlSession) Proxy.newProxyInstance(
                CqlSession.class.getClassLoader(), new Class<?>[] {CqlSession.class}, (proxy, method, arguments) -> {
                    boolean uncertain = method.getName().equals("executeAsync")
                            && arguments[0] instanceof BoundStatement bound
                            && bound.getPreparedStatement().getQuery().contains(text)
                            && seen.add(bound.getPreparedStatement().getQuery());
                    try {
                        if (!uncertain) {
                            return method.invoke(session, arguments);
                        }
                        CompletionStage<?> before = carriedOut
                                ? (CompletionStage<?>) method.invoke(session, arguments)
                                : CompletableFuture.completedFuture(null);
                        return before.thenCompose(done -> CompletableFuture.failedFuture(unknown(session)));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static CASWriteUnknownException unknown(CqlSession session) {
        return new CASWriteUnknownException(
                session.getMetadata().getNodes().values().iterator().next(), DefaultConsistencyLevel.SERIAL, 1, 2);
    }
}
