package io.github.keywharf.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.secret.Secret;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.testing.PostgresServer;
import org.junit.jupiter.api.Test;

class WithheldRightsTest {

    @Test
    void snapshot_is_taken_by_a_role_that_may_not_ask_for_the_clusters_identifier() {
        try (PostgresServer server = PostgresServer.start()) {
            server.execute(
                    "postgres",
                    "CREATE TABLE item (id int)",
                    "INSERT INTO item VALUES (7)",
                    "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC",
                    "REVOKE EXECUTE ON FUNCTION pg_control_checkpoint() FROM PUBLIC");
            server.createRole("postgres", "reader", "withheld", "GRANT SELECT ON item TO reader");
            try (PostgresDatabase database = PostgresDatabase.builder()
                            .host(server.host())
                            .port(server.port())
                            .database("postgres")
                            .credentials("reader", Secret.of("withheld"))
                            .build();
                    SourceSnapshot snapshot = database.source().snapshot()) {
                assertThat(snapshot.position().system()).startsWith("-/1/");
                assertThat(snapshot.read(ReadRequest.all("item")).toTable().size())
                        .isEqualTo(1);
            }
        }
    }
}
