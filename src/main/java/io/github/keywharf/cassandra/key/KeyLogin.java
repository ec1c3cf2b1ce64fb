package io.github.keywharf.cassandra.key;

import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.secret.Secret;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Opens a session as a key's role; see {@link CassandraManager#loginAs}. */
@FunctionalInterface
interface KeyLogin {
    CassandraManager logIn(String role, Secret password, @Nullable String keyspace, Set<String> known);
}
