package io.github.keywharf.cassandra;

/** Ways to log in as a key's role. */
final class KeyLogins {
    /** For a manager over a session that the host opened. */
    static final KeyConnector UNKNOWN = (role, password, keyspace) -> {
        throw new IllegalStateException(
                "The ring's manager is over a session of the host's, which does not tell how to log"
                        + " in as another role; say so by KeyRingOptions.connector(…)");
    };

    private KeyLogins() {}

    /** As a manager was opened, but for the user and the keyspace. */
    static KeyConnector like(CassandraBuilder settings) {
        CassandraBuilder recipe = settings.copy();
        // Taken into account when that manager was opened; they must not win over the role.
        recipe.environment.clear();
        recipe.credentials = null;
        return (role, password, keyspace) -> {
            CassandraBuilder own = recipe.copy().credentials(role, password);
            own.keyspace = keyspace.orElse(null);
            return own.connect();
        };
    }
}
