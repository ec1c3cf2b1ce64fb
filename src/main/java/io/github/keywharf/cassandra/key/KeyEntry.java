package io.github.keywharf.cassandra.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.Actor;
import io.github.keywharf.key.Grant;
import io.github.keywharf.key.KeyRecord;
import io.github.keywharf.key.KeyRing;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Lets holders of keys in, and nobody else. Thread-safe. */
final class KeyEntry {
    private static final Set<String> GUESSES = Set.of("key.refused");
    private static final Set<String> NOT_LET_IN = Set.of("cassandra.bad_credentials", "cassandra.no_login");

    /** As the server writes what a permission is on: {@code <keyspace x>}, {@code <table x.y>}, {@code <all keyspaces>}. */
    private static final Pattern RESOURCE = Pattern.compile("<(?:keyspace|all tables in) (\\w+)>|<table (\\w+)\\..*>");

    private final KeyTables tables;
    private final KeyAdmin admin;
    private final KeyOrganisations organisations;
    private final KeyFailures failures;
    private final KeyAudit audit;
    private final InstantSource clock;
    private final KeySessions sessions;
    private final KeyLogin logins;

    KeyEntry(
            KeyTables tables,
            KeyAdmin admin,
            KeyOrganisations organisations,
            KeyFailures failures,
            KeyAudit audit,
            InstantSource clock,
            KeyDuties duties,
            Duration recheck,
            KeyLogin logins) {
        this.tables = tables;
        this.admin = admin;
        this.organisations = organisations;
        this.failures = failures;
        this.audit = audit;
        this.clock = clock;
        this.sessions = new KeySessions(duties, clock, recheck, this::endOf);
        this.logins = logins;
    }

    Grant check(AccessKey key, String from) {
        String origin = Actor.origin(from);
        failures.check(key.id(), origin);
        Optional<KeyRecord> record = tables.find(key.id());
        try {
            Grant grant = record.orElseThrow(() -> KeyRecord.unknown(key)).grant(key, clock.instant());
            if (grant.isAdmin() && !admin.is(key.id())) {
                throw new KeywharfException(
                        "key.revoked", "key " + key.id(), "Another key is the Admin's now; ask for that one");
            }
            return grant;
        } catch (KeywharfException e) {
            if (e.code().startsWith("key.")) {
                refuse("open", key, record, origin, e.code());
            }
            throw e;
        }
    }

    private void refuse(String action, AccessKey key, Optional<KeyRecord> record, String origin, String why) {
        boolean last = failures.add(key.id(), origin, GUESSES.contains(why));
        audit.refused(action, key.id(), record.flatMap(KeyRecord::organisation), origin, why);
        if (last) {
            audit.refused("limit", key.id(), record.flatMap(KeyRecord::organisation), origin, KeyRing.RATE_LIMITED);
        }
    }

    CassandraManager open(AccessKey key, String from) {
        Grant grant = check(key, from);
        String origin = Actor.origin(from);
        Set<String> keyspaces = organisations.keyspacesOf(grant.organisation());
        boolean isOne = keyspaces.size() == 1 && !grant.isAdmin();
        String only = isOne ? keyspaces.iterator().next() : null;
        // The Admin's session knows also what is made for organisations that come later.
        CassandraManager manager = logIn(key, grant, origin, only, grant.isAdmin() ? Set.of() : keyspaces);
        try {
            checkReach(new KeyStatements(manager), grant, keyspaces, origin);
            audit.entered(grant.keyId(), grant.organisation(), origin);
            tables.used(grant.keyId(), clock.instant(), origin);
            sessions.watch(manager.unwrap(), grant.keyId(), grant.expires());
            return grant.organisation().map(manager::workingFor).orElse(manager);
        } catch (RuntimeException | Error e) {
            // The session, whoever made the manager: nothing of a holder who is rejected may stay open.
            manager.unwrap().close();
            throw e;
        }
    }

    /**
     * When a key that opened a session ends, as its record says now; empty when it has ended. The Admin's has not ended
     * while another one's issue, which may fail, is under way in its place.
     */
    private Optional<Instant> endOf(String keyId) {
        Instant now = clock.instant();
        return tables.find(keyId)
                .filter(record -> !record.stateAt(now).hasEnded())
                .filter(record -> !record.isAdmin() || admin.mayBe(keyId))
                .map(KeyRecord::expires);
    }

    private CassandraManager logIn(
            AccessKey key, Grant grant, String origin, @Nullable String keyspace, Set<String> keyspaces) {
        String role = KeyNames.roleOfKey(key.id());
        try (Secret secret = key.secret()) {
            return logins.logIn(role, secret, keyspace, keyspaces);
        } catch (KeywharfException e) {
            if (NOT_LET_IN.contains(e.code())) {
                audit.refused("open", key.id(), grant.organisation(), origin, "key.refused_by_server");
                throw new KeywharfException(
                        "key.refused_by_server",
                        "key " + key.id(),
                        "The key is valid, but the server does not let its role in: it was dropped, or its password was"
                                + " changed there; revoke the key and issue a new one",
                        e);
            }
            throw e;
        }
    }

    /**
     * Asks the server, as the key's role, what that role is a member of and what it may do. Neither may go beyond the
     * organisation: a grant from elsewhere would make the key open more than its record says.
     */
    private void checkReach(KeyStatements theirs, Grant grant, Set<String> keyspaces, String origin) {
        String role = KeyNames.roleOfKey(grant.keyId());
        Set<String> memberships = new TreeSet<>();
        Set<String> beyond = new TreeSet<>();
        for (Row row : theirs.command("LIST ROLES OF " + KeyNames.cql(role))) {
            memberships.add(String.valueOf(row.string("role")));
            if (Boolean.TRUE.equals(row.value("super"))) {
                beyond.add("superuser");
            }
        }
        String group = organisations.groupOf(grant.organisation(), keyspaces);
        if (!memberships.contains(group)) {
            beyond.add("no member of " + group);
        }
        memberships.remove(role);
        memberships.remove(group);
        beyond.addAll(memberships);
        for (Row row : theirs.command("LIST ALL PERMISSIONS OF " + KeyNames.cql(role))) {
            String resource = String.valueOf(row.string("resource"));
            if (!isWithin(resource, keyspaces)) {
                beyond.add(row.string("permission") + " on " + resource);
            }
        }
        if (!beyond.isEmpty()) {
            audit.refused(
                    "open", grant.keyId(), grant.organisation(), origin, Cut.printable("key.rebound: " + beyond, 500));
            throw new KeywharfException(
                    "key.rebound",
                    "key " + grant.keyId(),
                    "Its role on the server is not bound to what its record says: "
                            + Cut.printable(beyond.toString(), 500)
                            + "; revoke what does not belong there, or the key");
        }
    }

    private static boolean isWithin(String resource, Set<String> keyspaces) {
        Matcher matcher = RESOURCE.matcher(resource);
        return matcher.matches() && keyspaces.contains(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
    }
}
