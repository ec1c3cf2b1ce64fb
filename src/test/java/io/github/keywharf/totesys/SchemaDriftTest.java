package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaDriftTest {

    private PipelineFixture fixture;

    @BeforeEach
    void start() throws SQLException {
        fixture = PipelineFixture.start();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

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
        assertThat(fixture.events(PipelineEvent.TableStopped.class)).isNotEmpty();
        assertThat(fixture.list("SELECT first_name FROM dim_staff WHERE staff_id = 1"))
                .containsExactly("Zenobia");

        fixture.inSource("ALTER TABLE design RENAME COLUMN file_title TO file_name");
        pipeline.run();
        assertThat(fixture.list("SELECT file_location FROM dim_design WHERE design_id = 1"))
                .containsExactly("/moved");
        assertThat(fixture.differences()).isEmpty();
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
    void a_missing_table_is_told_and_the_rest_goes_on() throws SQLException {
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
