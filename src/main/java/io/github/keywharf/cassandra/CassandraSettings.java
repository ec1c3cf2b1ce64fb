package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.config.TypedDriverOption;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.tls.TlsConfig;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link CassandraManager} was built with; the sessions of other users are derived from it.
 *
 * @param options how the driver connects and sends, without what the configuration file or our defaults say
 */
record CassandraSettings(
        Target target,
        Map<TypedDriverOption<?>, Object> options,
        @Nullable Path configuration,
        Duration patience,
        @Nullable Secret pageTokenKey,
        Work work,
        EventListener listener,
        InstantSource clock) {

    /** What is connected to, and as whom. */
    record Target(
            List<InetSocketAddress> contactPoints,
            @Nullable String localDatacenter,
            @Nullable String keyspacesRegion,
            @Nullable Path cloudBundle,
            @Nullable CassandraCredentials credentials,
            @Nullable TlsConfig tls,
            @Nullable String keyspace) {

        Target {
            contactPoints = List.copyOf(contactPoints);
        }

        boolean saysWhere() {
            return !contactPoints.isEmpty() || keyspacesRegion != null || cloudBundle != null;
        }

        Target withLogin(@Nullable CassandraCredentials login, @Nullable String name) {
            return new Target(contactPoints, localDatacenter, keyspacesRegion, cloudBundle, login, tls, name);
        }
    }

    CassandraSettings {
        options = Map.copyOf(options);
    }

    /** What was given for an option; null when nothing was. */
    @SuppressWarnings("unchecked") // each option was put in with a value of its own type
    <T> @Nullable T option(TypedDriverOption<T> option) {
        return (T) options.get(option);
    }

    CassandraSettings withTarget(Target other) {
        return new CassandraSettings(other, options, configuration, patience, pageTokenKey, work, listener, clock);
    }

    static Duration checkedTime(String option, Duration value) {
        return Checks.between(option, value, Duration.ofNanos(1), Duration.ofDays(1));
    }

    static int checkedPageSize(int rows) {
        return Checks.between("pageSize", rows, 1, 100_000);
    }

    static ConsistencyLevel serial(ConsistencyLevel level) {
        if (!level.isSerial()) {
            throw new IllegalArgumentException("The serial consistency is SERIAL or LOCAL_SERIAL, not " + level);
        }
        return level;
    }

    static String notBlank(String what, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException("The " + what + " is blank");
        }
        return value;
    }
}
