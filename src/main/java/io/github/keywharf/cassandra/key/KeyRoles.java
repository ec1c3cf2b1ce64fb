package io.github.keywharf.cassandra.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.secret.Secret;
import java.security.SecureRandom;
import java.util.Set;
import java.util.TreeSet;

/** The server's roles and grants. Thread-safe. */
final class KeyRoles {
    private final KeyStatements statements;
    private final SecureRandom random;

    KeyRoles(KeyStatements statements, SecureRandom random) {
        this.statements = statements;
        this.random = random;
    }

    /** What a permission is on. */
    enum Scope {
        KEYSPACE("KEYSPACE "),
        TABLES("ALL TABLES IN KEYSPACE "),
        FUNCTIONS("ALL FUNCTIONS IN KEYSPACE ");

        private final String words;

        Scope(String words) {
            this.words = words;
        }

        String of(String keyspace) {
            return words + KeyNames.cql(keyspace);
        }
    }

    /**
     * Makes a role that cannot log in, if it is not there.
     *
     * @param maker who must have made it: the server gives the maker of a role the right to hand it on
     * @throws KeywharfException with code {@code key.role_taken} when somebody else made it
     */
    void ensureGroup(String role, String maker) {
        statements.command("CREATE ROLE IF NOT EXISTS " + KeyNames.cql(role));
        if (!permissions("ROLE " + KeyNames.cql(role), maker).containsAll(Set.of("AUTHORIZE", "DROP"))) {
            throw new KeywharfException(
                    "key.role_taken",
                    "role " + role,
                    "It is there already and " + maker
                            + " did not make it, so its members could be anybody; drop it, or if it is this ring's,"
                            + " have an administrator run GRANT"
                            + " ALTER, AUTHORIZE, DESCRIBE, DROP"
                            + " ON ROLE"
                            + " " + KeyNames.cql(role) + " TO " + KeyNames.cql(maker));
        }
    }

    /**
     * Makes a role that can log in. Only the hash of the password travels, and no error quotes it.
     *
     * @param cost see {@link KeyPasswordHash}
     */
    void createLogin(String role, Secret password, int cost) {
        statements.command("CREATE ROLE " + KeyNames.cql(role)
                + " WITH LOGIN = true AND SUPERUSER = false AND HASHED PASSWORD = "
                + KeyNames.literal(KeyPasswordHash.of(password, cost, random)));
    }

    void join(String member, String group) {
        statements.command("GRANT " + KeyNames.cql(group) + " TO " + KeyNames.cql(member));
    }

    /**
     * Removes a role with all it was a member of. Open sessions of it are refused as soon as the server's caches of roles
     * and permissions are past their time; taking only its right to log in away would leave them working.
     */
    void drop(String role, String group) {
        if (!exists(role)) {
            return;
        }
        try {
            // The server forgets in one of its two tables what a dropped role was a member of, and not in the other.
            statements.command("REVOKE " + KeyNames.cql(group) + " FROM " + KeyNames.cql(role));
        } catch (KeywharfException e) {
            // No member of it; or another host has dropped it at this moment; or the group is gone, or not ours to
            // revoke,
            // and the key's role must go all the same.
            if (!Set.of(CassandraManager.INVALID_QUERY, CassandraManager.DENIED).contains(e.code())) {
                throw e;
            }
        }
        dropNow(role);
    }

    /** Removes a role that is a member of none; its members lose what they had by it. */
    void dropGroup(String role) {
        if (exists(role)) {
            dropNow(role);
        }
    }

    private void dropNow(String role) {
        try {
            statements.command("DROP ROLE IF EXISTS " + KeyNames.cql(role));
        } catch (KeywharfException e) {
            // To drop a role that is not there is not permitted either.
            if (!e.is(CassandraManager.DENIED)) {
                throw e;
            }
            if (!exists(role)) {
                return;
            }
            throw new KeywharfException(
                    "key.cannot_drop",
                    "role " + role,
                    "The library's role may not drop it, so somebody else has changed it, perhaps to a superuser; have"
                            + " an administrator run DROP ROLE " + KeyNames.cql(role),
                    e);
        }
    }

    /** Of a role that is not ours to look at the server says that it is not, and of one that is not there that it is not. */
    private boolean exists(String role) {
        try {
            statements.command("LIST ROLES OF " + KeyNames.cql(role));
            return true;
        } catch (KeywharfException e) {
            if (e.is(CassandraManager.INVALID_QUERY)) {
                return false;
            }
            if (e.is(CassandraManager.DENIED)) {
                return true;
            }
            throw e;
        }
    }

    void leave(String member, String group) {
        statements.command("REVOKE " + KeyNames.cql(group) + " FROM " + KeyNames.cql(member));
    }

    /** What a role is a member of, also by way of others if {@code deep}; itself not. */
    Set<String> memberships(String role, boolean deep) {
        Set<String> groups = new TreeSet<>();
        statements
                .command("LIST ROLES OF " + KeyNames.cql(role) + (deep ? "" : " NORECURSIVE"))
                .forEach(row -> groups.add(String.valueOf(row.string("role"))));
        groups.remove(role);
        return groups;
    }

    /** Gives a role what it lacks, as the server has it; what it has already needs no right to hand it on. */
    void grantMissing(Set<String> permissions, Scope scope, String keyspace, String role) {
        if (permissions.isEmpty()) {
            return;
        }
        Set<String> missing = new TreeSet<>(permissions);
        missing.removeAll(permissionsIfShown(scope.of(keyspace), role));
        if (!missing.isEmpty()) {
            statements.command(
                    "GRANT " + String.join(", ", missing) + " ON " + scope.of(keyspace) + " TO " + KeyNames.cql(role));
        }
    }

    private Set<String> permissionsIfShown(String resource, String role) {
        try {
            return permissions(resource, role);
        } catch (KeywharfException e) {
            if (e.is(CassandraManager.DENIED)) {
                return Set.of();
            }
            throw e;
        }
    }

    /** What a role itself may do with something, without what it has as a member of others. */
    private Set<String> permissions(String resource, String role) {
        Set<String> permissions = new TreeSet<>();
        statements
                .command("LIST ALL PERMISSIONS ON " + resource + " OF " + KeyNames.cql(role) + " NORECURSIVE")
                .forEach(row -> permissions.add(String.valueOf(row.string("permission"))));
        return permissions;
    }

    /** Takes away what a role has on a keyspace, on its tables together and on its functions together. */
    void relinquish(String keyspace, String role) {
        for (Scope scope : Scope.values()) {
            Set<String> held = permissions(scope.of(keyspace), role);
            if (!held.isEmpty()) {
                statements.command("REVOKE " + String.join(", ", held) + " ON " + scope.of(keyspace) + " FROM "
                        + KeyNames.cql(role));
            }
        }
    }
}
