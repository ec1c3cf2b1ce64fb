package io.github.keywharf.cassandra;

import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.CassandraServer;

/** Managers of the server that the tests share. */
final class SharedCassandra {
    private SharedCassandra() {}

    /** A builder that logs the superuser in over TLS. */
    static CassandraManager.Builder builder() {
        return builder(CassandraServer.shared());
    }

    static CassandraManager.Builder builder(CassandraServer server) {
        return CassandraManager.builder()
                .contactPoint(server.host(), server.port())
                .localDatacenter(server.localDatacenter())
                .trust(server.caCertificate())
                .credentials(server.superuser(), Secret.of(server.superuserPassword()));
    }
}
