package io.github.keywharf.cassandra.key;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import io.github.keywharf.Organisation;
import io.github.keywharf.internal.Cut;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How roles and keyspaces are called. Each name that a host gives is checked here, or quoted.
 *
 * @param keyspace of the ring's own tables
 */
record KeyNames(String keyspace) {

    /** With {@code _issuer} behind it the name still fits the 48 characters that keyspaces and roles are kept to. */
    private static final Pattern KEYSPACE = Pattern.compile("[a-z][a-z0-9_]{0,40}");

    private static final Pattern ANY_KEYSPACE = Pattern.compile("\\w{1,48}");
    private static final Pattern SYSTEM = Pattern.compile("(?i)system(_.*)?|dse_.*|solr_admin");

    KeyNames {
        if (!KEYSPACE.matcher(keyspace).matches()) {
            throw new IllegalArgumentException("'" + Cut.printable(keyspace, 61)
                    + "' is not a name for the keyspace of keys; use 1 to 41 lower-case letters, digits and underscores,"
                    + " and begin with a letter");
        }
        if (SYSTEM.matcher(keyspace).matches()) {
            throw new IllegalArgumentException("'" + keyspace + "' is a name of the server's own");
        }
    }

    /** The role that the library itself logs in as. */
    String issuer() {
        return keyspace + "_issuer";
    }

    /** The role that the Admin's key is a member of. */
    String admin() {
        return keyspace + "_admin";
    }

    /**
     * The role that an organisation's keys are members of. Roles are of the whole cluster, so the ring is part of the name;
     * a colon is in no name of a ring or an organisation, so no two of them make the same name.
     */
    String role(Organisation organisation) {
        return keyspace + ":" + organisation.id();
    }

    /** Whether a role opens data of this ring's organisations to its members. */
    boolean opensData(String role) {
        return role.startsWith(keyspace + ":") || role.equals(admin());
    }

    /** The role that a key logs in as. */
    static String roleOfKey(String id) {
        return "key_" + id;
    }

    /** The role that keys of an organisation are members of, or the Admin's key. */
    String group(Optional<Organisation> organisation) {
        return organisation.map(this::role).orElse(admin());
    }

    String table(String name) {
        return keyspace + "." + name;
    }

    /** The name of an organisation's keyspace, as it is. */
    String checked(String name) {
        if (!ANY_KEYSPACE.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + Cut.printable(name, 61)
                    + "' is not a name of a keyspace; use 1 to 48 letters, digits and underscores");
        }
        if (SYSTEM.matcher(name).matches() || name.equals(keyspace)) {
            throw new IllegalArgumentException("The keyspace " + name + " can belong to no organisation");
        }
        return name;
    }

    /** A name as CQL has it. */
    static String cql(String name) {
        return CqlIdentifier.fromInternal(name).asCql(true);
    }

    /** A name as CQL always has it in quotes, and as the server writes it in {@code <keyspace x>}. */
    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
