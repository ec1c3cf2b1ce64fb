package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.pipeline.PipelineStep;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.testing.PostgresServer;
import io.github.keywharf.testing.totesys.WarehouseComparison;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The pipeline from a source of the oldest version that is supported, which the live Totesys is of. */
class OldestSourceTest {

    private static PostgresServer server;

    @BeforeAll
    static void start() {
        Optional<Path> binaries = PostgresServer.oldestBinaries();
        assumeTrue(
                binaries.isPresent(),
                "PostgreSQL 13 is fetched by Maven, on Linux and amd64 only; there is no oldest-postgres.classpath");
        server = PostgresServer.start(
                options -> options.binaries(binaries.orElseThrow()).logicalReplication());
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @EnumSource(ChangeDetection.class)
    void it_is_read_with_every_way_of_finding_changes(ChangeDetection detection) throws SQLException {
        try (PipelineFixture warehouse = PipelineFixture.startEmpty();
                PipelineFixture old = PipelineFixture.on(server)) {
            TotesysPipeline pipeline = warehouse.pipeline(builder ->
                    builder.name(old.sourceName).source(old.source.source()).detection(detection));
            try (Connection source = old.source()) {
                assertThat(PipelineFixture.list(source, "SHOW server_version").get(0))
                        .startsWith("13.");
            }
            old.inSource("UPDATE payment SET payment_amount = 'NaN' WHERE payment_id = 6");
            pipeline.run();
            old.inSource(
                    "UPDATE payment SET paid = NOT paid, last_updated = now() AT TIME ZONE 'UTC' WHERE payment_id = 5",
                    "UPDATE staff SET first_name = 'Renamed', last_updated = now() AT TIME ZONE 'UTC'"
                            + " WHERE staff_id = 1");
            RunReport report = pipeline.run();
            assertThat(report.table(PipelineStep.EXTRACT, "payment")
                            .orElseThrow()
                            .written())
                    .isPositive();
            pipeline.reconcile();
            try (Connection from = old.source();
                    Connection to = warehouse.warehouse()) {
                assertThat(new WarehouseComparison()
                                .rejected("fact_payment", List.of(6))
                                .compare(from, to))
                        .isEmpty();
            }
        }
    }
}
