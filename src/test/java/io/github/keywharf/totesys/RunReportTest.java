package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.pipeline.PipelineStep;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.pipeline.TableReport;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunReportTest {

    @Test
    void a_table_that_was_emptied_has_a_line() throws SQLException {
        try (PipelineFixture fixture = PipelineFixture.start()) {
            TotesysPipeline pipeline = fixture.pipeline();
            pipeline.run();
            long payments = fixture.count("fact_payment");
            fixture.inSource("TRUNCATE payment");
            RunReport report = pipeline.reconcileAllowingDeletions(List.of("payment"));

            assertThat(payments).isPositive();
            assertThat(report.deleted()).isEqualTo(payments);
            assertThat(report.table(PipelineStep.LOAD, "fact_payment")
                            .orElseThrow()
                            .deleted())
                    .isEqualTo(payments);
            assertThat(report.toString().lines().filter(line -> line.contains("fact_payment")))
                    .hasSize(1)
                    .allMatch(line -> line.contains(String.valueOf(payments)));
            assertThat(report.toString()).doesNotContain("  dim_date ");
            assertThat(report.toString().lines()).allMatch(line -> line.length() <= 80);
        }
    }

    @Test
    void what_a_run_did_for_a_table_is_one_figure_for_all_its_batches_and_kinds_of_change() throws SQLException {
        try (PipelineFixture fixture = PipelineFixture.start()) {
            TotesysPipeline pipeline = fixture.pipeline(
                    builder -> builder.name(fixture.sourceName).detection(ChangeDetection.LOGICAL_REPLICATION));
            pipeline.run();
            fixture.inSource("UPDATE payment SET payment_amount = 1 WHERE payment_id IN (3, 4)");
            pipeline.extract();
            fixture.inSource(
                    "UPDATE payment SET payment_amount = 2 WHERE payment_id = 3",
                    "DELETE FROM payment WHERE payment_id = 5");
            TableReport report =
                    pipeline.run().table(PipelineStep.LOAD, "fact_payment").orElseThrow();

            assertThat(report.written()).isEqualTo(3);
            assertThat(report.deleted()).isEqualTo(1);
        }
    }
}
