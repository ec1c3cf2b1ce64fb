package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.Organisation;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.secret.Secret;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
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
 *     System.out.println(cassandra.execute("SELECT * FROM actions_conv_by_user WHERE user_id = :id", Map.of("id", id)).all());
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
    private final CassandraContext context;
    private final boolean owned;
    private final @Nullable Logins logins;

    private CassandraManager(CassandraContext context, boolean owned, @Nullable Logins logins) {
        this.context = context;
        this.owned = owned;
        this.logins = logins;
    }

    /** A builder with the defaults that {@link CassandraBuilder} lists. */
    public static CassandraBuilder builder() {
        return new CassandraBuilder();
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

    static CassandraManager opened(CqlSession session, CassandraBuilder settings, SharedNetwork network) {
        return new CassandraManager(
                new CassandraContext(
                        session,
                        session.getKeyspace(),
                        StatementDefaults.of(session, settings.outageWait),
                        new PreparedStatements(session),
                        PageTokens.of(settings.pageTokenKey),
                        settings.work,
                        settings.listener,
                        settings.clock,
                        LoadDefaults.of(settings)),
                true,
                new Logins(settings, network));
    }

    /**
     * Runs a statement with values for its question marks, in their order.
     *
     * @throws io.github.keywharf.KeywharfException when values do not fit, the server refuses it or cannot be reached
     */
    public CassandraResult execute(String cql, @Nullable Object... values) {
        return query(cql).values(values).execute();
    }

    /**
     * Runs a statement with values for its {@code :names}.
     *
     * @throws io.github.keywharf.KeywharfException when values do not fit, the server refuses it or cannot be reached
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
     * @param keyspace what unqualified names are to be in, if anything
     * @param known the keyspaces whose tables the session is to know, for {@link #table}; none for all. What it knows of
     *     others takes memory, and time when it opens
     * @throws io.github.keywharf.KeywharfException as {@link CassandraBuilder#connect} does
     * @throws IllegalStateException when this manager's session was opened by the host, which does not show how
     */
    public CassandraManager loginAs(String user, Secret password, Optional<String> keyspace, Set<String> known) {
        if (logins == null) {
            throw new IllegalStateException(
                    "The manager is over a session of the host's, which does not show how to log in as another user;"
                            + " connect with CassandraManager.builder(), or for keys say how by"
                            + " KeyRingOptions.connector(…)");
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

    /** The same over the same connections, with events that name an organisation. To close one closes the other. */
    public CassandraManager workingFor(Organisation organisation) {
        return new CassandraManager(context.withWork(Work.of(organisation)), owned, logins);
    }

    /**
     * One table, to be written in bulk or read as a whole:
     * {@code cassandra.table("actions").write(rows)}. Asks the server nothing.
     *
     * @param name the table's name as it is, or {@code keyspace.table}; quotes around either part are allowed
     * @throws io.github.keywharf.KeywharfException with code {@code cassandra.bad_name} when it is not a name, and
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
}
