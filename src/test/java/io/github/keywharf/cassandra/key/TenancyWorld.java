package io.github.keywharf.cassandra.key;

import static io.github.keywharf.cassandra.key.KeyServer.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.servererrors.QueryExecutionException;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.testing.CassandraServer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Two rings on one server with their organisations, and a model of what each key must and must not do. */
final class TenancyWorld implements AutoCloseable {
    /** Far longer than is stated, for machines that are busy; how long it takes is another test's. */
    private static final Duration AT_LAST = Duration.ofSeconds(60);

    /** What the server says when it could not look up what a role may do. */
    private static final String ROLES_UNREAD = "(?is)unable to perform auth.*(consistency|timed out|failed).*";

    /** What says nothing of a key but that the server or this machine was too slow, or what was done in between. */
    private static final Set<String> SLOW = Set.of(
            "cassandra.timeout",
            "cassandra.overloaded",
            "cassandra.unavailable",
            "cassandra.unreachable",
            "cassandra.connection_lost",
            "cassandra.outcome_unknown",
            "key.audit_failed");

    private static final int MOST_SESSIONS = 8;

    /** A ring, which is used through one or more managers. */
    private static final class Side {
        final KeyServer server;
        final List<CassandraKeyRing> rings;
        final List<Tenant> tenants = new ArrayList<>();

        Side(KeyServer server, List<CassandraKeyRing> rings) {
            this.server = server;
            this.rings = rings;
        }

        CassandraKeyRing ring(int how) {
            return rings.get(how % rings.size());
        }
    }

    /** An organisation of a ring; its keyspace's table {@code note} has nothing but the keyspace's name in it. */
    private static final class Tenant {
        final Side side;
        final Organisation organisation;
        final String keyspace;
        final boolean schemaChanges;
        private int offboardings;
        private int offboarding;

        volatile boolean onboarded = true;

        Tenant(Side side, Organisation organisation, String keyspace, boolean schemaChanges) {
            this.side = side;
            this.organisation = organisation;
            this.keyspace = keyspace;
            this.schemaChanges = schemaChanges;
        }

        synchronized void beginOffboarding() {
            offboardings++;
            offboarding++;
            onboarded = false;
        }

        synchronized void endOffboarding() {
            offboarding--;
        }

        /** Whether no other offboarding is under way than the caller's. */
        synchronized boolean isOnlyOffboarding() {
            return offboarding == 1;
        }

        /** How many offboardings there were, if none is under way. */
        synchronized OptionalInt offboardingsBefore() {
            return offboarding == 0 ? OptionalInt.of(offboardings) : OptionalInt.empty();
        }

        Onboarding onboarding() {
            Onboarding plain = Onboarding.of(organisation, keyspace).creating("datacenter1", 1);
            return schemaChanges ? plain.withSchemaChanges() : plain;
        }
    }

    /** A key that was handed out. */
    private static final class Held {
        final AccessKey key;
        final Side side;
        final Optional<Tenant> tenant;
        final Instant until;
        final List<CassandraManager> sessions = new CopyOnWriteArrayList<>();
        /** How many tried to end it, without its being certain that they did not. */
        final AtomicInteger endings = new AtomicInteger();

        volatile boolean ended;

        Held(AccessKey key, Side side, Optional<Tenant> tenant, Instant until) {
            this.key = key;
            this.side = side;
            this.tenant = tenant;
            this.until = until;
        }

        boolean mayHaveEnded() {
            return endings.get() > 0 || !Instant.now().isBefore(until.minusMillis(50));
        }

        boolean mustHaveEnded() {
            return ended || Instant.now().isAfter(until.plusMillis(50));
        }

        @Override
        public String toString() {
            return key.id() + " of " + tenant.map(one -> one.keyspace).orElse("the Admin") + (ended ? ", ended" : "");
        }
    }

    private final CassandraManager second;
    private final Side one;
    private final Side two;
    private final List<Tenant> tenants = new ArrayList<>();
    private final List<Held> held = new CopyOnWriteArrayList<>();
    private final Queue<String> entries = new ConcurrentLinkedQueue<>();
    private final Set<String> keyIds = ConcurrentHashMap.newKeySet();
    private final ConcurrentMap<String, Integer> refusals = new ConcurrentHashMap<>();
    private final AtomicInteger origins = new AtomicInteger();
    private Instant begin = Instant.now();

    private final ExecutorService threads;

    TenancyWorld(CassandraServer cassandra, ExecutorService threads) {
        this.threads = threads;
        KeyServer first = KeyServer.newRing(cassandra);
        this.second = first.anotherIssuer();
        this.one = new Side(first, List.of(first.ring(), first.ring(second)));
        KeyServer other = KeyServer.newRing(cassandra);
        this.two = new Side(other, List.of(other.ring()));
        for (int i = 0; i < 4; i++) {
            Organisation organisation = KeyServer.stranger();
            one.tenants.add(new Tenant(one, organisation, KeyServer.keyspaceOf(organisation) + "_one", i == 3));
            if (i < 2) {
                two.tenants.add(new Tenant(two, organisation, KeyServer.keyspaceOf(organisation) + "_two", false));
            }
        }
        tenants.addAll(one.tenants);
        tenants.addAll(two.tenants);
        for (Tenant tenant : tenants) {
            tenant.side.ring(0).onboard(tenant.onboarding(), ALICE);
            cassandra.execute("CREATE TABLE " + tenant.keyspace + ".note (id int PRIMARY KEY, text text)");
            cassandra.execute(
                    "INSERT INTO " + tenant.keyspace + ".note (id, text) VALUES (1, '" + tenant.keyspace + "')");
        }
    }

    void begin() {
        begin = Instant.now();
        List<Tenant> first = List.of(tenants.get(0), tenants.get(1), tenants.get(3), tenants.get(4));
        each(tenants, tenant -> {
            if (!tenant.onboarded) {
                comeBack(tenant);
            }
            if (first.contains(tenant)) {
                patiently(() -> issue(tenant, KeyRequest.DEFAULT_VALIDITY, 0));
            }
        });
        // In the same order for each run of a seed.
        held.sort(Comparator.comparing(key -> tenants.indexOf(key.tenant.orElseThrow())));
        each(held, key -> patiently(() -> open(key, 0)));
    }

    /** Does something for each at the same time, as far as there are threads. */
    private <T> void each(List<T> all, Consumer<T> what) {
        List<Future<?>> under = new ArrayList<>();
        all.forEach(one -> under.add(threads.submit(() -> what.accept(one))));
        RuntimeException failure = null;
        for (Future<?> one : under) {
            try {
                one.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof AssertionError said) {
                    throw said;
                }
                failure = new IllegalStateException(String.valueOf(e.getCause()), e.getCause());
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static boolean isSlow(RuntimeException failure) {
        return failure instanceof KeywharfException known
                ? SLOW.contains(known.code())
                        || (known.getCause() instanceof KeywharfException cause && SLOW.contains(cause.code()))
                : failure instanceof DriverTimeoutException
                        || failure instanceof AllNodesFailedException
                        || failure instanceof QueryExecutionException
                        || (failure instanceof UnauthorizedException
                                && String.valueOf(failure.getMessage()).matches(ROLES_UNREAD));
    }

    /** Does it until it is not too slow. */
    private static <T> T patiently(Callable<T> what) {
        return await().pollInterval(Duration.ofMillis(50))
                .pollDelay(Duration.ZERO)
                .atMost(AT_LAST)
                .ignoreExceptionsMatching(e -> e instanceof RuntimeException failure && isSlow(failure))
                .until(what, done -> true);
    }

    private static <T> Optional<T> pick(List<T> all, int which) {
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(which % all.size()));
    }

    private List<Held> ofTenants() {
        return held.stream().filter(one -> one.tenant.isPresent()).toList();
    }

    private List<Held> admins(Side side) {
        return held.stream()
                .filter(one -> one.side == side && one.tenant.isEmpty())
                .toList();
    }

    private List<Held> withSessions() {
        return held.stream().filter(one -> !one.sessions.isEmpty()).toList();
    }

    private String origin() {
        return "2001:db8::" + Integer.toHexString(origins.incrementAndGet());
    }

    /** Does it; whether it was done and not refused, or null if there was nothing to do it to. */
    @Nullable
    Boolean take(TenancyAct act) {
        int which = act.which();
        int how = act.how();
        Tenant tenant = tenants.get(which % tenants.size());
        Side side = which % 3 == 0 ? two : one;
        try {
            return switch (act.kind()) {
                case ISSUE -> issue(tenant, KeyRequest.DEFAULT_VALIDITY, how);
                case ISSUE_FOR_A_SECOND -> issue(tenant, Duration.ofSeconds(1), how);
                case OPEN -> pick(held, which).map(key -> open(key, how)).orElse(null);
                case READ_AND_WRITE ->
                    pick(withSessions(), which)
                            .map(key -> readAndWrite(key, how))
                            .orElse(null);
                case ATTACK ->
                    pick(withSessions(), which)
                            .map(key -> attack(key, which, how))
                            .orElse(null);
                case CHECK -> pick(held, which).map(key -> check(key, how)).orElse(null);
                case CHECK_AT_THE_OTHER_RING ->
                    pick(held, which).map(this::checkElsewhere).orElse(null);
                case ROTATE ->
                    pick(ofTenants(), which)
                            .map(key -> rotate(key, Duration.ZERO, how))
                            .orElse(null);
                case ROTATE_WITH_GRACE ->
                    pick(ofTenants(), which)
                            .map(key -> rotate(key, Duration.ofHours(1), how))
                            .orElse(null);
                case EXPIRE ->
                    pick(ofTenants(), which).map(key -> expire(key, how)).orElse(null);
                case EXPIRE_LATER ->
                    pick(ofTenants(), which).map(key -> expireLater(key, how)).orElse(null);
                case REVOKE ->
                    pick(ofTenants(), which).map(key -> revoke(key, how)).orElse(null);
                case SWEEP -> sweep(side, how);
                case MAKE_ADMIN -> makeAdmin(side, how);
                case ROTATE_ADMIN -> rotateAdmin(side, how);
                case USE_ADMIN ->
                    pick(admins(side), which)
                            .map(key -> check(key, how) && open(key, how) && readAndWrite(key, how))
                            .orElse(null);
                case REVOKE_ADMIN -> revokeAdmin(side, how);
                case ONBOARD_AGAIN -> onboardAgain(tenant, how);
                case STEAL_A_KEYSPACE -> steal(tenant, how);
                case CHANGE_SCHEMA -> changeSchema(which);
                case OFFBOARD -> offboard(tenant, how);
                case COME_BACK ->
                    tenants.stream()
                            .filter(one -> !one.onboarded)
                            .findFirst()
                            .map(this::comeBack)
                            .orElse(null);
            };
        } catch (KeywharfException e) {
            refusals.merge(act.kind() + " " + e.code(), 1, Integer::sum);
            return false;
        }
    }

    private Held hold(AccessKey key, Side side, Optional<Tenant> tenant, Duration validity, String action) {
        Held one = new Held(key, side, tenant, Instant.now().plus(validity));
        keyIds.add(key.id());
        entries.add(action + " " + key.id());
        return one;
    }

    /** A key that was made while its organisation was offboarded may have ended with it, or not. */
    private void add(Held key, Tenant tenant, OptionalInt offboardingsBefore) {
        synchronized (tenant) {
            if (offboardingsBefore.isEmpty() || !tenant.offboardingsBefore().equals(offboardingsBefore)) {
                key.endings.incrementAndGet();
            }
            held.add(key);
        }
    }

    private boolean issue(Tenant tenant, Duration validity, int how) {
        OptionalInt offboardings = tenant.offboardingsBefore();
        KeyRequest request = KeyRequest.of(tenant.organisation).validFor(validity);
        AccessKey key = tenant.side.ring(how).issue(request, ALICE);
        // It counts from before it was made.
        Instant until = tenant.side.ring(how).describe(key.id()).expires();
        add(
                hold(key, tenant.side, Optional.of(tenant), Duration.between(Instant.now(), until), "issue"),
                tenant,
                offboardings);
        return true;
    }

    private boolean open(Held key, int how) {
        if (held.stream().mapToInt(one -> one.sessions.size()).sum() >= MOST_SESSIONS || key.sessions.size() > 1) {
            return !key.sessions.isEmpty();
        }
        boolean must = key.mustHaveEnded();
        try {
            CassandraManager session = key.side.ring(how).open(key.key, origin());
            key.sessions.add(session);
            entries.add("open " + key.key.id());
        } catch (KeywharfException e) {
            requireMayHaveEnded(key, e);
            throw e;
        } catch (DriverException e) {
            // Its role went after its login.
            requireMayHaveEnded(key, e);
            return false;
        }
        assertThat(must).as("%s was opened", key).isFalse();
        return true;
    }

    private boolean check(Held key, int how) {
        boolean must = key.mustHaveEnded();
        try {
            key.side.ring(how).check(key.key, origin());
        } catch (KeywharfException e) {
            requireMayHaveEnded(key, e);
            throw e;
        }
        assertThat(must).as("%s is still let in", key).isFalse();
        return true;
    }

    private static void requireMayHaveEnded(Held key, RuntimeException failure) {
        assertThat(isSlow(failure) || key.mayHaveEnded())
                .as("%s has not ended: %s", key, failure)
                .isTrue();
    }

    private boolean checkElsewhere(Held key) {
        Side other = key.side == one ? two : one;
        other.ring(0).check(key.key, origin());
        return true;
    }

    private boolean readAndWrite(Held key, int how) {
        Tenant tenant = key.tenant.orElse(key.side.tenants.get(how % key.side.tenants.size()));
        try {
            CassandraManager session = key.sessions.get(0);
            List<Row> rows = session.unwrap()
                    .execute("SELECT text FROM " + tenant.keyspace + ".note")
                    .all();
            assertThat(rows).as("%s reads", key).isNotEmpty().allMatch(row -> tenant.keyspace.equals(row.getString(0)));
            session.unwrap()
                    .execute("INSERT INTO " + tenant.keyspace + ".note (id, text) VALUES (" + (2 + how % 9) + ", '"
                            + tenant.keyspace + "')");
            return true;
        } catch (DriverException | IllegalStateException | IndexOutOfBoundsException e) {
            requireMayHaveEnded(key, e);
            return false;
        }
    }

    private boolean attack(Held key, int which, int how) {
        List<Tenant> others = tenants.stream()
                .filter(other -> key.tenant.isPresent() ? other != key.tenant.get() : other.side != key.side)
                .toList();
        Tenant other = others.get(which % others.size());
        Tenant own = key.tenant.orElse(key.side.tenants.get(0));
        String otherKey = held.stream()
                .filter(one -> one != key && !one.tenant.equals(key.tenant))
                .findFirst()
                .map(one -> KeyNames.roleOfKey(one.key.id()))
                .orElse(other.side.server.keyspace() + "_issuer");
        TenantAttacks.Names names = new TenantAttacks.Names(
                own.keyspace,
                other.keyspace,
                KeyNames.roleOfKey(key.key.id()),
                otherKey,
                own.side.server.role(own.organisation),
                other.side.server.role(other.organisation),
                other.side.server.keyspace());
        return done(key, TenantAttacks.one(how % TenantAttacks.count(), names));
    }

    private static boolean done(Held key, String cql) {
        try {
            CassandraManager session = key.sessions.get(0);
            session.unwrap().execute(SimpleStatement.newInstance(cql)).all();
        } catch (DriverException | IllegalStateException e) {
            return false;
        }
        throw new AssertionError(key + " was not refused: " + cql);
    }

    private boolean rotate(Held key, Duration grace, int how) {
        Tenant tenant = key.tenant.orElseThrow();
        OptionalInt offboardings = tenant.offboardingsBefore();
        boolean must = key.mustHaveEnded();
        if (grace.isZero()) {
            key.endings.incrementAndGet();
        }
        AccessKey next;
        try {
            next = key.side.ring(how).rotate(key.key.id(), grace, ALICE);
        } catch (KeywharfException e) {
            if (grace.isZero() && e.code().equals("key.not_active")) {
                key.endings.decrementAndGet();
            }
            throw e;
        }
        assertThat(must).as("%s was rotated", key).isFalse();
        if (grace.isZero()) {
            key.ended = true;
            entries.add("replace " + key.key.id());
        }
        Instant until = key.side.ring(how).describe(next.id()).expires();
        add(hold(next, key.side, key.tenant, Duration.between(Instant.now(), until), "rotate"), tenant, offboardings);
        return true;
    }

    private boolean expire(Held key, int how) {
        key.endings.incrementAndGet();
        key.side.ring(how).expire(key.key.id(), Instant.now(), ALICE);
        key.ended = true;
        entries.add("expire " + key.key.id());
        return true;
    }

    private boolean expireLater(Held key, int how) {
        key.side.ring(how).expire(key.key.id(), Instant.now().plus(Duration.ofHours(2)), ALICE);
        entries.add("expire " + key.key.id());
        return true;
    }

    private boolean revoke(Held key, int how) {
        key.endings.incrementAndGet();
        key.side.ring(how).revoke(key.key.id(), ALICE);
        key.ended = true;
        entries.add("revoke " + key.key.id());
        return true;
    }

    private boolean sweep(Side side, int how) {
        side.ring(how).sweep();
        return true;
    }

    private boolean makeAdmin(Side side, int how) {
        AccessKey key = side.ring(how).issue(KeyRequest.admin(), ALICE);
        addAdmin(key, side, "issue admin");
        return true;
    }

    private boolean rotateAdmin(Side side, int how) {
        List<Held> before = admins(side);
        before.forEach(key -> key.endings.incrementAndGet());
        AccessKey key = side.ring(how).rotateAdmin(KeyRequest.admin(), ALICE);
        before.forEach(old -> old.ended = true);
        addAdmin(key, side, "rotate admin");
        return true;
    }

    /** Which of those that are made at the same time is the Admin's in the end is seen in the end. */
    private void addAdmin(AccessKey key, Side side, String action) {
        Held admin = hold(key, side, Optional.empty(), KeyRequest.DEFAULT_VALIDITY, action);
        admin.endings.incrementAndGet();
        held.add(admin);
    }

    private Optional<String> admin(Side side) {
        return Optional.ofNullable(side.server
                        .root()
                        .execute("SELECT key_id FROM " + side.server.keyspace() + ".admin_key WHERE name = 'admin'")
                        .one())
                .map(row -> row.getString("key_id"));
    }

    private boolean revokeAdmin(Side side, int how) {
        return admin(side)
                .map(id -> {
                    side.ring(how).revoke(id, ALICE);
                    return true;
                })
                .orElse(false);
    }

    private boolean onboardAgain(Tenant tenant, int how) {
        if (!tenant.onboarded) {
            return false;
        }
        tenant.side.ring(how).onboard(tenant.onboarding(), ALICE);
        entries.add("onboard " + tenant.organisation);
        return true;
    }

    private boolean steal(Tenant tenant, int how) {
        List<Tenant> others =
                tenant.side.tenants.stream().filter(other -> other != tenant).toList();
        Tenant other = others.get(how % others.size());
        tenant.side.ring(how).onboard(Onboarding.of(tenant.organisation, other.keyspace), ALICE);
        return true;
    }

    private boolean changeSchema(int which) {
        return withSessions().stream()
                .filter(key -> key.tenant.filter(tenant -> tenant.schemaChanges).isPresent())
                .findFirst()
                .map(key -> {
                    String table = key.tenant.orElseThrow().keyspace + ".made_" + which;
                    try {
                        CassandraManager session = key.sessions.get(0);
                        session.unwrap().execute("CREATE TABLE " + table + " (id int PRIMARY KEY)");
                        session.unwrap().execute("DROP TABLE " + table);
                        return true;
                    } catch (DriverException | IllegalStateException e) {
                        requireMayHaveEnded(key, e);
                        return false;
                    }
                })
                .orElse(false);
    }

    private boolean offboard(Tenant tenant, int how) {
        List<Held> theirs;
        synchronized (tenant) {
            tenant.beginOffboarding();
            theirs = held.stream()
                    .filter(key -> key.tenant.equals(Optional.of(tenant)))
                    .toList();
            theirs.forEach(key -> key.endings.incrementAndGet());
        }
        try {
            tenant.side.ring(how).offboard(tenant.organisation, ALICE);
            // Who came second may be back before the first one has ended all.
            if (tenant.isOnlyOffboarding()) {
                theirs.forEach(key -> key.ended = true);
            }
        } finally {
            tenant.endOffboarding();
        }
        return true;
    }

    /** As for any keyspace that is there already: an administrator lets the library hand its rights on. */
    private boolean comeBack(Tenant tenant) {
        tenant.side
                .server
                .root()
                .execute("GRANT AUTHORIZE, SELECT, MODIFY" + (tenant.schemaChanges ? ", CREATE, ALTER, DROP" : "")
                        + " ON KEYSPACE " + tenant.keyspace + " TO " + tenant.side.server.keyspace() + "_issuer");
        await().pollInterval(Duration.ofMillis(30))
                .atMost(AT_LAST)
                .ignoreExceptionsMatching(e -> e instanceof KeywharfException denied
                        && (isSlow(denied)
                                || Set.of("key.cannot_grant", "cassandra.denied")
                                        .contains(denied.code())))
                .until(() -> {
                    tenant.side.ring(0).onboard(tenant.onboarding(), ALICE);
                    return true;
                });
        tenant.onboarded = true;
        entries.add("onboard " + tenant.organisation);
        return true;
    }

    /** What must hold when all is quiet; leaves nothing behind. */
    void end() {
        each(held, key -> {
            // What must have been before, and what may have been after: a key may end at this moment.
            boolean must = key.mustHaveEnded();
            boolean in = isIn(key);
            assertThat(in && must).as("%s is still let in", key).isFalse();
            assertThat(in || key.mayHaveEnded()).as("%s is not let in", key).isTrue();
            for (CassandraManager session : key.sessions) {
                if (key.ended) {
                    await(key + " loses its session")
                            .pollDelay(Duration.ZERO)
                            .pollInterval(Duration.ofMillis(20))
                            .atMost(AT_LAST)
                            .until(() -> !reads(key, session));
                } else {
                    assertThat(reads(key, session) || key.mayHaveEnded())
                            .as("%s reads", key)
                            .isTrue();
                }
            }
        });
        for (Side side : List.of(one, two)) {
            Optional<String> admin = admin(side);
            List<String> in = admins(side).stream()
                    .filter(this::isIn)
                    .map(key -> key.key.id())
                    .toList();
            // One whose making failed in the end, since the server was too slow, is nobody's.
            assertThat(in)
                    .as("Admins of those that were handed out")
                    .isEqualTo(
                            admin
                                    .filter(id -> admins(side).stream()
                                            .anyMatch(key -> key.key.id().equals(id)))
                                    .stream()
                                    .toList());
        }
        for (Tenant tenant : tenants) {
            assertThat(one.server
                            .root()
                            .execute("SELECT text FROM " + tenant.keyspace + ".note")
                            .all())
                    .as("what is in %s", tenant.keyspace)
                    .isNotEmpty()
                    .allMatch(row -> tenant.keyspace.equals(row.getString("text")));
        }
        checkEntries();
        cleanUp();
    }

    private boolean isIn(Held key) {
        return patiently(() -> {
            try {
                key.side.ring(0).check(key.key, origin());
                return true;
            } catch (KeywharfException e) {
                if (isSlow(e)) {
                    throw e;
                }
                assertThat(e.code()).startsWith("key.");
                return false;
            }
        });
    }

    private static boolean reads(Held key, CassandraManager session) {
        String keyspace = key.tenant.orElse(key.side.tenants.get(0)).keyspace;
        return patiently(() -> {
            try {
                session.unwrap()
                        .execute("SELECT text FROM " + keyspace + ".note")
                        .all();
                return true;
            } catch (DriverException | IllegalStateException e) {
                if (isSlow(e) && !session.unwrap().isClosed()) {
                    throw e;
                }
                return false;
            }
        });
    }

    private void checkEntries() {
        Set<String> written = new HashSet<>();
        for (Side side : List.of(one, two)) {
            LocalDate today = LocalDate.now(ZoneOffset.UTC);
            for (LocalDate day : List.of(today.minusDays(1), today)) {
                String cql = "SELECT action, outcome, key_id, organisation FROM " + side.server.keyspace()
                        + ".key_audit WHERE day = '" + day + "' AND at >= minTimeuuid("
                        + begin.minusSeconds(1).toEpochMilli() + ")";
                for (Row row : side.server.root().execute(cql)) {
                    // A key that somebody else ends while it is being replaced is not ended a second time.
                    boolean begun = "replace".equals(row.getString("action"));
                    if (begun || "ok".equals(row.getString("outcome"))) {
                        String of = row.getString("key_id");
                        written.add(row.getString("action") + " " + (of == null ? row.getString("organisation") : of));
                    }
                }
            }
        }
        assertThat(entries.stream().filter(entry -> !written.contains(entry)))
                .as("not in the audit log")
                .isEmpty();
        entries.clear();
    }

    private void cleanUp() {
        each(held, key -> {
            key.sessions.forEach(CassandraManager::close);
            if (key.tenant.isPresent() && !key.ended) {
                patiently(() -> key.side.ring(0).revoke(key.key.id(), ALICE));
            }
        });
        for (Side side : List.of(one, two)) {
            if (!admins(side).isEmpty()) {
                side.server
                        .root()
                        .execute("DELETE FROM " + side.server.keyspace() + ".admin_key WHERE name = 'admin' IF EXISTS");
                patiently(() -> side.ring(0).sweep());
            }
        }
        // Else each sweep and each offboarding would read all that there ever were.
        each(held, key -> {
            key.side
                    .server
                    .root()
                    .execute("DELETE FROM " + key.side.server.keyspace() + ".access_key WHERE id = '" + key.key.id()
                            + "'");
            key.key.close();
        });
        held.clear();
    }

    /** Nothing of all the keys is left on the server, and says what was refused. */
    void checkRoles() {
        Set<String> roles = new HashSet<>();
        one.server.root().execute("SELECT role FROM system_auth.roles").forEach(row -> roles.add(row.getString(0)));
        assertThat(keyIds).isNotEmpty().noneMatch(id -> roles.contains(KeyNames.roleOfKey(id)));
        System.out.println("tenancy: " + keyIds.size() + " keys; refused: " + new TreeMap<>(Map.copyOf(refusals)));
    }

    @Override
    public void close() {
        held.forEach(key -> key.sessions.forEach(CassandraManager::close));
        second.close();
        one.server.close();
        two.server.close();
    }
}
