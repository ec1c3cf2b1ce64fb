package io.github.keywharf.cassandra.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes what a ring needs on the server, once, as a superuser: its keyspace and tables, the role of the Admin, which
 * nobody logs in as, and the role that the library itself logs in as, with the least that it needs.
 *
 * <p>Defaults: {@value KeyReplication#DEFAULT_COPIES} copies in each data centre, a random password for the library's
 * role, no right to create keyspaces, an audit log that is kept for ever. Running it again changes nothing that is there.
 * Not thread-safe.
 */
public final class KeyRingSetup {
    private static final int PASSWORD_BYTES = 32;

    private final KeyStatements statements;
    private final KeyNames names;
    private final SecureRandom random;
    private KeyReplication replication = new KeyReplication(Map.of());
    private boolean mayCreateKeyspaces;
    private Duration auditRetention = Duration.ZERO;
    private @Nullable Secret password;

    KeyRingSetup(KeyStatements statements, KeyNames names, SecureRandom random) {
        this.statements = statements;
        this.names = names;
        this.random = random;
    }

    /**
     * How many copies a data centre keeps of the keys, 1 to 20; may be said for several. One copy is a decision to lose
     * all keys with a node.
     */
    public KeyRingSetup replicas(String datacenter, int copies) {
        replication = replication.with(datacenter, copies);
        return this;
    }

    /** Whether the library may create the keyspaces of organisations; otherwise somebody else does. */
    public KeyRingSetup mayCreateKeyspaces(boolean on) {
        mayCreateKeyspaces = on;
        return this;
    }

    /** How long entries of the audit log stay, from a day on; zero for ever. Takes effect when its table is made. */
    public KeyRingSetup auditRetention(Duration retention) {
        if (retention.compareTo(Duration.ofDays(7_300)) > 0
                || (!retention.isZero() && retention.compareTo(Duration.ofDays(1)) < 0)) {
            throw new IllegalArgumentException(
                    "An audit retention of " + retention + " is neither zero nor from a day to 7,300 (20 years)");
        }
        auditRetention = retention;
        return this;
    }

    /** The password of the library's role, of at most 72 ASCII characters; a random one otherwise. Read by {@link #run}. */
    public KeyRingSetup password(Secret password) {
        this.password = password;
        return this;
    }

    /**
     * What {@link #run} would do, as CQL to be reviewed and run by somebody else, each statement with its reason in a
     * comment before it. The library's role has no password by it and cannot log in until it is given one.
     */
    public List<String> statements() {
        KeySchema schema = new KeySchema(names);
        List<String> all = new ArrayList<>();
        all.add("-- where keys are kept\n"
                + schema.keyspace(replication.resolved(statements.manager().cluster())) + ";");
        schema.tables(auditRetention).forEach(cql -> all.add(cql + ";"));
        schema.grants(mayCreateKeyspaces)
                .forEach(reasoned -> all.add("-- " + reasoned.reason() + "\n" + reasoned.cql() + ";"));
        return List.copyOf(all);
    }

    /**
     * Makes all of it. After a crash it may be run again; if the library's role was made by then and its password is known
     * to nobody, give it another by {@code ALTER ROLE … WITH PASSWORD}.
     *
     * @throws KeywharfException with code {@code cassandra.denied} when the manager's role is not a superuser, {@code
     *     key.too_few_nodes} when there are fewer nodes than copies
     */
    public IssuerLogin run() {
        KeySchema schema = new KeySchema(names);
        statements.command(
                schema.keyspace(replication.resolved(statements.manager().cluster())));
        schema.tables(auditRetention).forEach(statements::command);
        Optional<Secret> made = createIssuer();
        schema.grants(mayCreateKeyspaces).forEach(reasoned -> statements.command(reasoned.cql()));
        return new IssuerLogin(names.issuer(), made);
    }

    /** With its password immediately: a role that has none takes its first by ALTER, and the server limits how often. */
    private Optional<Secret> createIssuer() {
        boolean there = !statements
                .readNearby("SELECT role FROM system_auth.roles WHERE role = ?", names.issuer())
                .isEmpty();
        if (there) {
            return Optional.empty();
        }
        Secret chosen = password == null ? generated() : Secret.of(password.revealChars());
        new KeyRoles(statements, random).createLogin(names.issuer(), chosen, KeyPasswordHash.COST_OF_PASSWORDS);
        return Optional.of(chosen);
    }

    private Secret generated() {
        byte[] bytes = new byte[PASSWORD_BYTES];
        random.nextBytes(bytes);
        return Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    @Override
    public String toString() {
        return "KeyRingSetup[" + names.keyspace() + "]";
    }
}
