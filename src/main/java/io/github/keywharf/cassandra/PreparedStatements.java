package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The statements prepared on one session, each once, the least used forgotten first, so that a host that writes values
 * into its CQL fills neither this process nor the server. Thread-safe.
 */
final class PreparedStatements {

    /** How many are kept: more than an application has, and few enough to hold. */
    static final int CAPACITY = 1_000;

    private record Key(Optional<CqlIdentifier> keyspace, String cql) {}

    private final CqlSession session;
    private final Map<Key, CompletableFuture<PreparedStatement>> statements = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, CompletableFuture<PreparedStatement>> eldest) {
            return size() > CAPACITY;
        }
    };

    PreparedStatements(CqlSession session) {
        this.session = session;
    }

    /** The statement, prepared now or before; a failure is not remembered. */
    CompletionStage<PreparedStatement> prepare(Optional<CqlIdentifier> keyspace, String cql) {
        Key key = new Key(keyspace, cql);
        CompletableFuture<PreparedStatement> mine = new CompletableFuture<>();
        CompletableFuture<PreparedStatement> known;
        synchronized (statements) {
            known = statements.putIfAbsent(key, mine);
        }
        if (known != null) {
            return known;
        }
        SimpleStatement statement = SimpleStatement.newInstance(cql);
        if (keyspace.isPresent()) {
            statement = statement.setKeyspace(keyspace.get());
        }
        try {
            session.prepareAsync(statement).whenComplete((prepared, failure) -> {
                if (failure == null) {
                    mine.complete(prepared);
                } else {
                    forget(key, mine);
                    mine.completeExceptionally(failure);
                }
            });
        } catch (RuntimeException e) {
            forget(key, mine);
            mine.completeExceptionally(e);
        }
        return mine;
    }

    private void forget(Key key, CompletableFuture<PreparedStatement> mine) {
        synchronized (statements) {
            statements.remove(key, mine);
        }
    }

    int size() {
        synchronized (statements) {
            return statements.size();
        }
    }
}
