package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchKind;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.sql.SourceTable;
import io.github.keywharf.sql.SqlSource;
import io.github.keywharf.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogicalReplicationTest extends FeedTestCase {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void every_version_between_two_runs_is_seen(boolean pipelined) throws SQLException {
        TotesysPipeline pipeline = pipeline(builder -> builder.pipelined(pipelined));
        pipeline.run();
        sell(3, 1111);
        sell(3, 2222);
        pipeline.run();

        assertThat(units(3)).hasSize(3).endsWith("1111", "2222");
        assertThat(fixture.differences()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void deletions_are_seen_without_reconciling(boolean pipelined) throws SQLException {
        TotesysPipeline pipeline = pipeline(builder -> builder.pipelined(pipelined));
        pipeline.run();
        int order;
        try (Connection source = fixture.source()) {
            order = fixture.torture.someSales(source, 1).get(0);
            fixture.torture.deleteOrder(source, order);
        }
        RunReport report = pipeline.run();

        assertThat(report.ingested()).extracting(Batch::kind).containsExactly(BatchKind.INCREMENT);
        assertThat(fixture.list("SELECT table_name || ' ' || key_value FROM keywharf_deletion"))
                .containsExactly("fact_sales_order " + order);
        assertThat(fixture.number("SELECT count(*) FROM current_sales_order WHERE sales_order_id = " + order))
                .isZero();
        assertThat(fixture.differences(c -> c.deleted("fact_sales_order", List.of(order))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rows_of_a_truncated_table_are_seen_to_be_gone(boolean pipelined) throws SQLException {
        TotesysPipeline pipeline = pipeline(builder -> builder.pipelined(pipelined));
        pipeline.run();
        long payments = fixture.count("current_payment");
        fixture.inSource(
                "CREATE TABLE kept AS SELECT * FROM payment ORDER BY payment_id LIMIT 1",
                "TRUNCATE payment",
                "INSERT INTO payment SELECT * FROM kept",
                "DROP TABLE kept");
        pipeline.run();

        assertThat(payments).isGreaterThan(1);
        assertThat(fixture.count("current_payment")).isEqualTo(1);
        pipeline.run();
        assertThat(fixture.count("current_payment")).isEqualTo(1);
    }

    /** Its deletions do not name the primary key. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rows_of_a_table_with_another_replica_identity_are_seen_to_be_gone(boolean pipelined) throws SQLException {
        fixture.inSource(
                "ALTER TABLE payment ADD COLUMN code int GENERATED ALWAYS AS IDENTITY",
                "CREATE UNIQUE INDEX payment_code ON payment (code)",
                "ALTER TABLE payment REPLICA IDENTITY USING INDEX payment_code");
        TotesysPipeline pipeline = pipeline(builder -> builder.pipelined(pipelined));
        pipeline.run();
        long payments = fixture.count("current_payment");
        int first = (int) fixture.number("SELECT min(payment_id) FROM current_payment");
        fixture.inSource(
                "DELETE FROM payment WHERE payment_id = " + first, "UPDATE payment SET payment_amount = 4444.00");
        pipeline.run();

        assertThat(fixture.count("current_payment")).isEqualTo(payments - 1);
        assertThat(fixture.list("SELECT DISTINCT payment_amount FROM current_payment"))
                .containsExactly("4444.00");
        assertThat(fixture.differences(c -> c.deleted("fact_payment", List.of(first))))
                .isEmpty();
    }

    @Test
    void what_changes_while_a_table_has_another_name_and_right_after_its_return_arrives() throws SQLException {
        TotesysPipeline pipeline = pipeline();
        pipeline.run();
        int payment = Integer.parseInt(
                fixture.list("SELECT min(payment_id) FROM current_payment").get(0));
        String update = " SET payment_amount = %s WHERE payment_id = " + payment;
        fixture.inSource("ALTER TABLE payment RENAME TO _payment", "UPDATE _payment" + update.formatted("1111.00"));
        pipeline.extract();
        fixture.inSource("ALTER TABLE _payment RENAME TO payment", "UPDATE payment" + update.formatted("2222.00"));
        pipeline.run();

        assertThat(fixture.list("SELECT payment_amount FROM current_payment WHERE payment_id = " + payment))
                .containsExactly("2222.00");
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void changes_made_under_another_name_between_two_runs_arrive() throws SQLException {
        TotesysPipeline pipeline = pipeline();
        pipeline.run();
        fixture.inSource(
                "ALTER TABLE payment RENAME TO _payment",
                "UPDATE _payment SET payment_amount = 3333.00",
                "ALTER TABLE _payment RENAME TO payment");
        pipeline.run();

        assertThat(fixture.list("SELECT DISTINCT payment_amount FROM current_payment"))
                .containsExactly("3333.00");
    }

    @Test
    void a_run_that_dies_before_its_changes_are_acknowledged_repeats_nothing() throws SQLException {
        Fuse fuse = new Fuse(() -> {});
        TotesysPipeline pipeline = pipeline(builder -> builder.source(fuse.source(fixture.source.source())));
        pipeline.run();
        sell(3, 1111);
        pipeline.run();
        sell(3, 2222);
        fuse.light(2, true);
        Throwable death = catchThrowable(pipeline::run);
        assertThat(fuse.steps()).endsWith("feed acknowledge");
        assertThat(death).isInstanceOf(Fuse.Burnt.class);
        fuse.putOut();
        pipeline.run();
        pipeline.run();

        assertThat(units(3)).hasSize(3).endsWith("1111", "2222");
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void what_is_changed_while_a_run_begins_is_not_overlooked_in_joined_tables() throws SQLException {
        AtomicReference<Runnable> afterSnapshot = new AtomicReference<>(() -> {});
        TotesysPipeline pipeline =
                pipeline(builder -> builder.source(interrupted(fixture.source.source(), afterSnapshot)));
        pipeline.run();
        afterSnapshot.set(() -> {
            afterSnapshot.set(() -> {});
            fixture.inSource(
                    "UPDATE department SET department_name = 'Renamed Meanwhile' WHERE department_id = 1",
                    "UPDATE staff SET department_id = 1 WHERE staff_id = 1");
        });
        pipeline.run();
        pipeline.run();

        assertThat(fixture.list("SELECT department_name FROM dim_staff WHERE staff_id = 1"))
                .containsExactly("Renamed Meanwhile");
        assertThat(fixture.differences()).isEmpty();
    }

    private static SqlSource interrupted(SqlSource real, AtomicReference<Runnable> afterSnapshot) {
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
                SourceSnapshot snapshot = real.snapshot();
                afterSnapshot.get().run();
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
    void what_changed_while_there_was_no_feed_is_found_even_if_the_run_that_made_a_new_one_died(boolean dies)
            throws SQLException {
        Fuse fuse = new Fuse(() -> {});
        TotesysPipeline pipeline = pipeline(builder -> builder.source(fuse.source(fixture.source.source())));
        pipeline.run();
        sell(3, 1111);
        pipeline.run();
        fixture.dropFeed("keywharf_" + fixture.sourceName);
        sell(3, 2222);
        int order;
        try (Connection source = fixture.source()) {
            order = fixture.torture.deleteOrder(source, 4);
        }
        if (dies) {
            fuse.light(1, false);
            assertThat(catchThrowable(pipeline::run)).isInstanceOf(Fuse.Burnt.class);
            assertThat(fuse.steps()).containsExactly("feed ensure");
            fuse.putOut();
            fixture.inSource("UPDATE staff SET first_name = 'Zoë' WHERE staff_id = 1");
        }
        pipeline.run();
        assertThat(units(3)).hasSize(3).endsWith("1111", "2222");
        pipeline.run();

        assertThat(fixture.number("SELECT count(*) FROM current_sales_order WHERE sales_order_id = " + order))
                .isZero();
        assertThat(units(3)).hasSize(3);
        assertThat(fixture.differences(c -> c.deleted("fact_sales_order", List.of(order))))
                .isEmpty();
        assertThat(pipeline.run().ingested()).isEmpty();
    }

    @Test
    void a_role_that_may_not_replicate_gets_an_error_with_what_it_lacks() throws SQLException {
        String role = "plain_" + fixture.sourceName;
        fixture.server.createRole(
                fixture.sourceName,
                role,
                "role-password-4711",
                "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + role,
                "GRANT CREATE ON DATABASE " + fixture.sourceName + " TO " + role);
        try (PostgresDatabase plain = PostgresDatabase.builder()
                .host(fixture.server.host())
                .port(fixture.server.port())
                .database(fixture.sourceName)
                .credentials(role, Secret.of("role-password-4711"))
                .build()) {
            TotesysPipeline pipeline = pipeline(builder -> builder.source(plain.source()));
            assertThatThrownBy(pipeline::run)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("postgres.not_permitted"))
                    .hasMessageContaining("REPLICATION");
            assertThat(pipeline.listBatches(1)).isEmpty();
        }
        fixture.inSource("DROP OWNED BY " + role);
    }

    @Test
    void a_server_that_keeps_no_changes_gives_an_error_with_the_setting() throws SQLException {
        try (PostgresServer server = PostgresServer.start();
                PipelineFixture other = PipelineFixture.on(server)) {
            TotesysPipeline pipeline =
                    other.pipeline(builder -> builder.detection(ChangeDetection.LOGICAL_REPLICATION));
            assertThatThrownBy(pipeline::run)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("postgres.wal_level"))
                    .hasMessageContaining("'replica'")
                    .hasMessageContaining("set wal_level = logical");
            assertThat(pipeline.listBatches(1)).isEmpty();
        }
    }
}
