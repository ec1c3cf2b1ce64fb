package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.config.DriverConfig;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.config.OptionsMap;
import com.datastax.oss.driver.api.core.config.TypedDriverOption;
import io.github.keywharf.secret.Secret;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Opens sessions of other users in the way a manager was opened. Thread-safe. */
final class Logins {
    private final CassandraSettings settings;
    private final SharedNetwork network;
    private @Nullable DriverConfig configuration;

    /**
     * As a manager was opened, but for the user and the keyspace.
     *
     * @param network that of the manager, which the other sessions use too
     */
    Logins(CassandraSettings settings, SharedNetwork network) {
        this.settings = settings.withTarget(settings.target().withLogin(null, null));
        this.network = network;
    }

    CassandraManager connect(String user, Secret password, @Nullable String keyspace, Set<String> known) {
        // Not a copy of the password: it is read before this returns.
        CassandraCredentials login = CassandraCredentials.of(user, password);
        return Connecting.connect(
                settings.withTarget(settings.target().withLogin(login, keyspace)), configuration(known), network);
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
            configuration = DriverOptions.of(settings).getInitialConfig();
        }
        return configuration;
    }
}
