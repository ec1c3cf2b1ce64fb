package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.Optional;

/** A session of the driver with something around its methods. */
public final class SessionProxy {
    private SessionProxy() {}

    /** What happens instead of a call. The arguments are null where a method has none. */
    @FunctionalInterface
    public interface Around {
        Object call(String method, Object[] arguments, Real real) throws Throwable;
    }

    /** The call itself. */
    @FunctionalInterface
    public interface Real {
        Object call(Object[] arguments) throws Throwable;
    }

    public static CqlSession of(CqlSession session, Around around) {
        return (CqlSession) Proxy.newProxyInstance(
                CqlSession.class.getClassLoader(), new Class<?>[] {CqlSession.class}, (proxy, method, arguments) -> {
                    try {
                        return around.call(method.getName(), arguments, changed -> method.invoke(session, changed));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** The text of a statement, prepared or not; empty for others. */
    public static String cql(Object statement) {
        if (statement instanceof BoundStatement bound) {
            return bound.getPreparedStatement().getQuery();
        }
        return statement instanceof SimpleStatement simple ? simple.getQuery() : "";
    }

    /** A context of a session, with nothing set. */
    static CassandraContext context(CqlSession session) {
        return new CassandraContext(
                session,
                Optional.empty(),
                null,
                new PreparedStatements(session),
                PageTokens.of(null),
                Work.NONE,
                EventListener.NONE,
                InstantSource.system(),
                LoadDefaults.CASSANDRA);
    }
}
