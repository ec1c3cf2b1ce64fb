package io.github.keywharf.cassandra.key;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.github.keywharf.cassandra.SessionProxy;

/** A session of a host that is so slow that another one sweeps between its making of a role and the grant to it. */
final class SweepingSession {
    private final CqlSession session;
    private final CassandraKeyRing other;

    SweepingSession(CqlSession session, CassandraKeyRing other) {
        this.session = session;
        this.other = other;
    }

    CqlSession session() {
        return SessionProxy.of(session, (method, arguments, real) -> {
            if (method.equals("executeAsync")
                    && arguments[0] instanceof SimpleStatement statement
                    && statement.getQuery().startsWith("CREATE ROLE key_")) {
                other.sweep();
            }
            return real.call(arguments);
        });
    }
}
