package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** A session of a host that is so slow that another one sweeps between its making of a role and the grant to it. */
final class SweepingSession {
    private final CqlSession session;
    private final CassandraKeyRing other;

    SweepingSession(CqlSession session, CassandraKeyRing other) {
        this.session = session;
        this.other = other;
    }

    CqlSession session() {
        return (CqlSession) Proxy.newProxyInstance(
                CqlSession.class.getClassLoader(), new Class<?>[] {CqlSession.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("executeAsync")
                            && arguments[0] instanceof SimpleStatement statement
                            && statement.getQuery().startsWith("CREATE ROLE key_")) {
                        other.sweep();
                    }
                    try {
                        return method.invoke(session, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
