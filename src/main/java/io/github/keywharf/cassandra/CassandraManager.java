package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.config.TypedDriverOption;
import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretSource;
import io.github.keywharf.tls.TlsConfig;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The entry point to Apache Cassandra.
 *
 * <pre>{@code
 * try (CassandraManager cassandra = CassandraManager.builder()
 *         .contactPoint("db1", 9042)
 *         .localDatacenter("dc1")
 *         .credentials("delpha", password)
 *         .trust(Path.of("ca.pem"))
 *         .keyspace("delpha_actions")
 *         .connect()) {
 *     System.out.println(cassandra.execute("SELECT * FROM actions_conv_by_user WHERE user_id = :id", Map.of("id", id)).table());
 * }
 * }</pre>
 *
 * <p>{@code SELECT}, {@code INSERT}, {@code UPDATE} and {@code DELETE} are prepared once and kept, up to {@value
 * PreparedStatements#CAPACITY} of them, so write values as question marks or {@code :names}; all other statements are sent
 * as they are and take no values. Reads are repeated when a node fails, writes only when {@code idempotent} says so.
 *
 * <p>Thread-safe. What it hands out shares its session and ends with it. Stages are completed on threads of the driver,
 * which must not be blocked.
 */
public final class CassandraManager implements AutoCloseable {
    /** Code of an error about a table that does not exist. */
    public static final String NO_TABLE = "cassandra.no_table";

    /** Code of an error about a statement that the server refuses as invalid. */
    public static final String INVALID_QUERY = "cassandra.invalid_query";

    /** Code of an error about a permission that the role lacks. */
    public static final String DENIED = "cassandra.denied";

    private final CassandraContext context;
    private final boolean owned;
    private final @Nullable Logins logins;

    private CassandraManager(CassandraContext context, boolean owned, @Nullable Logins logins) {
        this.context = context;
        this.owned = owned;
        this.logins = logins;
    }

    /** A builder with the defaults that {@link Builder} lists. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A manager over a session that the host opened; {@link #close} leaves it open. Consistency, timeout, page size and
     * idempotence are those of the session's own configuration, and statements do not wait for nodes to come back.
     */
    public static CassandraManager of(CqlSession session) {
        return of(session, EventListener.NONE, InstantSource.system());
    }

    /** A manager over a session that the host opened, with a listener and a clock. */
    public static CassandraManager of(CqlSession session, EventListener events, InstantSource clock) {
        return new CassandraManager(
                new CassandraContext(
                        session,
                        session.getKeyspace(),
                        StatementDefaults.of(session, Duration.ZERO),
                        new PreparedStatements(session),
                        PageTokens.of(null),
                        Work.NONE,
                        events.guarded(),
                        clock,
                        LoadDefaults.CASSANDRA),
                false,
                null);
    }

    static CassandraManager opened(CqlSession session, CassandraSettings settings, SharedNetwork network) {
        return new CassandraManager(
                new CassandraContext(
                        session,
                        session.getKeyspace(),
                        StatementDefaults.of(session, settings.patience()),
                        new PreparedStatements(session),
                        PageTokens.of(settings.pageTokenKey()),
                        settings.work(),
                        settings.listener(),
                        settings.clock(),
                        LoadDefaults.of(settings)),
                true,
                new Logins(settings, network));
    }

    /**
     * Runs a statement with values for its question marks, in their order.
     *
     * @throws KeywharfException when values do not fit, the server refuses it or cannot be reached
     */
    public CassandraResult execute(String cql, @Nullable Object... values) {
        return query(cql).values(values).execute();
    }

    /**
     * Runs a statement with values for its {@code :names}.
     *
     * @throws KeywharfException when values do not fit, the server refuses it or cannot be reached
     */
    public CassandraResult execute(String cql, Map<String, ?> values) {
        return query(cql).bind(values).execute();
    }

    /** {@link #execute(String, Object...)} without waiting; the stage fails with what that would throw. */
    public CompletionStage<CassandraResult> executeAsync(String cql, @Nullable Object... values) {
        return query(cql).values(values).executeAsync();
    }

    /** {@link #execute(String, Map)} without waiting; the stage fails with what that would throw. */
    public CompletionStage<CassandraResult> executeAsync(String cql, Map<String, ?> values) {
        return query(cql).bind(values).executeAsync();
    }

    /** A statement to be given values and options of its own, or to be read page by page. */
    public CassandraQuery query(String cql) {
        return new CassandraQuery(context, cql);
    }

    /** An empty batch: writes that take effect together, or not at all. */
    public CassandraBatch batch() {
        return new CassandraBatch(context);
    }

    /**
     * Opens a session of another user to the same cluster, as this manager's was opened. The two share the threads of the
     * network; closing one leaves the other open.
     *
     * @param password read before this returns, and not kept
     * @param keyspace keyspace of unqualified names, or null
     * @param known the keyspaces whose tables the session is to know, for {@link #table}; none for all. What it knows of
     *     others takes memory, and time when it opens
     * @throws KeywharfException as {@link Builder#connect} does
     * @throws IllegalStateException when this manager's session was opened by the host, which does not show how
     */
    public CassandraManager loginAs(String user, Secret password, @Nullable String keyspace, Set<String> known) {
        if (logins == null) {
            throw new IllegalStateException(
                    "The manager is over a session of the host's, which does not show how to log in as another user;"
                            + " connect with CassandraManager.builder(), or for keys say how by"
                            + " CassandraKeyRing.Builder.connector(…)");
        }
        return logins.connect(user, password, keyspace, known);
    }

    /** The cluster and its nodes, as the driver sees them now; asks nobody. */
    public CassandraCluster cluster() {
        return CassandraCluster.of(context.session());
    }

    /** What the cluster holds: keyspaces, tables, columns and more, as far as this session may see them. */
    public DictionaryManager dictionary() {
        return DictionaryManager.of(this);
    }

    /** What unqualified names are in, if anything. */
    public Optional<String> keyspace() {
        return context.keyspace().map(CqlIdentifier::asInternal);
    }

    /**
     * A manager of the same session whose unqualified names are in another keyspace. Closing it closes nothing. Needs
     * Cassandra 4.0 or newer; whether the keyspace is there shows when it is used.
     *
     * @param name the keyspace's name as it is, without quotes
     */
    @CheckReturnValue
    public CassandraManager withKeyspace(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("The keyspace is blank");
        }
        return new CassandraManager(context.withKeyspace(CqlIdentifier.fromInternal(name)), false, logins);
    }

    /** Hands this manager's session over to one whose events name an organisation. Closing either ends the session. */
    public CassandraManager workingFor(Organisation organisation) {
        return new CassandraManager(context.withWork(Work.of(organisation)), owned, logins);
    }

    /**
     * One table, to be written in bulk or read as a whole:
     * {@code cassandra.table("actions").write(rows)}. Asks the server nothing.
     *
     * @param name the table's name as it is, or {@code keyspace.table}; quotes around either part are allowed
     * @throws KeywharfException with code {@code cassandra.bad_name} when it is not a name, and
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

    /** Closes the session if this manager opened it. Twice is harmless. */
    @Override
    public void close() {
        if (owned) {
            context.session().close();
        }
    }

    @Override
    public String toString() {
        CqlSession session = context.session();
        return "CassandraManager["
                + session.getMetadata().getClusterName().orElse(session.getName())
                + keyspace().map(name -> ", keyspace " + name).orElse("")
                + (session.isClosed()
                        ? ", closed]"
                        : ", " + session.getMetadata().getNodes().size()
                                + (session.getMetadata().getNodes().size() == 1 ? " node]" : " nodes]"));
    }

    /**
     * Settings of a {@link CassandraManager}.
     *
     * <p>Defaults: port {@link #DEFAULT_PORT}, {@link #DEFAULT_CONSISTENCY}, {@link #DEFAULT_TIMEOUT} for a statement, {@link
     * #DEFAULT_CONNECT_TIMEOUT} for a connection, pages of {@link #DEFAULT_PAGE_SIZE} rows, {@link #DEFAULT_PATIENCE} for
     * nodes to come back, a heartbeat each {@link #DEFAULT_HEARTBEAT}, reconnections after {@link #DEFAULT_RECONNECT_BASE} up
     * to {@link #DEFAULT_RECONNECT_MAX}; no TLS unless something of TLS is said, the local data centre inferred from the
     * contact points, reads repeated when a node fails and writes not, no speculative execution, no compression.
     *
     * <p>What is set here wins over {@link #configuration}, and that over these defaults. Not thread-safe.
     */
    public static final class Builder {
        /** The port of Cassandra's native protocol, 9042. */
        public static final int DEFAULT_PORT = 9042;

        /** The port of Amazon Keyspaces, 9142. */
        public static final int KEYSPACES_PORT = 9142;

        /** How long a statement may take, 10 s: long for a query, short for a person. */
        public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

        /** How long a connection may take to open and to log in, 10 s: a busy server checks passwords slowly. */
        public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);

        /** Rows of one page, 5,000: what the driver reads well, some hundred kilobytes. */
        public static final int DEFAULT_PAGE_SIZE = 5_000;

        /** Local quorum: what was written is read, and a data centre far away does not slow it down. */
        public static final ConsistencyLevel DEFAULT_CONSISTENCY = DefaultConsistencyLevel.LOCAL_QUORUM;

        /** How long an idempotent statement waits for nodes to come back, 10 s: a node that restarts takes about that. */
        public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(10);

        /** The first wait before a lost node is tried again, 200 ms: a restarted server is found immediately. */
        public static final Duration DEFAULT_RECONNECT_BASE = Duration.ofMillis(200);

        /** The longest wait before a lost node is tried again, 2 s: often enough to notice, seldom enough not to hurt. */
        public static final Duration DEFAULT_RECONNECT_MAX = Duration.ofSeconds(2);

        /** How long a connection may be silent before it is asked whether it lives, 15 s: below what firewalls forget. */
        public static final Duration DEFAULT_HEARTBEAT = Duration.ofSeconds(15);

        /** How long further schema changes are awaited before the schema is read again, 20 ms: DDL returns soon. */
        public static final Duration SCHEMA_WINDOW = Duration.ofMillis(20);

        /**
         * How long closing waits for further work of the network threads, 20 ms: the driver's 2 s make each close slow, and
         * none at all makes its network library complain of work that came too late.
         */
        public static final Duration CLOSE_QUIET_PERIOD = Duration.ofMillis(20);

        /** Statements of one manager under way concurrently, 1,000: about what one connection takes; the next ones wait. */
        public static final int MAX_REQUESTS = 1_000;

        /**
         * Statements of one manager that wait, 100,000: more are refused as {@code cassandra.overloaded}. Waiting counts as
         * part of the {@link #timeout}. Large clusters take more; the driver's {@code advanced.throttler} in a {@link
         * #configuration} file sets both.
         */
        public static final int MAX_QUEUED_REQUESTS = 100_000;

        private final List<InetSocketAddress> contactPoints = new ArrayList<>();
        private final Map<String, String> named = new LinkedHashMap<>();
        private final Map<TypedDriverOption<?>, Object> options = new LinkedHashMap<>();
        private @Nullable String localDatacenter;
        private @Nullable String keyspacesRegion;
        private @Nullable Path cloudBundle;
        private @Nullable CassandraCredentials credentials;
        private @Nullable TlsConfig tls;
        private @Nullable String keyspace;
        private @Nullable Path configuration;
        private Duration patience = DEFAULT_PATIENCE;
        private @Nullable Secret pageTokenKey;
        private Work work = Work.NONE;
        private EventListener listener = EventListener.NONE;
        private InstantSource clock = InstantSource.system();

        private Builder() {}

        private <T> Builder with(TypedDriverOption<T> option, T value) {
            options.put(option, value);
            return this;
        }

        /** A node to begin with, at port {@value #DEFAULT_PORT}; several may be given. */
        public Builder contactPoint(String host) {
            return contactPoint(host, DEFAULT_PORT);
        }

        /**
         * A node to begin with; several may be given, and the first that answers reports all others.
         *
         * @param host a name, which is looked up at each connection, or an address, IPv6 with or without brackets
         * @param port 1 to 65535
         */
        public Builder contactPoint(String host, int port) {
            contactPoints.add(ContactPoints.of(host, port));
            return this;
        }

        /** The data centre whose nodes are asked. Without it that of the contact points, which must be in one. */
        public Builder localDatacenter(String name) {
            localDatacenter = CassandraSettings.notBlank("local data centre", name);
            return this;
        }

        /** Logs in with this user. The secret is copied, and may be closed. */
        public Builder credentials(String user, Secret password) {
            credentials = CassandraCredentials.of(CassandraSettings.notBlank("user", user), password.copy());
            return this;
        }

        /** Logs in with a user and a password that are secrets of these names, asked for by {@link #connect()}. */
        public Builder credentials(SecretSource source, String userName, String passwordName) {
            credentials = CassandraCredentials.of(source, userName, passwordName);
            return this;
        }

        /**
         * Logs in with one secret: a JSON object with {@code username} (or {@code user}) and {@code password}, as secrets
         * managers keep it. It is copied, and may be closed; {@link #connect()} reads it.
         */
        public Builder credentials(Secret json) {
            credentials = CassandraCredentials.of(json.copy());
            return this;
        }

        /** Speaks TLS, and trusts the authorities that the JDK trusts unless {@code trust} says otherwise. */
        public Builder tls() {
            return tls(tlsOrNew());
        }

        /** Speaks TLS as this says, in place of what {@code trust} and the other methods about TLS said so far. */
        public Builder tls(TlsConfig config) {
            tls = Objects.requireNonNull(config, "config");
            return this;
        }

        /** Speaks TLS, and trusts the authorities in this PEM file and no others. */
        public Builder trust(Path pem) {
            return tls(tlsOrNew().withTrust(pem));
        }

        /** Speaks TLS, and trusts the authorities in this PEM text and no others. */
        public Builder trust(String pem) {
            if (!pem.contains("-----BEGIN")) {
                throw new IllegalArgumentException("The text has no PEM block; for a file call trust(Path.of(…))");
            }
            return tls(tlsOrNew().withTrust(pem));
        }

        /** Shows a client certificate, in one PEM file with its key. */
        public Builder clientCertificate(Path bundle) {
            return clientCertificate(bundle, bundle, null);
        }

        /** Shows a client certificate, in a PEM file, with its key in another. */
        public Builder clientCertificate(Path certificate, Path key) {
            return clientCertificate(certificate, key, null);
        }

        /**
         * Shows a client certificate, in a PEM file, with its key in another or the same.
         *
         * @param password of an encrypted key, or null; it is copied, and may be closed
         */
        public Builder clientCertificate(Path certificate, Path key, @Nullable Secret password) {
            return tls(tlsOrNew().withClient(certificate, key, password));
        }

        /**
         * Whether a node's certificate must name the host that was connected to; true unless said otherwise. When false, the
         * listener gets a warning: anyone with a certificate of the same authority could pose as a node.
         */
        public Builder hostnameVerification(boolean on) {
            return tls(tlsOrNew().withHostnameVerification(on));
        }

        /**
         * The one name that all nodes' certificates carry. Nodes advertise each other by IP address; where certificates have a
         * name only, this keeps them verified.
         */
        public Builder certificateName(String name) {
            return tls(tlsOrNew().withCertificateName(name));
        }

        private TlsConfig tlsOrNew() {
            return tls == null ? TlsConfig.ofSystem() : tls;
        }

        /** What unqualified names are in, as it is, without quotes. */
        public Builder keyspace(String name) {
            keyspace = CassandraSettings.notBlank("keyspace", name);
            return this;
        }

        /**
         * A configuration file of the driver, in its HOCON form ({@code datastax-java-driver { … }}), for what has no method
         * here. It is read by {@link #connect()}.
         */
        public Builder configuration(Path file) {
            configuration = Objects.requireNonNull(file, "file");
            return this;
        }

        /** Connects to DataStax Astra with its secure connect bundle: nodes, data centre and TLS come from there. */
        public Builder cloudBundle(Path file) {
            cloudBundle = Objects.requireNonNull(file, "file");
            return this;
        }

        /**
         * Connects to Amazon Keyspaces: the region's endpoint at port {@value #KEYSPACES_PORT}, the region as data centre, TLS
         * with the endpoint's name verified on each connection, {@code LOCAL_QUORUM}. What Keyspaces lacks is refused by it.
         */
        public Builder keyspaces(String region) {
            keyspacesRegion = KeyspacesPreset.checked(region);
            return this;
        }

        /**
         * Takes what these variables of the environment say where nothing is set here: {@code CASSANDRA_USERNAME}, {@code CASSANDRA_PWD},
         * {@code CASSANDRA_DC1}, {@code CASSANDRA_NODE1} to {@code CASSANDRA_NODE3} (host, or host:port). A variable that is
         * there and not used, because the setting was given too, is reported to the listener.
         *
         * @param variables such as {@link System#getenv()}; others are passed over
         */
        public Builder fromEnvironment(Map<String, String> variables) {
            named.putAll(NamedSettings.ofEnvironment(variables));
            return this;
        }

        /**
         * Takes what a section of a configuration file says where nothing is set here: {@code aws_usr}, {@code aws_pwd},
         * {@code aws_zone} (a region of Keyspaces, or a host), {@code aws_dc}, {@code port}, {@code default_keyspace}. Read the
         * file with the YAML reader at hand, and choose the section. A member that is not used is reported to the listener.
         */
        public Builder fromSection(Map<String, ?> section) {
            named.putAll(NamedSettings.ofSection(section));
            return this;
        }

        /** How many replicas answer a statement. */
        public Builder consistency(ConsistencyLevel level) {
            return with(TypedDriverOption.REQUEST_CONSISTENCY, level.name());
        }

        /** How many replicas agree on the condition of a lightweight transaction: {@code SERIAL} or {@code LOCAL_SERIAL}. */
        public Builder serialConsistency(ConsistencyLevel level) {
            return with(
                    TypedDriverOption.REQUEST_SERIAL_CONSISTENCY,
                    CassandraSettings.serial(level).name());
        }

        /** How long a statement may take, all attempts of the driver together. */
        public Builder timeout(Duration timeout) {
            return with(TypedDriverOption.REQUEST_TIMEOUT, CassandraSettings.checkedTime("timeout", timeout));
        }

        /** How long a connection may take to open and to log in. */
        public Builder connectTimeout(Duration timeout) {
            return with(
                            TypedDriverOption.CONNECTION_CONNECT_TIMEOUT,
                            CassandraSettings.checkedTime("connectTimeout", timeout))
                    .with(TypedDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, timeout)
                    .with(TypedDriverOption.CONTROL_CONNECTION_TIMEOUT, timeout);
        }

        /** How long a connection may be silent before it is asked whether it lives. */
        public Builder heartbeat(Duration interval) {
            return with(TypedDriverOption.HEARTBEAT_INTERVAL, CassandraSettings.checkedTime("heartbeat", interval));
        }

        /** Rows of one page, 1 to 100,000. */
        public Builder pageSize(int rows) {
            return with(TypedDriverOption.REQUEST_PAGE_SIZE, CassandraSettings.checkedPageSize(rows));
        }

        /**
         * Whether writes may be sent twice, so that they are repeated when a node fails; false unless said otherwise. Reads
         * always are. Counters, appends to lists and conditions ({@code IF}) may not be.
         */
        public Builder idempotent(boolean on) {
            return with(TypedDriverOption.REQUEST_DEFAULT_IDEMPOTENCE, on);
        }

        /**
         * How long a statement is repeated, with growing waits, while no node can be reached, and an idempotent one also when
         * it failed midway or too few replicas are alive; zero to fail immediately.
         */
        public Builder patience(Duration wait) {
            patience = Checks.notNegative("patience", wait);
            return this;
        }

        /**
         * Asks another node too when an idempotent statement has no answer after some time, and takes the first answer.
         *
         * @param attempts in all, from 2 on
         * @param delay before each further one
         */
        public Builder speculativeExecution(int attempts, Duration delay) {
            if (attempts < 2) {
                throw new IllegalArgumentException("Speculative execution needs at least 2 attempts, not " + attempts);
            }
            return with(
                            TypedDriverOption.SPECULATIVE_EXECUTION_DELAY,
                            CassandraSettings.checkedTime("speculativeDelay", delay))
                    .with(TypedDriverOption.SPECULATIVE_EXECUTION_MAX, attempts)
                    .with(TypedDriverOption.SPECULATIVE_EXECUTION_POLICY_CLASS, "ConstantSpeculativeExecutionPolicy");
        }

        /** Whether messages are compressed with LZ4, which needs {@code at.yawk.lz4:lz4-java} on the class path. */
        public Builder compression(boolean on) {
            return with(TypedDriverOption.PROTOCOL_COMPRESSION, on ? "lz4" : "none");
        }

        /**
         * Seals page tokens ({@link CassandraPage#next}) with this key, so that clients can neither read nor make them. All
         * instances that share tokens need the same one. It is copied, and may be closed.
         *
         * @param key at least {@value PageTokens#MIN_KEY_CHARS} characters, random
         */
        public Builder pageTokenKey(Secret key) {
            pageTokenKey = key.copy();
            return this;
        }

        /** Whose data it is, for events; nobody in particular unless given. */
        public Builder organisation(Organisation owner) {
            work = Work.of(owner);
            return this;
        }

        /** Receives the events {@code cassandra.*} and progress. */
        public Builder events(EventListener listener) {
            this.listener = listener.guarded();
            return this;
        }

        /** The time of this machine, for timestamps of loads, keys and notes; the system's clock unless given. */
        public Builder clock(InstantSource source) {
            clock = Objects.requireNonNull(source, "source");
            return this;
        }

        /**
         * Opens the session.
         *
         * @throws IllegalStateException when two options contradict each other, or none says where to connect to
         * @throws KeywharfException when no node can be reached, TLS fails or the login is refused; the codes are in the
         *     reference of errors
         */
        public CassandraManager connect() {
            return Connecting.connect(settings());
        }

        CassandraSettings settings() {
            CassandraSettings.Target given = new CassandraSettings.Target(
                    contactPoints, localDatacenter, keyspacesRegion, cloudBundle, credentials, tls, keyspace);
            return new CassandraSettings(
                    new NamedSettings(named, listener).applied(given),
                    options,
                    configuration,
                    patience,
                    pageTokenKey,
                    work,
                    listener,
                    clock);
        }

        @Override
        public String toString() {
            return "CassandraManager.Builder[" + ContactPoints.text(contactPoints)
                    + (keyspace == null ? "" : ", keyspace " + keyspace)
                    + (credentials == null ? "" : ", " + credentials)
                    + (tls == null ? "]" : ", " + tls + "]");
        }
    }
}
