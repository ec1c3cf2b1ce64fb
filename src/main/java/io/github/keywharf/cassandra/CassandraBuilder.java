package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
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
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link CassandraManager}.
 *
 * <p>Defaults: port {@link #DEFAULT_PORT}, {@link #DEFAULT_CONSISTENCY}, {@link #DEFAULT_TIMEOUT} for a statement, {@link
 * #DEFAULT_CONNECT_TIMEOUT} for a connection, pages of {@link #DEFAULT_PAGE_SIZE} rows, {@link #DEFAULT_OUTAGE_WAIT} for
 * nodes to come back, a heartbeat each {@link #DEFAULT_HEARTBEAT}, reconnections after {@link #DEFAULT_RECONNECT_BASE} up
 * to {@link #DEFAULT_RECONNECT_MAX}; no TLS unless something of TLS is said, the local data centre inferred from the
 * contact points, reads repeated when a node fails and writes not, no speculative execution, no compression.
 *
 * <p>What is set here wins over {@link #configuration}, and that over these defaults. Not thread-safe.
 */
public final class CassandraBuilder {
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
    public static final Duration DEFAULT_OUTAGE_WAIT = Duration.ofSeconds(10);

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

    final List<InetSocketAddress> contactPoints = new ArrayList<>();
    final Map<String, String> environment = new LinkedHashMap<>();

    @Nullable
    String localDatacenter;

    @Nullable
    CassandraCredentials credentials;

    @Nullable
    TlsConfig tls;

    @Nullable
    String trustSource;

    boolean clientCertificate;

    @Nullable
    String keyspace;

    @Nullable
    Path configuration;

    @Nullable
    Path cloudBundle;

    @Nullable
    String keyspacesRegion;

    @Nullable
    ConsistencyLevel consistency;

    @Nullable
    ConsistencyLevel serialConsistency;

    @Nullable
    Duration timeout;

    @Nullable
    Duration connectTimeout;

    @Nullable
    Duration heartbeat;

    @Nullable
    Integer pageSize;

    @Nullable
    Boolean idempotent;

    int speculativeAttempts;

    @Nullable
    Duration speculativeDelay;

    boolean compression;
    Duration outageWait = DEFAULT_OUTAGE_WAIT;

    @Nullable
    Secret pageTokenKey;

    Work work = Work.NONE;
    EventListener listener = EventListener.NONE;
    InstantSource clock = InstantSource.system();

    CassandraBuilder() {}

    /** A node to begin with, at port {@value #DEFAULT_PORT}; several may be given. */
    public CassandraBuilder contactPoint(String host) {
        return contactPoint(host, DEFAULT_PORT);
    }

    /**
     * A node to begin with; several may be given, and the first that answers reports all others.
     *
     * @param host a name, which is looked up at each connection, or an address, IPv6 with or without brackets
     * @param port 1 to 65535
     */
    public CassandraBuilder contactPoint(String host, int port) {
        contactPoints.add(ContactPoints.of(host, port));
        return this;
    }

    /** The data centre whose nodes are asked. Without it that of the contact points, which must be in one. */
    public CassandraBuilder localDatacenter(String name) {
        localDatacenter = notBlank("local data centre", name);
        return this;
    }

    /** Logs in with this user. The secret is copied, and may be closed. */
    public CassandraBuilder credentials(String user, Secret password) {
        credentials = CassandraCredentials.of(notBlank("user", user), password.copy());
        return this;
    }

    /** Logs in with a user and a password that are secrets of these names, asked for by {@link #connect()}. */
    public CassandraBuilder credentials(SecretSource source, String userName, String passwordName) {
        credentials = CassandraCredentials.of(source, userName, passwordName);
        return this;
    }

    /**
     * Logs in with one secret: a JSON object with {@code username} (or {@code user}) and {@code password}, as secrets
     * managers keep it. It is copied, and may be closed; {@link #connect()} reads it.
     */
    public CassandraBuilder credentials(Secret json) {
        credentials = CassandraCredentials.of(json.copy());
        return this;
    }

    /** Speaks TLS, and trusts the authorities that the JDK trusts unless {@code trust} says otherwise. */
    public CassandraBuilder tls() {
        return tls(tlsOrNew());
    }

    /** Speaks TLS as this says, in place of what {@code trust} and the other methods about TLS said so far. */
    public CassandraBuilder tls(TlsConfig config) {
        tls = Objects.requireNonNull(config, "config");
        return this;
    }

    /** Speaks TLS, and trusts the authorities in this PEM file and no others. */
    public CassandraBuilder trust(Path pem) {
        trustSource = "trust(" + pem + ")";
        return tls(tlsOrNew().withTrust(pem));
    }

    /** Speaks TLS, and trusts the authorities in this PEM text and no others. */
    public CassandraBuilder trust(String pem) {
        if (!pem.contains("-----BEGIN")) {
            throw new IllegalArgumentException("The text has no PEM block; for a file call trust(Path.of(…))");
        }
        trustSource = "trust(…)";
        return tls(tlsOrNew().withTrust(pem));
    }

    /** Shows a client certificate, in one PEM file with its key. */
    public CassandraBuilder clientCertificate(Path bundle) {
        return clientCertificate(bundle, bundle, null);
    }

    /** Shows a client certificate, in a PEM file, with its key in another. */
    public CassandraBuilder clientCertificate(Path certificate, Path key) {
        return clientCertificate(certificate, key, null);
    }

    /**
     * Shows a client certificate, in a PEM file, with its key in another or the same.
     *
     * @param password of an encrypted key, or null; it is copied, and may be closed
     */
    public CassandraBuilder clientCertificate(Path certificate, Path key, @Nullable Secret password) {
        clientCertificate = true;
        return tls(tlsOrNew().withClient(certificate, key, password));
    }

    /**
     * Whether a node's certificate must name the host that was connected to; true unless said otherwise. When false, the
     * listener gets a warning: anyone with a certificate of the same authority could pose as a node.
     */
    public CassandraBuilder hostnameVerification(boolean on) {
        return tls(tlsOrNew().withHostnameVerification(on));
    }

    /**
     * The one name that all nodes' certificates carry. Nodes advertise each other by IP address; where certificates have a
     * name only, this keeps them verified.
     */
    public CassandraBuilder certificateName(String name) {
        return tls(tlsOrNew().withCertificateName(name));
    }

    private TlsConfig tlsOrNew() {
        return tls == null ? TlsConfig.ofSystem() : tls;
    }

    /** What unqualified names are in, as it is, without quotes. */
    public CassandraBuilder keyspace(String name) {
        keyspace = notBlank("keyspace", name);
        return this;
    }

    /**
     * A configuration file of the driver, in its HOCON form ({@code datastax-java-driver { … }}), for what has no method
     * here. It is read by {@link #connect()}.
     */
    public CassandraBuilder configuration(Path file) {
        configuration = Objects.requireNonNull(file, "file");
        return this;
    }

    /** Connects to DataStax Astra with its secure connect bundle: nodes, data centre and TLS come from there. */
    public CassandraBuilder cloudBundle(Path file) {
        cloudBundle = Objects.requireNonNull(file, "file");
        return this;
    }

    /**
     * Connects to Amazon Keyspaces: the region's endpoint at port {@value #KEYSPACES_PORT}, the region as data centre, TLS
     * with the endpoint's name verified on each connection, {@code LOCAL_QUORUM}. What Keyspaces lacks is refused by it.
     */
    public CassandraBuilder keyspaces(String region) {
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
    public CassandraBuilder fromEnvironment(Map<String, String> variables) {
        environment.putAll(NamedSettings.ofEnvironment(variables));
        return this;
    }

    /**
     * Takes what a section of a configuration file says where nothing is set here: {@code aws_usr}, {@code aws_pwd},
     * {@code aws_zone} (a region of Keyspaces, or a host), {@code aws_dc}, {@code port}, {@code default_keyspace}. Read the
     * file with the YAML reader at hand, and choose the section. A member that is not used is reported to the listener.
     */
    public CassandraBuilder fromSection(Map<String, ?> section) {
        environment.putAll(NamedSettings.ofSection(section));
        return this;
    }

    /** How many replicas answer a statement. */
    public CassandraBuilder consistency(ConsistencyLevel level) {
        consistency = Objects.requireNonNull(level, "level");
        return this;
    }

    /** How many replicas agree on the condition of a lightweight transaction: {@code SERIAL} or {@code LOCAL_SERIAL}. */
    public CassandraBuilder serialConsistency(ConsistencyLevel level) {
        serialConsistency = serial(level);
        return this;
    }

    /** How long a statement may take, all attempts of the driver together. */
    public CassandraBuilder timeout(Duration timeout) {
        this.timeout = positive("timeout", timeout);
        return this;
    }

    /** How long a connection may take to open and to log in. */
    public CassandraBuilder connectTimeout(Duration timeout) {
        connectTimeout = positive("connect timeout", timeout);
        return this;
    }

    /** How long a connection may be silent before it is asked whether it lives. */
    public CassandraBuilder heartbeat(Duration interval) {
        heartbeat = positive("heartbeat", interval);
        return this;
    }

    /** Rows of one page, 1 to 100,000. */
    public CassandraBuilder pageSize(int rows) {
        pageSize = checkedPageSize(rows);
        return this;
    }

    /**
     * Whether writes may be sent twice, so that they are repeated when a node fails; false unless said otherwise. Reads
     * always are. Counters, appends to lists and conditions ({@code IF}) may not be.
     */
    public CassandraBuilder idempotent(boolean on) {
        idempotent = on;
        return this;
    }

    /**
     * How long a statement is repeated, with growing waits, while no node can be reached, and an idempotent one also when
     * it failed midway or too few replicas are alive; zero to fail immediately.
     */
    public CassandraBuilder outageWait(Duration wait) {
        if (wait.isNegative()) {
            throw new IllegalArgumentException("The outage wait " + wait + " is negative");
        }
        outageWait = wait;
        return this;
    }

    /**
     * Asks another node too when an idempotent statement has no answer after some time, and takes the first answer.
     *
     * @param attempts in all, from 2 on
     * @param delay before each further one
     */
    public CassandraBuilder speculativeExecution(int attempts, Duration delay) {
        if (attempts < 2) {
            throw new IllegalArgumentException("Speculative execution needs at least 2 attempts, not " + attempts);
        }
        speculativeAttempts = attempts;
        speculativeDelay = positive("speculative delay", delay);
        return this;
    }

    /** Whether messages are compressed with LZ4, which needs {@code at.yawk.lz4:lz4-java} on the class path. */
    public CassandraBuilder compression(boolean on) {
        compression = on;
        return this;
    }

    /**
     * Seals page tokens ({@link CassandraPage#next}) with this key, so that clients can neither read nor make them. All
     * instances that share tokens need the same one. It is copied, and may be closed.
     *
     * @param key at least {@value PageTokens#MIN_KEY_CHARS} characters, random
     */
    public CassandraBuilder pageTokenKey(Secret key) {
        pageTokenKey = key.copy();
        return this;
    }

    /** Whose data it is, for events; nobody in particular unless given. */
    public CassandraBuilder organisation(Organisation owner) {
        work = Work.of(owner);
        return this;
    }

    /** Receives {@link CassandraEvent}s, progress, retries and outages. */
    public CassandraBuilder events(EventListener listener) {
        this.listener = listener.guarded();
        return this;
    }

    /** The time of this machine, for timestamps of loads, keys and notes; the system's clock unless given. */
    public CassandraBuilder clock(InstantSource source) {
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
        return Connecting.connect(NamedSettings.applied(this));
    }

    /** The whole configuration of this builder, to be changed without touching it. */
    CassandraBuilder copy() {
        CassandraBuilder copy = new CassandraBuilder();
        copy.contactPoints.addAll(contactPoints);
        copy.environment.putAll(environment);
        copy.localDatacenter = localDatacenter;
        copy.credentials = credentials;
        copy.tls = tls;
        copy.trustSource = trustSource;
        copy.clientCertificate = clientCertificate;
        copy.keyspace = keyspace;
        copy.configuration = configuration;
        copy.cloudBundle = cloudBundle;
        copy.keyspacesRegion = keyspacesRegion;
        copy.consistency = consistency;
        copy.serialConsistency = serialConsistency;
        copy.timeout = timeout;
        copy.connectTimeout = connectTimeout;
        copy.heartbeat = heartbeat;
        copy.pageSize = pageSize;
        copy.idempotent = idempotent;
        copy.speculativeAttempts = speculativeAttempts;
        copy.speculativeDelay = speculativeDelay;
        copy.compression = compression;
        copy.outageWait = outageWait;
        copy.pageTokenKey = pageTokenKey;
        copy.work = work;
        copy.listener = listener;
        copy.clock = clock;
        return copy;
    }

    static Duration positive(String what, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("The " + what + " " + value + " is not between 1 ns and a day");
        }
        return value;
    }

    static int checkedPageSize(int rows) {
        if (rows < 1 || rows > 100_000) {
            throw new IllegalArgumentException("A page has 1 to 100,000 rows, not " + rows);
        }
        return rows;
    }

    static ConsistencyLevel serial(ConsistencyLevel level) {
        if (!level.isSerial()) {
            throw new IllegalArgumentException("The serial consistency is SERIAL or LOCAL_SERIAL, not " + level);
        }
        return level;
    }

    private static String notBlank(String what, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException("The " + what + " is blank");
        }
        return value;
    }

    @Override
    public String toString() {
        return "CassandraBuilder[" + ContactPoints.text(contactPoints)
                + (keyspace == null ? "" : ", keyspace " + keyspace)
                + (credentials == null ? "" : ", " + credentials)
                + (tls == null ? "]" : ", " + tls + "]");
    }
}
