package io.github.keywharf.cassandra.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.Actor;
import io.github.keywharf.key.Grant;
import io.github.keywharf.key.KeyDescription;
import io.github.keywharf.key.KeyRecord;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.key.KeyRing;
import io.github.keywharf.table.Rows;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that Cassandra itself enforces: each is a role of the server's, a member of its organisation's role, which may read
 * and write that organisation's keyspaces and nothing else. The tables keep what verifies a key, never the key.
 *
 * <pre>{@code
 * CassandraKeyRing keys = CassandraKeyRing.of(cassandra);
 * keys.onboard(Onboarding.of(acme, "acme_actions"), by);
 * try (AccessKey key = keys.issue(KeyRequest.of(acme).withLabel("nightly load"), by)) {
 *     show(key.reveal());                                     // once
 * }
 * try (CassandraManager theirs = keys.open(text, "10.1.2.3")) {
 *     theirs.execute("SELECT * FROM acme_actions.todo");      // another organisation's: cassandra.denied, by the server
 * }
 * }</pre>
 *
 * <p>Its manager is logged in as the role that {@link #setup()} makes. A key that is revoked, or whose time is over and
 * that was swept, loses its open sessions within the validity of the server's caches of roles and permissions together:
 * 4 s with the server's defaults. A session that was opened here also closes when its key ends, and {@link
 * Builder#recheck} after its key's end was brought forward, by whichever host. From the first key on that it issues,
 * rotates or opens, a ring sweeps by itself, in turns with the ring's other hosts ({@link Builder#sweep}), on threads
 * that do not keep the process alive. Thread-safe; make one and keep it. It ends with its manager's session.
 */
public final class CassandraKeyRing implements KeyRing, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CassandraKeyRing.class);

    /** Not while the host is still starting, and yet when it runs for minutes only. */
    private static final Duration FIRST_SWEEP = Duration.ofMinutes(1);

    private final KeyStatements statements;
    private final KeyNames names;
    private final SecureRandom random;
    private final InstantSource clock;
    private final KeyTables tables;
    private final KeyOrganisations organisations;
    private final KeyAudit audit;
    private final KeyLifecycle lifecycle;
    private final KeyAdmin admin;
    private final KeyOffboarding offboarding;
    private final KeyEntry entry;
    private final KeySweeper sweeper;
    private final SweepTurns turns;
    private final KeyDuties duties;
    private final Duration sweepInterval;

    private CassandraKeyRing(Builder settings) {
        this.names = settings.names;
        this.random = settings.random;
        this.clock = settings.clock;
        this.statements = new KeyStatements(settings.manager);
        this.tables = new KeyTables(statements, names);
        this.audit = new KeyAudit(statements, names, clock);
        this.duties = new KeyDuties(settings.manager.unwrap());
        this.sweepInterval = settings.sweep;
        KeyRoles roles = new KeyRoles(statements, random);
        this.organisations = new KeyOrganisations(statements, names, roles, audit, clock);
        KeyIssuing issuing = new KeyIssuing(names, tables, roles, audit, organisations, clock, random);
        KeyRotation rotation = new KeyRotation(tables, issuing, audit, clock);
        this.lifecycle = new KeyLifecycle(tables, issuing, audit, rotation, clock);
        this.admin = new KeyAdmin(tables, issuing, clock);
        this.offboarding = new KeyOffboarding(tables, issuing, organisations, audit, clock);
        this.sweeper = new KeySweeper(tables, issuing, admin, rotation, new KeyReach(names, roles, audit), clock);
        this.turns = new SweepTurns(statements, names, clock);
        this.entry = new KeyEntry(
                tables,
                admin,
                organisations,
                new KeyFailures(
                        statements, names, settings.failuresPerKey, settings.failuresPerOrigin, settings.window),
                audit,
                clock,
                duties,
                settings.recheck,
                settings.logins());
    }

    /** The ring in the keyspace {@value Builder#DEFAULT_KEYSPACE}, with the defaults that {@link Builder} lists. */
    public static CassandraKeyRing of(CassandraManager manager) {
        return builder(manager).build();
    }

    /** A builder of a ring over a manager, which stays the caller's to close. */
    public static Builder builder(CassandraManager manager) {
        return new Builder(manager);
    }

    /** What makes this ring's tables and roles; its manager is a superuser's then, and only then. */
    public KeyRingSetup setup() {
        return new KeyRingSetup(statements, names, random);
    }

    /**
     * Gives an organisation its keyspaces, and its role the right to use them. May be repeated, with further keyspaces too;
     * what it was given stays. What the library's role could do there it gives up.
     *
     * @throws KeywharfException with code {@code key.keyspace_taken} when one is another organisation's, {@code
     *     key.no_keyspace} when one is missing and none are to be made, {@code key.cannot_grant} when the library's role
     *     may not hand on what is needed
     */
    public void onboard(Onboarding onboarding, Actor by) {
        organisations.onboard(onboarding, by);
    }

    /** The organisations that were onboarded, each with its keyspaces. */
    public Map<Organisation, Set<String>> organisations() {
        return organisations.all();
    }

    /**
     * {@inheritDoc}
     *
     * <p>The Admin's opens the keyspaces of all organisations. One whose issue crashed is cleared by a sweep ten minutes
     * later, and then can be issued again.
     */
    @Override
    public AccessKey issue(KeyRequest request, Actor by) {
        sweepByItself();
        return request.organisation().isPresent() ? lifecycle.issue(request, by) : admin.issue(request, by);
    }

    @Override
    public AccessKey rotateAdmin(KeyRequest request, Actor by) {
        sweepByItself();
        return admin.rotate(request.checkAdmin(), by);
    }

    /**
     * {@inheritDoc}
     *
     * <p>If this fails, the old key is as it was, and may be rotated again. Only where the server could not be reached to
     * find out does {@link #describe} say later whether the old key was replaced; then rotate the one that replaced it.
     * Without grace the old key opens nothing from here on; where its role cannot be dropped, a warning is logged and
     * {@link #sweep()} drops it, for the new key is shown only once.
     */
    @Override
    public AccessKey rotate(String keyId, Duration grace, Actor by) {
        sweepByItself();
        return lifecycle.rotate(keyId, grace, by);
    }

    @Override
    public KeyDescription expire(String keyId, Instant when, Actor by) {
        return described(lifecycle.expire(keyId, when, by));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Open sessions of the key are refused by the server as soon as its caches are past their time, see above. If this
     * fails half way the key is ended already; call it again, or {@link #sweep()}.
     */
    @Override
    public KeyDescription revoke(String keyId, Actor by) {
        return described(lifecycle.revoke(keyId, by));
    }

    /**
     * {@inheritDoc}
     *
     * <p>The organisation gets no new keys until it is onboarded again, and its role is dropped. Its keyspaces and what is
     * in them are not touched: they stay its own, so that no other organisation can be onboarded to them, and the Admin's
     * key still opens them. Open sessions end as with {@link #revoke}. Not to be called while it is being onboarded.
     *
     * @throws KeywharfException with code {@code key.offboarding_incomplete} when some keys could not be ended; all others
     *     were, and the role is gone
     */
    @Override
    public List<KeyDescription> offboard(Organisation organisation, Actor by) {
        return offboarding.offboard(organisation, by).stream()
                .map(record -> record.describe(clock.instant(), null))
                .toList();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Asks the tables, not the server's roles; refusals are in the audit log, and what is granted is not, for a server
     * asks this for each request.
     */
    @Override
    public Grant check(AccessKey key, String from) {
        return entry.check(key, from);
    }

    /**
     * Opens a session as the key's role. It is the caller's to close, and closes by itself when the key ends. Unqualified
     * names are in the organisation's keyspace if it has one only. Opening takes a few dozen statements: open once
     * and keep it. All sessions that a manager opens for keys use its network threads, so a stage that blocks such a thread
     * hinders all of them. {@link CassandraManager#table} of this session knows the keyspaces that the organisation has now;
     * one that it is given later takes a new session.
     *
     * @param from where the request came from, as {@link Actor#origin} takes it
     * @throws KeywharfException as {@link #check}; with code {@code key.refused_by_server} when the server does not let the
     *     role in, {@code key.rebound} when the role reaches beyond what its record says
     */
    public CassandraManager open(AccessKey key, String from) {
        sweepByItself();
        return entry.open(key, from);
    }

    /**
     * {@link #open(AccessKey, String)} for a key's text.
     *
     * @throws KeywharfException with code {@code key.malformed} or {@code key.mistyped} when it is none, which is neither
     *     counted nor in the audit log, for it asks the server nothing
     */
    public CassandraManager open(CharSequence text, String from) {
        try (AccessKey key = AccessKey.parse(text)) {
            return open(key, from);
        }
    }

    @Override
    public List<KeyDescription> list() {
        Instant now = clock.instant();
        Map<String, Instant> uses = tables.lastUses();
        return tables.all().stream()
                .map(entry ->
                        entry.record().describe(now, uses.get(entry.record().id())))
                .sorted(Comparator.comparing(KeyDescription::created).thenComparing(KeyDescription::id))
                .toList();
    }

    /** {@link #list()} for one organisation. */
    public List<KeyDescription> list(Organisation organisation) {
        return list().stream()
                .filter(key -> key.organisation().equals(Optional.of(organisation)))
                .toList();
    }

    @Override
    public KeyDescription describe(String keyId) {
        return described(lifecycle.record(keyId));
    }

    private KeyDescription described(KeyRecord record) {
        return record.describe(clock.instant(), tables.lastUsed(record.id()).orElse(null));
    }

    /**
     * Ends keys whose time is over and removes their roles, and completes or undoes what a crash left half done. Any number
     * of hosts may do this concurrently. Reads all keys there ever were.
     *
     * @throws KeywharfException with code {@code key.sweep_incomplete} when some keys could not be ended or something not be put
     *     right; all else was done
     */
    public KeySweep sweep() {
        return sweeper.sweep();
    }

    /**
     * Sweeps immediately and then in intervals, until it, this ring or its manager is closed. A sweep that fails is logged, and the
     * next one tries again. A ring sweeps by itself too ({@link Builder#sweep}); this is for hosts that want it more
     * often, and takes no turns with others.
     *
     * @param interval from one second on; between the end of a sweep and the next
     */
    public SweepSchedule sweepEvery(Duration interval) {
        Checks.between("interval", interval, Duration.ofSeconds(1), Duration.ofDays(366));
        return new SweepSchedule(duties.sweep(Duration.ZERO, interval, () -> sweepQuietly(sweeper::sweep)));
    }

    /** A ring whose keys will end needs sweeps; one that only checks keys leaves them to those that issue or open some. */
    private void sweepByItself() {
        if (!sweepInterval.isZero()) {
            Duration first = sweepInterval.compareTo(FIRST_SWEEP) < 0 ? sweepInterval : FIRST_SWEEP;
            duties.sweepOnce(
                    first, sweepInterval, () -> sweepQuietly(() -> turns.inTurn(sweepInterval, sweeper::sweep)));
        }
    }

    private void sweepQuietly(Runnable sweep) {
        try {
            sweep.run();
        } catch (Throwable e) { // an error too must not end the schedule
            if (duties.isClosed()) {
                return;
            }
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("ring", names.keyspace())
                    .log("A sweep of keys failed; the next one tries again");
        }
    }

    /**
     * The audit log of some days in UTC, both included, oldest first: {@code day} (DATE), {@code time} (TIMESTAMP_UTC),
     * {@code action}, {@code outcome} ({@code ok} or {@code refused}), {@code key_id}, {@code organisation}, {@code who},
     * {@code origin} and {@code detail} (STRING). One day after the other is asked for as the rows are read.
     *
     * @param from the first day
     * @param to the last day, at most 732 days in all
     */
    public Rows audit(LocalDate from, LocalDate to) {
        return audit.read(Objects.requireNonNull(from, "from"), Objects.requireNonNull(to, "to"));
    }

    /**
     * Ends the ring's own sweeps and rechecks, as the end of its manager's session does. Sessions that were opened for keys
     * stay open until the ends that were known then; that an end is brought forward is no longer noticed, so close them
     * first. Twice is harmless.
     */
    @Override
    public void close() {
        duties.close();
    }

    @Override
    public String toString() {
        return "CassandraKeyRing[" + names.keyspace() + "]";
    }

    /**
     * Settings of a {@link CassandraKeyRing}, which is over that manager.
     *
     * <p>Defaults: the keyspace {@value #DEFAULT_KEYSPACE}; after {@value #DEFAULT_FAILURES_PER_KEY} failures with a key from
     * one origin, or {@value #DEFAULT_FAILURES_PER_ORIGIN} from an origin with any keys, within {@link #DEFAULT_WINDOW},
     * attempts from there are refused; the records of keys with open sessions are read again each {@link #DEFAULT_RECHECK};
     * a sweep each {@link #DEFAULT_SWEEP} by one of the hosts; sessions are opened as the ring's own manager was. Not
     * thread-safe.
     */
    public static final class Builder {
        /** Where the ring keeps its tables. Its roles are called after it, so that two rings can share a cluster. */
        public static final String DEFAULT_KEYSPACE = "keywharf_keys";

        /** 10: more than a person's mistakes, and nothing to somebody who guesses. */
        public static final int DEFAULT_FAILURES_PER_KEY = 10;

        /** 100: an office behind one address may have some who err; a scan of ids makes more. */
        public static final int DEFAULT_FAILURES_PER_ORIGIN = 100;

        /** 15 minutes: long enough to make trying slow, short enough to wait for. */
        public static final Duration DEFAULT_WINDOW = Duration.ofMinutes(15);

        /** 1,000: each attempt reads as many rows as the limit. */
        public static final int MAX_FAILURES = 1_000;

        /** 30 seconds: how long a session may go on after its key's end was brought forward; one read for each open key. */
        public static final Duration DEFAULT_RECHECK = Duration.ofSeconds(30);

        /** 10 minutes: how long the role of an expired key may stay on the server; a sweep reads all keys there ever were. */
        public static final Duration DEFAULT_SWEEP = Duration.ofMinutes(10);

        private final CassandraManager manager;
        private KeyNames names = new KeyNames(DEFAULT_KEYSPACE);
        private int failuresPerKey = DEFAULT_FAILURES_PER_KEY;
        private int failuresPerOrigin = DEFAULT_FAILURES_PER_ORIGIN;
        private Duration window = DEFAULT_WINDOW;
        private Duration recheck = DEFAULT_RECHECK;
        private Duration sweep = DEFAULT_SWEEP;
        private SecureRandom random = new SecureRandom();
        private InstantSource clock = InstantSource.system();
        private @Nullable KeyConnector connector;

        private Builder(CassandraManager manager) {
            this.manager = Objects.requireNonNull(manager, "manager");
        }

        /** Where the ring keeps its tables: 1 to 41 lower-case letters, digits and underscores. */
        public Builder keyspace(String name) {
            names = new KeyNames(name);
            return this;
        }

        /**
         * How many failures within a time are let pass.
         *
         * @param perKey with one key from one origin, 1 to {@value #MAX_FAILURES}
         * @param perOrigin from one origin, 1 to {@value #MAX_FAILURES}
         * @param window one second to a day
         */
        public Builder failures(int perKey, int perOrigin, Duration window) {
            this.failuresPerKey = Checks.between("perKey", perKey, 1, MAX_FAILURES);
            this.failuresPerOrigin = Checks.between("perOrigin", perOrigin, 1, MAX_FAILURES);
            this.window = Checks.between("window", window, Duration.ofSeconds(1), Duration.ofDays(1));
            return this;
        }

        /**
         * How often the records of keys with open sessions are read again, so that sessions end with keys whose end was brought
         * forward: one second to a day.
         */
        public Builder recheck(Duration interval) {
            this.recheck = Checks.between("recheck", interval, Duration.ofSeconds(1), Duration.ofDays(1));
            return this;
        }

        /**
         * How often the ring sweeps by itself: one second to a day, or zero for never. It begins with the first key that the ring
         * issues, rotates or opens, and ends when the ring or its manager is closed. The hosts of a ring take turns: after one of them
         * has swept, the others leave theirs out for the interval, but for ten minutes at most. With zero, or where no host runs for minutes, call {@link CassandraKeyRing#sweep()} from a job of your own.
         */
        public Builder sweep(Duration interval) {
            boolean never = interval.isZero();
            if (!never
                    && (interval.compareTo(Duration.ofSeconds(1)) < 0 || interval.compareTo(Duration.ofDays(1)) > 0)) {
                throw new IllegalArgumentException("The sweep interval " + interval + " is not zero, or PT1S to PT24H");
            }
            this.sweep = interval;
            return this;
        }

        /** Where keys come from; the platform's own by default. */
        public Builder random(SecureRandom random) {
            this.random = Objects.requireNonNull(random, "random");
            return this;
        }

        /** What time it is; the system's clock by default. */
        public Builder clock(InstantSource clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /** How to log in as a key's role; needed when the ring's manager is over a session of the host's. */
        public Builder connector(KeyConnector connector) {
            this.connector = Objects.requireNonNull(connector, "connector");
            return this;
        }

        /** The ring. Does no I/O. */
        public CassandraKeyRing build() {
            return new CassandraKeyRing(this);
        }

        private KeyLogin logins() {
            KeyConnector own = connector;
            return own == null
                    ? manager::loginAs
                    : (role, password, keyspace, known) -> own.connect(role, password, keyspace);
        }

        @Override
        public String toString() {
            return "CassandraKeyRing.Builder[" + names.keyspace() + "]";
        }
    }
}
