package io.github.keywharf.cassandra.key;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import io.github.keywharf.cassandra.SessionProxy;
import java.util.concurrent.CompletableFuture;

/** A session of the driver on which prepared statements that contain a text fail. */
final class FailingSession {
    private FailingSession() {}

    static CqlSession on(CqlSession session, String text) {
        return SessionProxy.of(
                session,
                (method, arguments, real) -> method.equals("executeAsync")
                                && arguments[0] instanceof BoundStatement
                                && SessionProxy.cql(arguments[0]).contains(text)
                        ? CompletableFuture.failedFuture(new IllegalStateException("the disk is full"))
                        : real.call(arguments));
    }
}
