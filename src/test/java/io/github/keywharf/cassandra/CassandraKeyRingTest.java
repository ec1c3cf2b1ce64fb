package io.github.keywharf.cassandra;

import static io.github.keywharf.cassandra.KeyServer.FROM;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.Organisation;
import io.github.keywharf.key.AccessKey;
import org.junit.jupiter.api.Test;

class CassandraKeyRingTest {
    private final KeyServer server = KeyServer.shared();
    private final CassandraKeyRing ring = server.ring();

    @Test
    void a_key_opens_its_organisations_keyspace() {
        Organisation acme = server.admitted();
        try (AccessKey key = server.issue(acme);
                CassandraManager theirs = ring.open(key.reveal(), FROM)) {
            assertThat(theirs.execute("SELECT text FROM note WHERE id = 1")
                            .one()
                            .orElseThrow()
                            .string("text"))
                    .isEqualTo("of " + acme);
        }
    }
}
