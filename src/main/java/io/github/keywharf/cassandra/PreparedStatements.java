package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.ProtocolVersion;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.github.keywharf.KeywharfException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The statements prepared on one session, each once, the least used forgotten first, so that a host that writes values
 * into its CQL fills neither this process nor the server. Thread-safe.
 */
final class PreparedStatements {

    /** How many are kept: more than an application has, and few enough to hold. */
    static final int CAPACITY = 1_000;

    /** How many texts of one statement there are at most, after its table was recreated again and again. */
    private static final int VARIANTS = 8;

    private record Key(Optional<CqlIdentifier> keyspace, String cql) {}

    private final CqlSession session;
    private final AtomicInteger again = new AtomicInteger();
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
        return prepare(key, cql, mine);
    }

    /** Whether the statement is prepared already, so that it may be older than its table. */
    boolean knows(Optional<CqlIdentifier> keyspace, String cql) {
        synchronized (statements) {
            return statements.containsKey(new Key(keyspace, cql));
        }
    }

    /**
     * The statement, prepared again: its table may have been recreated with other types. The driver keeps what it prepared
     * by its text, so this text differs in blanks at its end.
     */
    CompletionStage<PreparedStatement> prepareAgain(Optional<CqlIdentifier> keyspace, String cql) {
        Key key = new Key(keyspace, cql);
        CompletableFuture<PreparedStatement> mine = new CompletableFuture<>();
        synchronized (statements) {
            statements.put(key, mine);
        }
        return prepare(key, cql + " ".repeat(1 + Math.floorMod(again.getAndIncrement(), VARIANTS)), mine);
    }

    private CompletionStage<PreparedStatement> prepare(Key key, String cql, CompletableFuture<PreparedStatement> mine) {
        try {
            SimpleStatement statement = inKeyspace(SimpleStatement.newInstance(cql), key.keyspace());
            session.prepareAsync(statement).whenComplete((prepared, failure) -> {
                if (failure == null) {
                    mine.complete(prepared);
                } else {
                    forget(key, mine);
                    mine.completeExceptionally(failure);
                }
            });
        } catch (RuntimeException | Error e) {
            // Whoever asks for the same statement waits for this one.
            forget(key, mine);
            mine.completeExceptionally(e);
        }
        return mine;
    }

    /**
     * The statement with its keyspace, where that is not the session's own anyway.
     *
     * @throws KeywharfException when the server's protocol cannot say it
     */
    SimpleStatement inKeyspace(SimpleStatement statement, Optional<CqlIdentifier> keyspace) {
        if (keyspace.isEmpty()) {
            return statement;
        }
        if (session.getContext().getProtocolVersion().getCode() >= ProtocolVersion.V5.getCode()) {
            return statement.setKeyspace(keyspace.get());
        }
        if (keyspace.equals(session.getKeyspace())) {
            return statement;
        }
        throw new KeywharfException(
                "cassandra.unsupported",
                keyspace.get().asInternal(),
                "The server speaks version "
                        + session.getContext().getProtocolVersion().getCode()
                        + " of the protocol, in which a statement cannot name its keyspace (Cassandra 4.0 and newer"
                        + " can); write the keyspace before the table's name, or connect with keyspace(…)");
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
