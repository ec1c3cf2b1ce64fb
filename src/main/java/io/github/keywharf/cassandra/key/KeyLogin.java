package io.github.keywharf.cassandra.key;

import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.secret.Secret;
import java.util.Optional;
import java.util.Set;

/** Opens a session as a key's role; see {@link CassandraManager#loginAs}. */
@FunctionalInterface
interface KeyLogin {
    CassandraManager logIn(String role, Secret password, Optional<String> keyspace, Set<String> known);
}
