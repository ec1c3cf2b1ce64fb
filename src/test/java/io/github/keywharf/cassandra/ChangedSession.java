package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Statement;
import java.util.function.UnaryOperator;

/** A session of the driver that does something to each statement before it is sent. */
public final class ChangedSession {
    private ChangedSession() {}

    public static CqlSession on(CqlSession session, UnaryOperator<Statement<?>> change) {
        return SessionProxy.of(
                session,
                (method, arguments, real) -> method.startsWith("execute")
                                && arguments.length == 1
                                && arguments[0] instanceof Statement<?> statement
                        ? real.call(new Object[] {change.apply(statement)})
                        : real.call(arguments));
    }
}
