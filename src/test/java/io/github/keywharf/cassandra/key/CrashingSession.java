package io.github.keywharf.cassandra.key;

import com.datastax.oss.driver.api.core.CqlSession;
import io.github.keywharf.cassandra.SessionProxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A session of the driver that dies, as if its process had been killed, after a number of statements that change something:
 * from then on nothing reaches the server any more.
 */
final class CrashingSession {
    private final CqlSession session;
    private final int limit;
    private final boolean lastIsCarriedOut;
    private final AtomicInteger changes = new AtomicInteger();
    private final AtomicBoolean died = new AtomicBoolean();
    private final List<String> statements = Collections.synchronizedList(new ArrayList<>());

    /** @param limit how many changes reach the server */
    CrashingSession(CqlSession session, int limit) {
        this(session, limit, false);
    }

    /** @param lastIsCarriedOut whether the change after those reaches the server too, and only its answer is lost */
    CrashingSession(CqlSession session, int limit, boolean lastIsCarriedOut) {
        this.session = session;
        this.limit = limit;
        this.lastIsCarriedOut = lastIsCarriedOut;
    }

    CqlSession session() {
        return SessionProxy.of(session, (method, arguments, real) -> {
            if (method.equals("executeAsync") || method.equals("execute")) {
                String cql = cql(arguments[0]);
                boolean change = !cql.startsWith("SELECT") && !cql.startsWith("LIST");
                int before = change ? changes.getAndIncrement() : changes.get();
                if (before >= limit) {
                    died.set(true);
                    CompletableFuture<Object> dead =
                            CompletableFuture.failedFuture(new IllegalStateException("the process is dead"));
                    return change && before == limit && lastIsCarriedOut
                            ? ((CompletionStage<?>) real.call(arguments)).thenCompose(done -> dead)
                            : (Object) dead;
                }
                if (change) {
                    statements.add(cql);
                }
            }
            return real.call(arguments);
        });
    }

    private static String cql(Object statement) {
        String cql = SessionProxy.cql(statement);
        return cql.isEmpty() ? statement.toString() : cql;
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
