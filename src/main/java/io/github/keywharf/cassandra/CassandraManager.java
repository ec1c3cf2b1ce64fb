package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.secret.Secret;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The door to Apache Cassandra.
 *
 * <pre>{@code
 * try (CassandraManager cassandra = CassandraManager.builder()
 *         .contactPoint("db1", 9042)
 *         .localDatacenter("dc1")
 *         .credentials("delpha", password)
 *         .trust(Path.of("ca.pem"))
 *         .keyspace("delpha_actions")
 *         .connect()) {
 *     System.out.println(cassandra.execute("SELECT * FROM actions_conv_by_user WHERE user_id = :id", Map.of("id", id)).all());
 * }
 * }</pre>
 *
 * <p>Thread-safe. What it hands out shares its session and ends with it.
 */
public final class CassandraManager implements AutoCloseable {
    private final CassandraContext context;
    private final boolean owned;

    private CassandraManager(CassandraContext context, boolean owned) {
        this.context = context;
        this.owned = owned;
    }

    /** A builder with the defaults that {@link Builder} lists. */
    public static Builder builder() {
        return new Builder();
    }

    /** A manager over a session that the host opened; {@link #close} leaves it open. */
    public static CassandraManager of(CqlSession session) {
        return new CassandraManager(
                new CassandraContext(
                        session,
                        session.getKeyspace(),
                        Builder.DEFAULTS,
                        new PreparedStatements(session),
                        EventListener.NONE,
                        InstantSource.system()),
                false);
    }

    /**
     * Runs a statement with values for its question marks, in their order.
     *
     * @throws io.github.keywharf.KeywharfException when the server refuses it or cannot be reached
     */
    public CassandraResult execute(String cql, @Nullable Object... values) {
        return Waiting.on(subject(), "The statement failed", executeAsync(cql, values));
    }

    /**
     * Runs a statement with values for its {@code :names}.
     *
     * @throws io.github.keywharf.KeywharfException when the server refuses it or cannot be reached
     */
    public CassandraResult execute(String cql, Map<String, ?> values) {
        return Waiting.on(subject(), "The statement failed", executeAsync(cql, values));
    }

    /** {@link #execute(String, Object...)} without waiting; the stage fails with what that would throw. */
    public CompletionStage<CassandraResult> executeAsync(String cql, @Nullable Object... values) {
        return context.prepared().prepare(context.keyspace(), cql).thenCompose(prepared -> run(prepared.bind(values)));
    }

    /** {@link #execute(String, Map)} without waiting; the stage fails with what that would throw. */
    public CompletionStage<CassandraResult> executeAsync(String cql, Map<String, ?> values) {
        return context.prepared().prepare(context.keyspace(), cql).thenCompose(prepared -> {
            BoundStatement bound = prepared.bind();
            for (Map.Entry<String, ?> value : values.entrySet()) {
                bound = Binding.set(bound, CqlIdentifier.fromInternal(value.getKey()), value.getValue());
            }
            return run(bound);
        });
    }

    private CompletionStage<CassandraResult> run(BoundStatement statement) {
        CompletableFuture<CassandraResult> result = new CompletableFuture<>();
        CompletionStage<AsyncResultSet> sent = context.session().executeAsync(context.prepare(statement));
        sent.whenComplete((first, failure) -> {
            if (failure == null) {
                result.complete(new CassandraResult(subject(), first));
            } else {
                result.completeExceptionally(CassandraErrors.of(subject(), "The statement failed", failure));
            }
        });
        return result;
    }

    /** What unqualified names are in, if anything. */
    public Optional<String> keyspace() {
        return context.keyspace().map(CqlIdentifier::asInternal);
    }

    /**
     * A manager of the same session whose unqualified names are in another keyspace. Closing it closes nothing.
     *
     * @param name the keyspace's name as it is, without quotes
     */
    public CassandraManager withKeyspace(String name) {
        return new CassandraManager(context.withKeyspace(CqlIdentifier.fromInternal(name)), false);
    }

    /**
     * One table, to be written in bulk: {@code cassandra.table("actions").write(rows)}. Asks the server nothing.
     *
     * @param name the table's name as it is, or {@code keyspace.table}; quotes around either part are allowed
     * @throws io.github.keywharf.KeywharfException with code {@code cassandra.bad_name} when it is no name, and
     *     {@code cassandra.no_keyspace} when there is no keyspace to look in
     */
    public CassandraTable table(String name) {
        return new CassandraTable(context, BulkTableName.parse(name, context.keyspace()));
    }

    /** The driver's session, for what this library does not do. It ends with this manager if this opened it. */
    public CqlSession unwrap() {
        return context.session();
    }

    CassandraContext context() {
        return context;
    }

    private String subject() {
        return keyspace().orElse("cassandra");
    }

    /** Closes the session if this manager opened it. Twice is harmless. */
    @Override
    public void close() {
        if (owned) {
            context.session().close();
        }
    }

    @Override
    public String toString() {
        return "CassandraManager[" + context.session().getName()
                + keyspace().map(name -> ", keyspace " + name).orElse("") + "]";
    }

    /** Settings of a {@link CassandraManager}. */
    public static final class Builder {
        /** How long a statement may take, 10 s: long for a query, short for a person. */
        public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

        /** Rows of one page, 5,000: what the driver reads well, some hundred kilobytes. */
        public static final int DEFAULT_PAGE_SIZE = 5_000;

        static final StatementDefaults DEFAULTS =
                new StatementDefaults(ConsistencyLevel.LOCAL_QUORUM, null, DEFAULT_TIMEOUT, DEFAULT_PAGE_SIZE, false);

        private final List<InetSocketAddress> contactPoints = new ArrayList<>();
        private @Nullable String localDatacenter;
        private @Nullable String user;
        private @Nullable Secret password;
        private @Nullable String keyspace;
        private EventListener listener = EventListener.NONE;

        private Builder() {}

        /** A node to begin with; several may be given. */
        public Builder contactPoint(String host, int port) {
            contactPoints.add(InetSocketAddress.createUnresolved(host, port));
            return this;
        }

        /** The data centre whose nodes are asked. */
        public Builder localDatacenter(String localDatacenter) {
            this.localDatacenter = Objects.requireNonNull(localDatacenter, "localDatacenter");
            return this;
        }

        /** Logs in with this user. The secret is read by {@link #connect()} and may be closed after it. */
        public Builder credentials(String user, Secret password) {
            this.user = Objects.requireNonNull(user, "user");
            this.password = Objects.requireNonNull(password, "password");
            return this;
        }

        /** What unqualified names are in, as it is, without quotes. */
        public Builder keyspace(String keyspace) {
            this.keyspace = Objects.requireNonNull(keyspace, "keyspace");
            return this;
        }

        /** Told of progress, retries and outages. */
        public Builder events(EventListener listener) {
            this.listener = listener.guarded();
            return this;
        }

        /**
         * Opens the session.
         *
         * @throws io.github.keywharf.KeywharfException when no node can be reached, or the login is refused
         */
        public CassandraManager connect() {
            CqlSessionBuilder builder = CqlSession.builder()
                    .withConfigLoader(DriverConfigLoader.programmaticBuilder()
                            .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
                            .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
                            .build());
            contactPoints.forEach(builder::addContactPoint);
            if (localDatacenter != null) {
                builder.withLocalDatacenter(localDatacenter);
            }
            if (user != null && password != null) {
                builder.withAuthCredentials(user, password.reveal());
            }
            Optional<CqlIdentifier> name = Optional.ofNullable(keyspace).map(CqlIdentifier::fromInternal);
            name.ifPresent(builder::withKeyspace);
            CqlSession session =
                    Waiting.on(contactPoints.toString(), "The session cannot be opened", builder.buildAsync());
            return new CassandraManager(
                    new CassandraContext(
                            session, name, DEFAULTS, new PreparedStatements(session), listener, InstantSource.system()),
                    true);
        }

        @Override
        public String toString() {
            return "CassandraManager.Builder[" + contactPoints + ", user " + user + "]";
        }
    }
}
