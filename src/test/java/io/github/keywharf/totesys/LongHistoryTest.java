package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.testing.PostgresServer;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** A run costs the same however many there were before it. */
class LongHistoryTest {

    private static final long LOADED = 300_000;

    private static long rowsRead(PipelineFixture fixture) throws SQLException {
        return fixture.number("SELECT seq_tup_read + COALESCE(idx_tup_fetch, 0) FROM pg_stat_user_tables"
                + " WHERE relname = 'keywharf_batch'");
    }

    @Test
    void runs_read_a_few_entries_of_a_long_list_of_loaded_batches() throws Exception {
        // Statistics of other tests' servers come late; of this one they are there when its sessions have ended.
        try (PostgresServer server = PostgresServer.start();
                PipelineFixture fixture = PipelineFixture.on(server)) {
            TotesysPipeline pipeline = fixture.pipeline();
            pipeline.run();
            fixture.inWarehouse(
                    "INSERT INTO keywharf_batch (flow, batch) SELECT 'totesys', -i FROM generate_series(1, " + LOADED
                            + ") i",
                    "INSERT INTO keywharf_batch (flow, batch) SELECT 'other', i FROM generate_series(1, 1000) i",
                    "ANALYZE keywharf_batch",
                    "SELECT pg_stat_reset()");
            for (int i = 0; i < 5; i++) {
                fixture.inSource("UPDATE sales_order SET units_sold = " + i + " WHERE sales_order_id = 3");
                assertThat(pipeline.run().loaded()).hasSize(1);
            }
            pipeline.run();
            fixture.warehouse.close();

            long end = System.nanoTime() + java.util.concurrent.TimeUnit.SECONDS.toNanos(30);
            while (rowsRead(fixture) == 0 && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            assertThat(rowsRead(fixture)).isBetween(1L, 200L);
        }
    }

    @Test
    void a_zone_that_knows_fewer_batches_than_the_warehouse_is_refused() throws SQLException {
        try (PipelineFixture fixture = PipelineFixture.start()) {
            TotesysPipeline pipeline = fixture.pipeline();
            pipeline.run();
            fixture.inWarehouse("INSERT INTO keywharf_batch (flow, batch) VALUES ('totesys', 7)");
            assertThatThrownBy(pipeline::run)
                    .isInstanceOfSatisfying(
                            KeywharfException.class,
                            e -> assertThat(e.code()).isEqualTo("totesys.zone_behind_warehouse"));
        }
    }
}
