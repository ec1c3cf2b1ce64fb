package io.github.keywharf.cassandra.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.key.Actor;
import io.github.keywharf.table.Row;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which organisations there are, and which keyspaces are theirs. Thread-safe. */
final class KeyOrganisations {
    private final KeyStatements statements;
    private final KeyNames names;
    private final KeyRoles roles;
    private final KeyAudit audit;
    private final InstantSource clock;
    private final String organisations;
    private final String keyspaces;

    KeyOrganisations(KeyStatements statements, KeyNames names, KeyRoles roles, KeyAudit audit, InstantSource clock) {
        this.statements = statements;
        this.names = names;
        this.roles = roles;
        this.audit = audit;
        this.clock = clock;
        this.organisations = names.table("organisation");
        this.keyspaces = names.table("organisation_keyspace");
    }

    /** Each step may be repeated; a keyspace is claimed before anybody is granted anything on it. */
    void onboard(Onboarding onboarding, Actor by) {
        Organisation organisation = onboarding.organisation();
        Set<String> wanted = new TreeSet<>();
        onboarding.keyspaces().forEach(name -> wanted.add(names.checked(name)));
        KeyAudit.Entry entry = audit.begin("onboard", null, Optional.of(organisation), by, String.join(", ", wanted));
        wanted.forEach(name -> claim(name, organisation));
        statements.transact(
                "INSERT INTO " + organisations + " (id, onboarded, onboarded_by) VALUES (?, ?, ?) IF NOT EXISTS",
                organisation.id(),
                clock.instant(),
                by.name());
        statements.write(
                "UPDATE " + organisations + " SET keyspaces = keyspaces + ? WHERE id = ?", wanted, organisation.id());
        wanted.forEach(name -> ensureKeyspace(name, onboarding));
        String role = names.role(organisation);
        roles.ensureGroup(role, names.issuer());
        for (String name : wanted) {
            grant(onboarding, name, role);
            roles.relinquish(name, names.issuer());
        }
        entry.done();
    }

    /**
     * Closes an organisation to new keys.
     *
     * @return whether it was onboarded; if not, it was before
     * @throws KeywharfException with code {@code key.unknown_organisation} when it never was
     */
    boolean begin(Organisation organisation) {
        boolean there = !statements
                .read("SELECT id FROM " + organisations + " WHERE id = ?", organisation.id())
                .isEmpty();
        if (there) {
            statements.write("DELETE keyspaces FROM " + organisations + " WHERE id = ?", organisation.id());
            return true;
        }
        boolean before = statements.read("SELECT keyspace_name, organisation FROM " + keyspaces).stream()
                .anyMatch(row -> organisation.id().equals(row.string("organisation")));
        if (!before) {
            throw new KeywharfException(
                    "key.unknown_organisation",
                    "organisation " + organisation,
                    "It was never onboarded; see organisations()");
        }
        return false;
    }

    /** Removes its role, and by that what the role was granted and who was a member. */
    void dropRole(Organisation organisation) {
        roles.dropGroup(names.role(organisation));
    }

    /** Removes what is known of it, except whose its keyspaces are: their data must not come to be another's. */
    void forget(Organisation organisation) {
        statements.write("DELETE FROM " + organisations + " WHERE id = ?", organisation.id());
    }

    private void claim(String name, Organisation organisation) {
        Optional<Row> other = statements.transact(
                "INSERT INTO " + keyspaces + " (keyspace_name, organisation) VALUES (?, ?) IF NOT EXISTS",
                name,
                organisation.id());
        other.map(row -> String.valueOf(row.string("organisation")))
                .filter(owner -> !owner.equals(organisation.id()))
                .ifPresent(owner -> {
                    throw new KeywharfException(
                            "key.keyspace_taken",
                            "keyspace " + name,
                            "It belongs to the organisation " + owner + ", and a keyspace belongs to one; choose"
                                    + " another for " + organisation);
                });
    }

    private void ensureKeyspace(String name, Onboarding onboarding) {
        boolean there = !statements
                .readNearby("SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?", name)
                .isEmpty();
        if (there) {
            return;
        }
        if (onboarding.copies().isEmpty()) {
            throw new KeywharfException(
                    "key.no_keyspace",
                    "keyspace " + name,
                    "There is no such keyspace; create it, or onboard with creating(datacenter, copies)");
        }
        KeyReplication replication = new KeyReplication(onboarding.copies())
                .resolved(statements.manager().cluster());
        statements.command(
                "CREATE KEYSPACE IF NOT EXISTS " + KeyNames.cql(name) + " WITH replication = " + replication.cql());
    }

    /** To the organisation, and to the Admin: what the server says that they lack, for it alone knows. */
    private void grant(Onboarding onboarding, String keyspace, String role) {
        Set<String> all = new TreeSet<>();
        try {
            for (KeyRoles.Scope scope : KeyRoles.Scope.values()) {
                all.addAll(onboarding.permissions(scope));
            }
            for (KeyRoles.Scope scope : KeyRoles.Scope.values()) {
                roles.grantMissing(onboarding.permissions(scope), scope, keyspace, role);
                roles.grantMissing(onboarding.permissions(scope), scope, keyspace, names.admin());
            }
        } catch (KeywharfException e) {
            if (!e.is(CassandraManager.DENIED)) {
                throw e;
            }
            throw new KeywharfException(
                    "key.cannot_grant",
                    "keyspace " + keyspace,
                    "The library's role cannot hand on what it does not have; have an administrator run GRANT"
                            + " AUTHORIZE, "
                            + String.join(", ", all) + " ON KEYSPACE " + KeyNames.cql(keyspace) + " TO "
                            + KeyNames.cql(names.issuer()) + " and onboard again, which gives them back afterwards",
                    e);
        }
    }

    /** The keyspaces of each organisation. */
    Map<Organisation, Set<String>> all() {
        Map<Organisation, Set<String>> all = new TreeMap<>();
        for (Row row : statements.read("SELECT id, keyspaces FROM " + organisations)) {
            all.put(Organisation.of(String.valueOf(row.string("id"))), keyspaces(row));
        }
        return all;
    }

    private static Set<String> keyspaces(Row row) {
        Set<String> names = new TreeSet<>();
        List<?> stored = row.value("keyspaces", List.class);
        if (stored != null) {
            stored.forEach(name -> names.add(String.valueOf(name)));
        }
        return names;
    }

    /** The keyspaces of one, or of all for the Admin. */
    Set<String> keyspacesOf(Optional<Organisation> organisation) {
        if (organisation.isEmpty()) {
            Set<String> all = new TreeSet<>();
            for (Row row : statements.read("SELECT keyspace_name FROM " + keyspaces)) {
                all.add(String.valueOf(row.string("keyspace_name")));
            }
            return all;
        }
        return statements
                .read(
                        "SELECT id, keyspaces FROM " + organisations + " WHERE id = ?",
                        organisation.get().id())
                .stream()
                .findFirst()
                .map(KeyOrganisations::keyspaces)
                .orElse(Set.of());
    }

    /**
     * The role that a key of an organisation, or the Admin's, is a member of.
     *
     * @throws KeywharfException with code {@code key.unknown_organisation} when it was not onboarded
     */
    String groupOf(Optional<Organisation> organisation) {
        return organisation.isPresent() ? groupOf(organisation, keyspacesOf(organisation)) : names.group(organisation);
    }

    /** The same where the keyspaces are known already. */
    String groupOf(Optional<Organisation> organisation, Set<String> keyspaces) {
        if (organisation.isPresent() && keyspaces.isEmpty()) {
            throw new KeywharfException(
                    "key.unknown_organisation",
                    "organisation " + organisation.get(),
                    "It is not onboarded; call onboard(…) with its keyspaces first");
        }
        return names.group(organisation);
    }
}
