package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.testing.PgBouncer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The pipeline with PgBouncer in transaction mode before source and warehouse. */
class PooledPipelineTest {

    @ParameterizedTest
    @EnumSource(ChangeDetection.class)
    void a_pipeline_runs_through_it_with_every_way_of_finding_changes(ChangeDetection detection) throws SQLException {
        Optional<Path> program = PgBouncer.program();
        assumeTrue(program.isPresent(), "there is no PgBouncer on this machine; install the package pgbouncer");
        try (PipelineFixture fixture = PipelineFixture.start();
                PgBouncer pooler = PgBouncer.start(program.orElseThrow(), fixture.server, "transaction");
                PostgresDatabase source = pooler.database(fixture.sourceName).build();
                PostgresDatabase warehouse =
                        pooler.database(fixture.warehouseName).build()) {
            TotesysPipeline pipeline = fixture.pipeline(builder -> builder.name(fixture.sourceName)
                    .source(source.source())
                    .warehouse(warehouse.warehouse())
                    .detection(detection));
            for (int i = 1; i <= 6; i++) {
                fixture.inSource("UPDATE payment SET payment_amount = " + i
                        + ", last_updated = now() AT TIME ZONE 'UTC' WHERE payment_id = 5");
                pipeline.run();
                assertThat(fixture.list("SELECT payment_amount FROM current_payment WHERE payment_id = 5"))
                        .containsExactly(i + ".00");
            }
            assertThat(fixture.differences()).isEmpty();
        }
    }
}
