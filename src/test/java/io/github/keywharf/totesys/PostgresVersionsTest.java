package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.testing.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pipeline with its source and its warehouse on versions beside the one that all other tests run on. */
class PostgresVersionsTest {

    private static final Map<Integer, PostgresServer> SERVERS = new HashMap<>();

    private static PostgresServer server(int version) {
        Optional<Path> binaries = PostgresServer.binaries(version);
        assumeTrue(
                binaries.isPresent(),
                "PostgreSQL " + version + " is fetched by Maven, on Linux and amd64 only; there is no postgres-"
                        + version + ".classpath");
        return SERVERS.computeIfAbsent(
                version,
                any -> PostgresServer.start(
                        options -> options.binaries(binaries.orElseThrow()).logicalReplication()));
    }

    @AfterAll
    static void stop() {
        SERVERS.values().forEach(PostgresServer::close);
        SERVERS.clear();
    }

    @ParameterizedTest
    @CsvSource({
        "14, TRANSACTION_ID",
        "14, LAST_UPDATED",
        "14, LOGICAL_REPLICATION",
        "15, TRANSACTION_ID",
        "15, LOGICAL_REPLICATION",
        "16, TRANSACTION_ID",
        "16, LOGICAL_REPLICATION",
        "18, TRANSACTION_ID",
        "18, LAST_UPDATED",
        "18, LOGICAL_REPLICATION"
    })
    void changes_and_deletions_arrive(int version, ChangeDetection detection) throws SQLException {
        boolean fed = detection == ChangeDetection.LOGICAL_REPLICATION;
        try (PipelineFixture fixture = PipelineFixture.on(server(version))) {
            TotesysPipeline pipeline =
                    fixture.pipeline(builder -> builder.name(fixture.sourceName).detection(detection));
            try (Connection source = fixture.source()) {
                assertThat(PipelineFixture.list(source, "SHOW server_version").get(0))
                        .startsWith(version + ".");
            }
            fixture.inSource("ALTER TABLE payment ADD COLUMN twice numeric(12,2) GENERATED ALWAYS AS"
                    + " (payment_amount * 2) STORED");
            pipeline.run();
            String touch = ", last_updated = now() AT TIME ZONE 'UTC' WHERE payment_id = 5";
            fixture.inSource(
                    "UPDATE payment SET payment_amount = 1111" + touch,
                    "UPDATE payment SET payment_amount = 2222" + touch,
                    "DELETE FROM payment WHERE payment_id = 6");
            pipeline.run();
            List<String> amounts = fixture.list(
                    "SELECT payment_amount FROM fact_payment WHERE payment_id = 5 ORDER BY payment_record_id");
            // A generated column is in the log from 18 on; where it is not, the row is read as it is then.
            assertThat(amounts).endsWith("2222.00").hasSize(fed && version >= 18 ? 3 : 2);
            pipeline.reconcile();
            assertThat(fixture.differences(comparison -> comparison.deleted("fact_payment", List.of(6))))
                    .isEmpty();
        }
    }
}
