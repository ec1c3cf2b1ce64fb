package io.github.keywharf.cassandra.key;

import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.secret.Secret;
import org.jspecify.annotations.Nullable;

/**
 * Opens a session as another role, for rings whose own session was opened by the host: what
 * {@link CassandraManager#of(com.datastax.oss.driver.api.core.CqlSession)} was given does not show how.
 */
@FunctionalInterface
public interface KeyConnector {

    /**
     * Logs in.
     *
     * @param role who to log in as
     * @param password its password, closed by the caller afterwards
     * @param keyspace keyspace of unqualified names, or null
     * @return a manager whose {@code close()} ends its session
     */
    CassandraManager connect(String role, Secret password, @Nullable String keyspace);
}
