package io.github.keywharf.cassandra.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.key.Actor;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the library's own role reaches. Who makes a role may make anybody a member of it, oneself too: whoever has stolen
 * the library's login can so read an organisation's data without a key. The library itself never does. Thread-safe.
 */
final class KeyReach {
    private static final Logger LOG = LoggerFactory.getLogger(KeyReach.class);

    private final KeyNames names;
    private final KeyRoles roles;
    private final KeyAudit audit;

    KeyReach(KeyNames names, KeyRoles roles, KeyAudit audit) {
        this.names = names;
        this.roles = roles;
        this.audit = audit;
    }

    /**
     * Ends the memberships by which the library's role reaches data, and says so in the audit log.
     *
     * @return how many
     * @throws KeywharfException the first of those that could not be ended; all others were
     */
    int repair(Actor by) {
        String issuer = names.issuer();
        if (!reaches(memberships(issuer, true))) {
            return 0;
        }
        int repaired = 0;
        KeywharfException failure = null;
        for (String group : memberships(issuer, false)) {
            if (names.opensData(group) || reaches(memberships(group, true))) {
                LOG.atWarn()
                        .addKeyValue("role", issuer)
                        .addKeyValue("group", group)
                        .log("The library's role was a member of a role that opens data, which it never makes itself:"
                                + " its password may be known to somebody else");
                try {
                    audit.found("reach", by, issuer + " was a member of " + group);
                    leave(issuer, group);
                    repaired++;
                } catch (KeywharfException e) {
                    if (failure == null) {
                        failure = e;
                    } else {
                        failure.addSuppressed(e);
                    }
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
        return repaired;
    }

    private void leave(String issuer, String group) {
        try {
            roles.leave(issuer, group);
        } catch (KeywharfException e) {
            if (!e.is(CassandraManager.DENIED)) {
                throw e;
            }
            // Whoever has stolen its login may have given that right away.
            throw new KeywharfException(
                    "key.cannot_revoke",
                    "role " + issuer,
                    "It is a member of " + group + ", which opens data, and may not end that itself; have an"
                            + " administrator run REVOKE " + KeyNames.cql(group) + " FROM " + KeyNames.cql(issuer)
                            + ", and give it a new password",
                    e);
        }
    }

    private boolean reaches(Set<String> groups) {
        return groups.stream().anyMatch(names::opensData);
    }

    private Set<String> memberships(String role, boolean deep) {
        try {
            return roles.memberships(role, deep);
        } catch (KeywharfException e) {
            // A role that an administrator made is not ours to look at; one that is not there is a member of nothing.
            if (Set.of(CassandraManager.DENIED, CassandraManager.INVALID_QUERY).contains(e.code())) {
                return Set.of();
            }
            throw e;
        }
    }
}
