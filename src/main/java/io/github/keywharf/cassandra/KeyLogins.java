package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.config.DriverConfig;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.config.OptionsMap;
import com.datastax.oss.driver.api.core.config.TypedDriverOption;
import io.github.keywharf.secret.Secret;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Logs in as the role of a key, in the way a manager was opened. Thread-safe. */
final class KeyLogins implements KeyConnector {
    /** For a manager over a session that the host opened. */
    static final KeyConnector UNKNOWN = (role, password, keyspace) -> {
        throw new IllegalStateException(
                "The ring's manager is over a session of the host's, which does not show how to log"
                        + " in as another role; say so by KeyRingOptions.connector(…)");
    };

    private final CassandraBuilder recipe;
    private final SharedNetwork network;
    private @Nullable DriverConfig configuration;

    /**
     * As a manager was opened, but for the user and the keyspace.
     *
     * @param network that of the manager, which the sessions of keys use too
     */
    KeyLogins(CassandraBuilder settings, SharedNetwork network) {
        this.recipe = settings.copy();
        this.network = network;
        // Taken into account when that manager was opened; they must not win over the role.
        recipe.environment.clear();
        recipe.credentials = null;
    }

    @Override
    public CassandraManager connect(String role, Secret password, Optional<String> keyspace) {
        return connect(role, password, keyspace, Set.of());
    }

    /**
     * Logs in.
     *
     * @param keyspaces those whose tables the session is to know; none for all. What a session knows of others takes memory
     *     in each, and time when it opens.
     */
    CassandraManager connect(String role, Secret password, Optional<String> keyspace, Set<String> keyspaces) {
        CassandraBuilder own = recipe.copy();
        // Not a copy of the password: it is read before this returns.
        own.credentials = CassandraCredentials.of(role, password);
        own.keyspace = keyspace.orElse(null);
        return Connecting.connect(own, configuration(keyspaces), network);
    }

    private DriverConfigLoader configuration(Set<String> keyspaces) {
        DriverConfigLoader all = new FixedConfiguration(configuration());
        if (keyspaces.isEmpty()) {
            return all;
        }
        OptionsMap options = new OptionsMap();
        options.put(TypedDriverOption.METADATA_SCHEMA_REFRESHED_KEYSPACES, List.copyOf(keyspaces));
        return DriverConfigLoader.compose(DriverConfigLoader.fromMap(options), all);
    }

    private synchronized DriverConfig configuration() {
        if (configuration == null) {
            configuration = DriverOptions.of(recipe).getInitialConfig();
        }
        return configuration;
    }
}
