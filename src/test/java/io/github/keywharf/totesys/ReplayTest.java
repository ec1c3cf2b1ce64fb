package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.pipeline.PipelineStep;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.pipeline.WarehouseMode;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchKind;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Replays into warehouses whose orders have several versions; SQL that knows nothing of the library judges. */
class ReplayTest extends PipelineTestCase {

    /** Of each order its versions as texts, oldest first: by batch of origin, as the control table has it for late ones. */
    private static final String VERSIONS = """
        SELECT f.sales_order_id || ': ' || string_agg((to_jsonb(f) - 'sales_record_id')::text, ' | '
                 ORDER BY coalesce(l.after_record_id, f.sales_record_id), coalesce(l.batch, 0), f.sales_record_id)
        FROM fact_sales_order f LEFT JOIN keywharf_late_version l
          ON l.table_name = 'fact_sales_order' AND l.record_id = f.sales_record_id
        GROUP BY f.sales_order_id ORDER BY f.sales_order_id\
        """;

    private static final String CURRENT =
            "SELECT to_jsonb(c) - 'sales_record_id' FROM current_sales_order c ORDER BY sales_order_id";

    private void deleteInSource(int order) throws SQLException {
        try (Connection source = fixture.source()) {
            fixture.torture.deleteOrder(source, order);
        }
    }

    private List<String> units(int order) throws SQLException {
        return fixture.list("SELECT units_sold FROM current_sales_order WHERE sales_order_id = " + order);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void versions_that_come_back_stand_where_they_stood(int seed) throws SQLException {
        Random random = new Random(seed);
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.pipelined(seed % 2 == 0));
        pipeline.run();
        for (int batch = 2; batch <= 5; batch++) {
            for (int order = 3; order < 13; order++) {
                if (random.nextBoolean()) {
                    // Few values, so that orders go back to what they were.
                    sell(order, 1_000 + random.nextInt(3));
                }
            }
            pipeline.run();
        }
        long batches = pipeline.listBatches(1).get(0).number();
        List<String> versions = fixture.list(VERSIONS);
        List<String> current = fixture.list(CURRENT);
        assertThat(versions).anySatisfy(line -> assertThat(line.split(" \\| ")).hasSizeGreaterThan(3));

        for (int round = 0; round < 3; round++) {
            fixture.inWarehouse("DELETE FROM fact_sales_order WHERE sales_order_id BETWEEN 3 AND 14"
                    + " AND (sales_record_id * 7919 + " + random.nextInt(1_000) + ") % 3 < 2");
            List<Long> order = new ArrayList<>();
            for (long batch = 1; batch <= batches; batch++) {
                order.add(batch);
            }
            Collections.shuffle(order, random);
            for (long batch : order) {
                pipeline.replay(batch, batch);
            }

            assertThat(fixture.list(VERSIONS)).isEqualTo(versions);
            assertThat(fixture.list(CURRENT)).isEqualTo(current);
        }
        RunReport again = pipeline.replay(1, batches);
        assertThat(again.written(PipelineStep.LOAD))
                .as("rows that a replay adds to a whole warehouse")
                .isZero();
        assertThat(pipeline.reconcile()
                        .table(PipelineStep.LOAD, "fact_sales_order")
                        .orElseThrow()
                        .written())
                .isZero();
        sell(4, 77_777);
        pipeline.run();
        assertThat(units(4)).containsExactly("77777");
        pipeline.backfill(LocalDateTime.of(2024, 5, 1, 0, 0), LocalDateTime.of(2024, 6, 1, 0, 0));
        assertThat(units(4)).containsExactly("77777");
    }

    @ParameterizedTest
    @EnumSource(WarehouseMode.class)
    void an_old_batch_does_not_bring_back_what_was_deleted_since(WarehouseMode mode) throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.mode(mode));
        pipeline.run();
        sell(3, 2_222);
        pipeline.run();
        deleteInSource(3);
        pipeline.reconcile();
        assertThat(units(3)).isEmpty();
        fixture.inWarehouse("DELETE FROM fact_sales_order WHERE sales_order_id = 3");

        pipeline.replay(1, 1);
        assertThat(units(3)).isEmpty();
        pipeline.replay(1, 2);

        assertThat(units(3)).isEmpty();
        assertThat(fixture.number("SELECT count(*) FROM fact_sales_order WHERE sales_order_id = 3"))
                .isEqualTo(mode == WarehouseMode.HISTORY ? 2 : 0);
        assertThat(fixture.differences(comparison -> comparison.deleted("fact_sales_order", List.of(3))))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(WarehouseMode.class)
    void a_version_that_was_never_stored_is_not_current_when_its_order_is_gone(WarehouseMode mode) throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.mode(mode));
        pipeline.run();
        // As if the row had been rejected: the deletion then finds nothing to note.
        fixture.inWarehouse("DELETE FROM fact_sales_order WHERE sales_order_id = 3");
        deleteInSource(3);
        pipeline.reconcile();

        RunReport report = pipeline.replay(1, 1);

        assertThat(report.ingested()).extracting(Batch::kind).containsExactly(BatchKind.RECONCILIATION);
        assertThat(units(3)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(WarehouseMode.class)
    void a_replay_of_a_part_leaves_the_newest_state_current(WarehouseMode mode) throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.mode(mode));
        pipeline.run();
        for (int units : new int[] {1_111, 2_222, 3_333}) {
            sell(3, units);
            pipeline.run();
        }
        fixture.inWarehouse("DELETE FROM fact_sales_order WHERE sales_order_id = 3");

        pipeline.replay(1, 2);

        assertThat(units(3)).containsExactly("3333");
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void a_warehouse_of_an_earlier_version_is_brought_up_to_date() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.run();
        sell(3, 2_222);
        pipeline.run();
        fixture.inWarehouse(
                "CREATE OR REPLACE VIEW current_sales_order AS SELECT f.* FROM (SELECT DISTINCT ON (sales_order_id) *"
                        + " FROM fact_sales_order ORDER BY sales_order_id, sales_record_id DESC) f WHERE NOT EXISTS"
                        + " (SELECT FROM keywharf_deletion d WHERE d.table_name = 'fact_sales_order'"
                        + " AND d.restored_at IS NULL AND d.key_value = f.sales_order_id::text"
                        + " AND d.last_record_id >= f.sales_record_id)",
                "DROP VIEW current_purchase_orders, current_payment",
                "DROP TABLE keywharf_late_version",
                "UPDATE keywharf_batch SET note = note - 'last_record_id'",
                "DELETE FROM fact_sales_order WHERE sales_order_id = 3 AND units_sold <> 2222");

        assertThat(pipeline.plan().warehouse()).containsOnlyKeys("keywharf_late_version", "current_sales_order");
        sell(4, 4_444);
        pipeline.run();
        assertThat(units(4)).containsExactly("4444");
        assertThatThrownBy(() -> pipeline.replay(1, 1))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("postgres.no_control_tables"))
                .hasMessageContaining("keywharf_late_version")
                .hasMessageContaining("create the warehouse again");

        assertThat(pipeline.createWarehouse()).hasSize(4);
        assertThat(pipeline.plan().warehouse()).isEmpty();
        pipeline.replay(1, 1);
        assertThat(units(3)).as("the version of an unknown place is the oldest").containsExactly("2222");
        assertThat(fixture.number("SELECT count(*) FROM fact_sales_order WHERE sales_order_id = 3"))
                .isEqualTo(2);
        assertThat(pipeline.createWarehouse()).isEmpty();
    }
}
