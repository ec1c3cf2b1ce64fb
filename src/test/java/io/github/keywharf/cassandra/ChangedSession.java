package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Statement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.UnaryOperator;

/** A session of the driver that does something to each statement before it is sent. */
final class ChangedSession {
    private ChangedSession() {}

    static CqlSession on(CqlSession session, UnaryOperator<Statement<?>> change) {
        return (CqlSession) Proxy.newProxyInstance(
                CqlSession.class.getClassLoader(), new Class<?>[] {CqlSession.class}, (proxy, method, arguments) -> {
                    boolean sends = method.getName().startsWith("execute")
                            && arguments.length == 1
                            && arguments[0] instanceof Statement<?>;
                    try {
                        return sends
                                ? method.invoke(session, change.apply((Statement<?>) arguments[0]))
                                : method.invoke(session, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
