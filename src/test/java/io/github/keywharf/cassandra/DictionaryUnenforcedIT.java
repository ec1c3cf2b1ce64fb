package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.dictionary.DataDictionary;
import io.github.keywharf.dictionary.DictionaryScope;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.CassandraServer;
import org.junit.jupiter.api.Test;

class DictionaryUnenforcedIT {

    @Test
    void where_rights_are_not_enforced_everyone_is_shown_all() {
        try (CassandraServer server = CassandraServer.builder()
                .option("authorizer: AllowAllAuthorizer")
                .start()) {
            String keyspace = server.createKeyspace("open");
            server.createUser("anyone", "a password");
            try (CassandraManager anyone = CassandraManager.builder()
                    .contactPoint(server.host(), server.port())
                    .localDatacenter(server.localDatacenter())
                    .credentials("anyone", Secret.of("a password"))
                    .connect()) {
                DataDictionary seen = anyone.dictionary().read();

                assertThat(seen.scope().kind()).isEqualTo(DictionaryScope.Kind.UNENFORCED);
                assertThat(seen.complete()).isTrue();
                assertThat(seen.findKeyspace(keyspace)).isPresent();
                assertThat(seen.grants()).isEmpty();
            }
        }
    }
}
