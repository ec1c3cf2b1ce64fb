package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import java.security.SecureRandom;
import java.util.List;
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

    /** Makes a role that cannot log in, if it is not there. */
    void ensureGroup(String role) {
        statements.command("CREATE ROLE IF NOT EXISTS " + KeyNames.cql(role));
    }

    /**
     * Makes a role that can log in. Only the hash of the password travels, and no error quotes it.
     *
     * @param cost see {@link KeyPasswordHash}
     */
    void createLogin(String role, Secret password, int cost) {
        statements.secretCommand("CREATE ROLE " + KeyNames.cql(role)
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
            if (!e.code().equals("cassandra.invalid_query")) {
                throw e;
            }
            // No member of it, as it should be; or another host has dropped it at this moment.
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
            if (!e.code().equals("cassandra.denied")) {
                throw e;
            }
            if (!exists(role)) {
                return;
            }
            throw new KeywharfException(
                    "key.cannot_drop",
                    "role " + role,
                    "The library's role may not drop it, so somebody else has changed it, perhaps to a superuser; have an"
                            + " administrator run DROP ROLE " + KeyNames.cql(role),
                    e);
        }
    }

    /** Of a role that is not ours to look at the server says that it is not, and of one that is not there that it is not. */
    private boolean exists(String role) {
        try {
            statements.command("LIST ROLES OF " + KeyNames.cql(role));
            return true;
        } catch (KeywharfException e) {
            if (e.code().equals("cassandra.invalid_query")) {
                return false;
            }
            if (e.code().equals("cassandra.denied")) {
                return true;
            }
            throw e;
        }
    }

    void grant(Set<String> permissions, String keyspace, String role) {
        statements.command("GRANT " + String.join(", ", permissions) + " ON KEYSPACE " + KeyNames.cql(keyspace) + " TO "
                + KeyNames.cql(role));
    }

    /** Takes away what a role has on a keyspace itself, if anything; returns what it was. */
    Set<String> relinquish(String keyspace, String role) {
        List<Row> held = statements.command("LIST ALL PERMISSIONS ON KEYSPACE " + KeyNames.cql(keyspace) + " OF "
                + KeyNames.cql(role) + " NORECURSIVE");
        Set<String> permissions = new TreeSet<>();
        held.forEach(row -> permissions.add(String.valueOf(row.getString("permission"))));
        if (!permissions.isEmpty()) {
            statements.command("REVOKE " + String.join(", ", permissions) + " ON KEYSPACE " + KeyNames.cql(keyspace)
                    + " FROM " + KeyNames.cql(role));
        }
        return permissions;
    }
}
