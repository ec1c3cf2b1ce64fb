package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.pipeline.RunReport;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What others do in the warehouse must not stop the source's application. */
class BusyWarehouseTest extends PipelineTestCase {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Timeout(120)
    void the_source_is_let_go_while_a_load_waits_for_a_lock(boolean pipelined) throws Exception {
        TotesysPipeline pipeline =
                fixture.pipeline(builder -> builder.pipelined(pipelined).lockWait(Duration.ofSeconds(1)));
        pipeline.run();
        sell(3, 1111);
        CompletableFuture<RunReport> run;
        try (Connection other = fixture.warehouse();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE fact_sales_order");
            run = CompletableFuture.supplyAsync(pipeline::run);
            awaitWaiting();
            fixture.inSource(
                    "SET lock_timeout = '10s'",
                    "ALTER TABLE sales_order ADD COLUMN note text",
                    "UPDATE staff SET staff_id = 1" + " WHERE staff_id = 1");
            assertThat(run).isNotDone();
            other.rollback();
        }
        RunReport report = run.get(60, TimeUnit.SECONDS);

        assertThat(report.loaded()).hasSize(1);
        assertThat(fixture.named("totesys.load.staged")).hasSize(pipelined ? 1 : 0);
        assertThat(fixture.named("totesys.step.failed")).isEmpty();
        assertThat(fixture.list("SELECT units_sold FROM current_sales_order WHERE sales_order_id = 3"))
                .containsExactly("1111");
        assertThat(fixture.differences()).isEmpty();
    }

    private void awaitWaiting() throws SQLException, InterruptedException {
        while (fixture.number(
                        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'fact_sales_order'::regclass")
                == 0) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
