package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** A session of the driver whose statements that contain a text are carried out, but answered otherwise. */
public final class AnswersSession {
    private AnswersSession() {}

    @SuppressWarnings("unchecked")
    public static CqlSession on(
            CqlSession session, String text, UnaryOperator<CompletionStage<AsyncResultSet>> answer) {
        return SessionProxy.of(session, (method, arguments, real) -> {
            Object result = real.call(arguments);
            return method.equals("executeAsync")
                            && SessionProxy.cql(arguments[0]).contains(text)
                    ? answer.apply((CompletionStage<AsyncResultSet>) result)
                    : result;
        });
    }
}
