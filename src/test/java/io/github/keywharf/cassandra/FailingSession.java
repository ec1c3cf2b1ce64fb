package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;

/** A session of the driver on which prepared statements that contain a text fail. */
final class FailingSession {
    private FailingSession() {}

    static CqlSession on(CqlSession session, String text) {
        return (CqlSession) Proxy.newProxyInstance(
                CqlSession.class.getClassLoader(), new Class<?>[] {CqlSession.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("executeAsync")
                            && arguments[0] instanceof BoundStatement bound
                            && bound.getPreparedStatement().getQuery().contains(text)) {
                        return CompletableFuture.failedFuture(new IllegalStateException("the disk is full"));
                    }
                    try {
                        return method.invoke(session, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
