package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.pipeline.PipelineStep;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.testing.totesys.TotesysTorture;
import io.github.keywharf.testing.totesys.WriterLoad;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Six writers with long transactions, savepoints and rollbacks change the source while a pipeline polls it without a
 * pause. When they have stopped and one more run is done, no row is missing and none is stale.
 *
 * <p>{@code -Dkeywharf.writers.seconds=30} lets them write longer than the {@value #SECONDS} seconds of every build.
 */
class ConcurrentWritersIT extends PipelineTestCase {

    private static final int SECONDS = 10;
    private static final int WRITERS = 6;

    /** Longer than the longest transaction, however busy the machine is. */
    private static final Duration LOOKBACK = Duration.ofMinutes(2);

    @Test
    void by_transaction_ids_nothing_is_missing_or_stale() throws SQLException {
        poll(ChangeDetection.TRANSACTION_ID);
        assertThat(fixture.differences()).isEmpty();
        assertThatNoVersionRepeatsTheOneBefore();
    }

    @Test
    void by_logical_replication_nothing_is_missing_or_stale() throws SQLException {
        poll(ChangeDetection.LOGICAL_REPLICATION);
        assertThat(fixture.differences()).isEmpty();
        assertThatNoVersionRepeatsTheOneBefore();
    }

    @Test
    void by_windows_nothing_is_missing_and_only_silent_changes_are_stale_until_it_reconciles() throws SQLException {
        TotesysPipeline pipeline = poll(ChangeDetection.LAST_UPDATED);
        for (String table : List.of("sales_order", "purchase_order", "payment")) {
            String fact = table.equals("purchase_order") ? "fact_purchase_orders" : "fact_" + table;
            try (Connection source = fixture.source()) {
                assertThat(fixture.list("SELECT DISTINCT " + table + "_id FROM " + fact + " ORDER BY 1"))
                        .isEqualTo(
                                PipelineFixture.list(source, "SELECT " + table + "_id FROM " + table + " ORDER BY 1"));
            }
        }
        assertThat(fixture.differences(comparison ->
                        comparison.only("fact_purchase_orders", "fact_payment", "dim_transaction", "dim_date")))
                .isEmpty();
        assertThat(fixture.differences(comparison -> comparison.only("fact_sales_order")))
                .as("what only silent changes touch")
                .allMatch(line -> line.contains("units_sold") || line.endsWith("differences in all"));

        pipeline.reconcile();

        assertThat(fixture.differences()).isEmpty();
        assertThatNoVersionRepeatsTheOneBefore();
    }

    @Test
    void a_window_without_a_lookback_misses_what_is_committed_after_it_was_read() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(
                builder -> builder.detection(ChangeDetection.LAST_UPDATED).lookback(Duration.ZERO));
        int missed;
        try (Connection source = fixture.source();
                TotesysTorture.LateCommit late =
                        fixture.torture.lateCommit(source, LocalDateTime.now(ZoneOffset.UTC))) {
            missed = late.keys().orderId();
            pipeline.run();
            late.commit();
        }
        pipeline.run();

        assertThat(fixture.differences(comparison -> comparison.only("fact_sales_order")))
                .containsExactly("fact_sales_order " + missed + ": missing in the warehouse");
    }

    private TotesysPipeline poll(ChangeDetection detection) throws SQLException {
        TotesysPipeline pipeline =
                fixture.pipeline(builder -> builder.detection(detection).lookback(LOOKBACK));
        long end = System.nanoTime()
                + Duration.ofSeconds(Integer.getInteger("keywharf.writers.seconds", SECONDS))
                        .toNanos();
        long rows = 0;
        int runs = 0;
        int batches = 0;
        WriterLoad.Counters written;
        try (WriterLoad load = WriterLoad.start(fixture::source, WRITERS, 42)) {
            while (System.nanoTime() < end) {
                RunReport report = pipeline.run();
                rows += report.written(PipelineStep.EXTRACT);
                batches += report.loaded().size();
                runs++;
            }
            written = load.stop();
        }
        RunReport last = pipeline.run();
        assertThat(written.failures())
                .as(String.valueOf(written.firstFailure()))
                .isZero();
        assertThat(written.committed()).isGreaterThan(10);
        System.out.printf(
                "ConcurrentWritersIT %s: %d runs, %d batches, %d rows read, %d versions of sales orders; %s%n",
                detection,
                runs + 1,
                batches + last.loaded().size(),
                rows + last.written(PipelineStep.EXTRACT),
                fixture.count("fact_sales_order"),
                written);
        return pipeline;
    }

    private void assertThatNoVersionRepeatsTheOneBefore() throws SQLException {
        for (List<String> fact : List.of(
                List.of("fact_sales_order", "sales_record_id", "sales_order_id"),
                List.of("fact_purchase_orders", "purchase_record_id", "purchase_order_id"),
                List.of("fact_payment", "payment_record_id", "payment_id"))) {
            assertThat(fixture.list("SELECT key FROM (SELECT " + fact.get(2) + " AS key, to_jsonb(f) - '" + fact.get(1)
                            + "' AS row, lag(to_jsonb(f) - '" + fact.get(1) + "') OVER (PARTITION BY " + fact.get(2)
                            + " ORDER BY " + fact.get(1) + ") AS earlier FROM " + fact.get(0)
                            + " f) v WHERE row = earlier"))
                    .as(fact.get(0))
                    .isEmpty();
        }
    }
}
