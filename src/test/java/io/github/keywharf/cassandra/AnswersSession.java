package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** A session of the driver whose statements that contain a text are carried out, but answered otherwise. */
final class AnswersSession {
    private AnswersSession() {}

    @SuppressWarnings("unchecked")
    static CqlSession on(CqlSession session, String text, UnaryOperator<CompletionStage<AsyncResultSet>> answer) {
        return (CqlSession) Proxy.newProxyInstance(
                CqlSession.class.getClassLoader(), new Class<?>[] {CqlSession.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(session, arguments);
                        return method.getName().equals("executeAsync")
                                        && cql(arguments[0]).contains(text)
                                ? answer.apply((CompletionStage<AsyncResultSet>) result)
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static String cql(Object statement) {
        if (statement instanceof BoundStatement bound) {
            return bound.getPreparedStatement().getQuery();
        }
        return statement instanceof SimpleStatement simple ? simple.getQuery() : "";
    }
}
