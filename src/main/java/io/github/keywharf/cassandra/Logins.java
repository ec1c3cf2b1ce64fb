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

/** Opens sessions of other users in the way a manager was opened. Thread-safe. */
final class Logins {
    private final CassandraBuilder recipe;
    private final SharedNetwork network;
    private @Nullable DriverConfig configuration;

    /**
     * As a manager was opened, but for the user and the keyspace.
     *
     * @param network that of the manager, which the other sessions use too
     */
    Logins(CassandraBuilder settings, SharedNetwork network) {
        this.recipe = settings.copy();
        this.network = network;
        // Taken into account when that manager was opened; they must not win over the user.
        recipe.environment.clear();
        recipe.credentials = null;
    }

    CassandraManager connect(String user, Secret password, Optional<String> keyspace, Set<String> known) {
        CassandraBuilder own = recipe.copy();
        // Not a copy of the password: it is read before this returns.
        own.credentials = CassandraCredentials.of(user, password);
        own.keyspace = keyspace.orElse(null);
        return Connecting.connect(own, configuration(known), network);
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
