package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** A session of the driver whose prepared statements are carried out, but answered otherwise. */
final class AnswersSession {
    private AnswersSession() {}

    @SuppressWarnings("unchecked")
    static CqlSession on(CqlSession session, UnaryOperator<CompletionStage<AsyncResultSet>> answer) {
        return (CqlSession) Proxy.newProxyInstance(
                CqlSession.class.getClassLoader(), new Class<?>[] {CqlSession.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(session, arguments);
                        return method.getName().equals("executeAsync") && !(arguments[0] instanceof SimpleStatement)
                                ? answer.apply((CompletionStage<AsyncResultSet>) result)
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
