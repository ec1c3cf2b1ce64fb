package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
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

    /** Makes a role that can log in. Only the hash of the password travels. */
    void createLogin(String role, Secret password) {
        statements.command("CREATE ROLE " + KeyNames.cql(role)
                + " WITH LOGIN = true AND SUPERUSER = false AND HASHED PASSWORD = "
                + KeyNames.literal(KeyPasswordHash.of(password, random)));
    }

    void join(String member, String group) {
        statements.command("GRANT " + KeyNames.cql(group) + " TO " + KeyNames.cql(member));
    }

    /**
     * Removes a role with all it was a member of. Open sessions of it are refused as soon as the server's caches of roles
     * and permissions are past their time; taking only its right to log in away would leave them working.
     */
    void drop(String role) {
        statements.command("DROP ROLE IF EXISTS " + KeyNames.cql(role));
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
