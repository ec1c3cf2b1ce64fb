package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A session of the driver that dies, as if its process had been killed, after a number of statements that change something:
 * from then on nothing reaches the server any more.
 */
final class CrashingSession {
    private final CqlSession session;
    private final int limit;
    private final AtomicInteger changes = new AtomicInteger();
    private final AtomicBoolean died = new AtomicBoolean();
    private final List<String> statements = Collections.synchronizedList(new ArrayList<>());

    /** @param limit how many changes reach the server */
    CrashingSession(CqlSession session, int limit) {
        this.session = session;
        this.limit = limit;
    }

    CqlSession session() {
        return (CqlSession) Proxy.newProxyInstance(
                CqlSession.class.getClassLoader(), new Class<?>[] {CqlSession.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("executeAsync")
                            || method.getName().equals("execute")) {
                        String cql = cql(arguments[0]);
                        boolean change = !cql.startsWith("SELECT") && !cql.startsWith("LIST");
                        int before = change ? changes.getAndIncrement() : changes.get();
                        if (before >= limit) {
                            died.set(true);
                            return CompletableFuture.failedFuture(new IllegalStateException("the process is dead"));
                        }
                        if (change) {
                            statements.add(cql);
                        }
                    }
                    try {
                        return method.invoke(session, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static String cql(Object statement) {
        if (statement instanceof BoundStatement bound) {
            return bound.getPreparedStatement().getQuery();
        }
        return statement instanceof SimpleStatement simple
                ? simple.getQuery()
                : String.valueOf((Statement<?>) statement);
    }

    /** Whether something was not let through. */
    boolean died() {
        return died.get();
    }

    /** The changes that reached the server, in their order. */
    List<String> statements() {
        return List.copyOf(statements);
    }
}
