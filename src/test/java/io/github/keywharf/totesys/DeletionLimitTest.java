package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.event.Event;
import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.pipeline.PipelineStep;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.pipeline.WarehouseMode;
import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.sql.SourceTable;
import io.github.keywharf.sql.SqlSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that seem to have lost their rows, and those that have. */
class DeletionLimitTest {

    private PipelineFixture fixture;

    @BeforeEach
    void start() throws SQLException {
        fixture = PipelineFixture.start();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    /** The fixture's source, beside which something happens right after each snapshot. */
    private SqlSource interrupted(Runnable afterSnapshot) {
        SqlSource real = fixture.source.source();
        return new SqlSource() {
            @Override
            public String name() {
                return real.name();
            }

            @Override
            public List<SourceTable> listTables() {
                return real.listTables();
            }

            @Override
            public SourceSnapshot snapshot() {
                return real.snapshot();
            }

            @Override
            public SourceSnapshot snapshot(List<String> tables, Duration wait) {
                SourceSnapshot snapshot = real.snapshot(tables, wait);
                afterSnapshot.run();
                return snapshot;
            }

            @Override
            public ChangeFeed changeFeed(String name, List<String> tables) {
                return real.changeFeed(name, tables);
            }
        };
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_table_that_is_emptied_and_filled_again_beside_a_reconciliation_loses_nothing(boolean pipelined)
            throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder ->
                builder.pipelined(pipelined).source(interrupted(this::reload)).deletionLimit(1));
        pipeline.run();
        pipeline.reconcile();

        assertThat(fixture.count("keywharf_deletion")).isZero();
        assertThat(fixture.differences()).isEmpty();
    }

    private void reload() {
        try (Connection source = fixture.source();
                Statement statement = source.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS _kept AS SELECT * FROM payment");
            statement.execute("SET lock_timeout = '50ms'");
            source.setAutoCommit(false);
            statement.execute("TRUNCATE payment");
            statement.execute("INSERT INTO payment SELECT * FROM _kept");
            source.commit();
        } catch (SQLException e) {
            assertThat(e.getSQLState()).as("the lock is not given").isEqualTo("55P03");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_table_that_others_have_locked_stops_alone(boolean pipelined) throws SQLException {
        TotesysPipeline pipeline =
                fixture.pipeline(builder -> builder.pipelined(pipelined).lockWait(Duration.ofMillis(50)));
        try (Connection holder = fixture.source();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE design IN ACCESS EXCLUSIVE MODE");
            RunReport report = pipeline.run();
            assertThat(report.stopped()).containsOnlyKeys("design");
            assertThat(report.stopped().get("design")).contains("locked by another transaction");
            assertThat(fixture.count("fact_payment")).isPositive();
            holder.rollback();
        }
        assertThat(pipeline.run().stopped()).isEmpty();
        pipeline.reconcile();
        assertThat(fixture.differences()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void more_deletions_than_the_limit_are_withheld_until_they_are_allowed_and_only_once(boolean pipelined)
            throws SQLException {
        TotesysPipeline pipeline =
                fixture.pipeline(builder -> builder.pipelined(pipelined).mode(WarehouseMode.LATEST));
        pipeline.run();
        long payments = fixture.count("fact_payment");
        fixture.inSource("CREATE TABLE _kept AS SELECT * FROM payment", "DELETE FROM payment WHERE payment_id > 1");
        RunReport report = pipeline.reconcile();

        assertThat(report.deleted()).isZero();
        assertThat(report.stopped()).containsOnlyKeys("payment");
        assertThat(report.stopped().get("payment"))
                .contains((payments - 1) + " of the " + payments + " keys of fact_payment", "50%")
                .contains("reconcileAllowingDeletions(List.of(\"payment\"))");
        assertThat(fixture.named("totesys.table.stopped"))
                .extracting(Event::subject)
                .containsExactly("payment");
        assertThat(fixture.count("fact_payment")).isEqualTo(payments);
        assertThat(fixture.count("keywharf_deletion")).isZero();

        assertThatThrownBy(() -> pipeline.reconcileAllowingDeletions(List.of("payments")))
                .hasMessageContaining("There is no table 'payments'")
                .hasMessageContaining("payment,");
        RunReport allowed = pipeline.reconcileAllowingDeletions(List.of("payment"));
        assertThat(allowed.stopped()).isEmpty();
        assertThat(allowed.deleted()).isEqualTo(payments - 1);
        assertThat(fixture.count("fact_payment")).isEqualTo(1);

        fixture.inSource("INSERT INTO payment SELECT * FROM _kept WHERE payment_id > 1");
        pipeline.run();
        assertThat(fixture.count("fact_payment")).isEqualTo(payments);
        fixture.inSource("DELETE FROM payment WHERE payment_id > 1");
        assertThat(pipeline.reconcile().stopped()).containsOnlyKeys("payment");
    }

    /** Empties a table that another one is joined to, keeps its rows in {@code _kept}, and changes the other one. */
    private void emptyDepartment() {
        fixture.inSource(
                "ALTER TABLE staff DROP CONSTRAINT IF EXISTS staff_department_id_fkey",
                "CREATE TABLE _kept AS SELECT * FROM department",
                "DELETE FROM department",
                "UPDATE staff SET first_name = 'Renamed' WHERE staff_id = 1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_department_that_is_empty_from_the_start_leaves_its_staff_without_a_name(boolean pipelined)
            throws SQLException {
        long staff;
        try (Connection source = fixture.source()) {
            staff = Long.parseLong(
                    PipelineFixture.list(source, "SELECT count(*) FROM staff").get(0));
        }
        emptyDepartment();
        fixture.pipeline(builder -> builder.pipelined(pipelined)).run();

        assertThat(fixture.number("SELECT count(*) FROM dim_staff WHERE department_name = '"
                        + StarSchema.DEFAULT_PLACEHOLDER + "'"))
                .isEqualTo(staff)
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_emptied_department_does_not_make_every_department_unknown(boolean pipelined) throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.pipelined(pipelined));
        pipeline.run();
        emptyDepartment();
        RunReport report = pipeline.run();

        assertThat(report.stopped()).containsOnlyKeys("department");
        assertThat(fixture.number("SELECT count(*) FROM dim_staff WHERE department_name = '"
                        + StarSchema.DEFAULT_PLACEHOLDER + "'"))
                .isZero();
        assertThat(pipeline.reconcile().stopped()).containsOnlyKeys("department");
        fixture.inSource("INSERT INTO department SELECT * FROM _kept");
        pipeline.run();
        assertThat(fixture.list("SELECT first_name FROM dim_staff WHERE staff_id = 1"))
                .containsExactly("Renamed");
        assertThat(fixture.differences()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void while_a_table_is_stopped_nothing_is_extracted_that_did_not_change(boolean pipelined) throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.pipelined(pipelined));
        pipeline.run();
        emptyDepartment();
        RunReport first = pipeline.run();
        assertThat(first.stopped()).containsOnlyKeys("department");
        assertThat(first.table(PipelineStep.EXTRACT, "staff").orElseThrow().written())
                .isEqualTo(1);

        RunReport idle = pipeline.run();
        assertThat(idle.ingested()).isEmpty();
        assertThat(idle.stopped()).containsOnlyKeys("department");
        fixture.inSource("UPDATE staff SET first_name = 'Again' WHERE staff_id = 2");
        RunReport next = pipeline.run();
        assertThat(next.table(PipelineStep.EXTRACT, "staff").orElseThrow().written())
                .isEqualTo(1);
        assertThat(next.stopped()).containsOnlyKeys("department");

        fixture.inSource("INSERT INTO department SELECT * FROM _kept");
        pipeline.run();
        assertThat(fixture.list("SELECT first_name FROM dim_staff WHERE staff_id IN (1, 2) ORDER BY staff_id"))
                .containsExactly("Renamed", "Again");
        assertThat(fixture.differences()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void deletions_that_the_feed_names_are_not_limited_in_joined_tables_either(boolean pipelined) throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.name(fixture.sourceName)
                .detection(ChangeDetection.LOGICAL_REPLICATION)
                .deletionLimit(0.1)
                .pipelined(pipelined));
        pipeline.run();
        long staff = fixture.number("SELECT count(*) FROM dim_staff");
        assertThat(staff).isGreaterThan(3 * TotesysPipeline.Builder.DELETIONS_ALWAYS_ALLOWED / 2);
        fixture.inSource(
                "ALTER TABLE sales_order DROP CONSTRAINT IF EXISTS sales_order_staff_id_fkey",
                "ALTER TABLE purchase_order DROP CONSTRAINT IF EXISTS purchase_order_staff_id_fkey",
                "DELETE FROM staff WHERE staff_id > 2");
        RunReport report = pipeline.run();

        assertThat(report.stopped()).isEmpty();
        assertThat(report.deleted()).isEqualTo(staff - 2);
        assertThat(fixture.list("SELECT key_value FROM keywharf_deletion WHERE table_name = 'dim_staff'"))
                .hasSize(Math.toIntExact(staff - 2))
                .doesNotContain("1", "2");
        fixture.inSource("UPDATE staff SET first_name = 'Renamed'");
        assertThat(pipeline.run().stopped()).isEmpty();
    }

    @Test
    void tables_of_a_few_rows_may_lose_any_of_them() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        fixture.inSource("DELETE FROM payment WHERE payment_id > 3");
        pipeline.run();
        fixture.inSource("DELETE FROM payment WHERE payment_id > 1");
        RunReport report = pipeline.reconcile();

        assertThat(report.stopped()).isEmpty();
        assertThat(report.deleted()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"0.5, -1, true", "0.5, 0, true", "0.5, 1, false", "1, 0, true"})
    void a_reconciliation_records_as_many_deletions_as_the_limit_and_none_of_more(
            double share, long beyond, boolean recorded) throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.deletionLimit(share));
        fixture.inSource("DELETE FROM payment WHERE payment_id > 12");
        pipeline.run();
        assertThat(fixture.count("fact_payment")).isEqualTo(12);
        long deleted = Math.round(share * 12) + beyond;
        fixture.inSource("DELETE FROM payment WHERE payment_id <= " + deleted);
        RunReport report = pipeline.reconcile();

        assertThat(report.deleted()).isEqualTo(recorded ? deleted : 0);
        assertThat(report.stopped().keySet()).isEqualTo(recorded ? Set.of() : Set.of("payment"));
    }

    @Test
    void a_limit_that_is_not_a_share_is_refused() {
        assertThatThrownBy(() -> TotesysPipeline.builder().deletionLimit(50)).hasMessageContaining("but was 50.0");
        assertThatThrownBy(() -> TotesysPipeline.builder().deletionLimit(Double.NaN))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
