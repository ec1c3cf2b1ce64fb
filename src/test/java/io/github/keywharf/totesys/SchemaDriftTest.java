package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.pipeline.PipelineStep;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.pipeline.TableReport;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaDriftTest extends PipelineTestCase {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_missing_column_stops_its_table_and_lets_the_rest_go_on(boolean pipelined) throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.pipelined(pipelined));
        pipeline.run();
        fixture.inSource(
                "ALTER TABLE design RENAME COLUMN file_name TO file_title",
                "UPDATE staff SET first_name = 'Zenobia' WHERE staff_id = 1",
                "UPDATE design SET file_location = '/moved' WHERE design_id = 1");

        RunReport report = pipeline.run();

        assertThat(report.stopped()).containsOnlyKeys("design");
        assertThat(report.lags().get("design")).isGreaterThan(report.lags().get("sales_order"));
        assertThat(report.lags().get("sales_order"))
                .isCloseTo(report.lag().orElseThrow(), java.time.Duration.ofSeconds(1));
        assertThat(report.stopped().get("design")).contains("file_name").contains("missing");
        assertThat(fixture.named("totesys.table.stopped")).isNotEmpty();
        assertThat(fixture.list("SELECT first_name FROM dim_staff WHERE staff_id = 1"))
                .containsExactly("Zenobia");

        fixture.inSource("ALTER TABLE design RENAME COLUMN file_title TO file_name");
        pipeline.run();
        assertThat(fixture.list("SELECT file_location FROM dim_design WHERE design_id = 1"))
                .containsExactly("/moved");
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void a_stopped_table_is_remembered_by_an_extraction_of_others() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.run();
        fixture.inSource(
                "ALTER TABLE counterparty RENAME COLUMN counterparty_legal_name TO title",
                "UPDATE address SET city = 'Port Elsewhere' WHERE address_id IN (SELECT legal_address_id FROM"
                        + " counterparty)");
        assertThat(pipeline.run().stopped()).containsOnlyKeys("counterparty");
        sell(3, 1);
        pipeline.extract(java.util.List.of("sales_order"));
        pipeline.transform();
        pipeline.load();
        assertThat(pipeline.listBatches(1).get(0).stopped()).containsOnlyKeys("counterparty");
        fixture.inSource("ALTER TABLE counterparty RENAME COLUMN title TO counterparty_legal_name");
        pipeline.run();

        assertThat(fixture.number(
                        "SELECT count(*) FROM dim_counterparty WHERE counterparty_legal_city <> 'Port Elsewhere'"))
                .isZero();
        assertThat(fixture.differences()).isEmpty();
        assertThat(pipeline.listBatches(1).get(0).stopped()).isEmpty();
    }

    @Test
    void a_column_of_another_type_stops_its_table() throws SQLException {
        fixture.inSource("ALTER TABLE sales_order ALTER COLUMN units_sold TYPE text");

        RunReport report = fixture.pipeline().run();

        assertThat(report.stopped().get("sales_order"))
                .contains("units_sold")
                .contains("int32")
                .contains("string");
        assertThat(fixture.count("fact_payment")).isPositive();
        assertThat(fixture.count("fact_sales_order")).isZero();
    }

    @Test
    void a_number_without_a_precision_and_a_day_with_a_blank_are_converted() throws SQLException {
        fixture.inSource("ALTER TABLE sales_order ALTER COLUMN unit_price TYPE numeric");
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.run();
        assertThat(fixture.differences()).isEmpty();

        fixture.inSource(
                "UPDATE sales_order SET unit_price = 'NaN' WHERE sales_order_id = 3",
                "UPDATE sales_order SET unit_price = 1e100 WHERE sales_order_id = 4",
                "UPDATE sales_order SET unit_price = 7.5, agreed_payment_date = ' 2024-05-01 ' WHERE sales_order_id = 5");
        assertThat(pipeline.run().tables())
                .filteredOn(report -> report.step() == PipelineStep.TRANSFORM && report.rejected() > 0)
                .extracting(TableReport::rejected)
                .containsExactly(2L);
        assertThat(fixture.list("SELECT unit_price || ' ' || agreed_payment_date FROM current_sales_order"
                        + " WHERE sales_order_id = 5"))
                .containsExactly("7.50 2024-05-01");
    }

    @Test
    void a_missing_table_is_reported_and_the_rest_goes_on() throws SQLException {
        fixture.inSource("ALTER TABLE purchase_order RENAME TO purchases");

        RunReport report = fixture.pipeline().run();

        assertThat(report.stopped().get("purchase_order")).contains("no table 'purchase_order'");
        assertThat(fixture.count("fact_sales_order")).isPositive();
    }

    @Test
    void a_change_that_came_while_a_joined_table_was_stopped_is_made_up_for() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.run();
        fixture.inSource(
                "ALTER TABLE department RENAME COLUMN location TO place",
                "UPDATE staff SET first_name = 'Zenobia' WHERE staff_id = 1");
        pipeline.run();
        assertThat(fixture.list("SELECT first_name FROM dim_staff WHERE staff_id = 1"))
                .doesNotContain("Zenobia");
        fixture.inSource("ALTER TABLE department RENAME COLUMN place TO location");
        pipeline.run();

        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void a_new_column_passes_through_the_ingestion_zone() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.run();
        fixture.inSource("ALTER TABLE staff ADD COLUMN badge uuid", "UPDATE staff SET badge = gen_random_uuid()");

        RunReport report = pipeline.run();

        assertThat(report.stopped()).isEmpty();
        assertThat(report.ingested().get(0).files())
                .filteredOn(file -> file.table().equals("staff"))
                .allMatch(file -> file.schema().contains("badge"));
        assertThat(fixture.differences()).isEmpty();
    }
}
