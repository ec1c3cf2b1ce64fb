package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.keywharf.pipeline.PipelineStep;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchKind;
import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.sql.SourceTable;
import io.github.keywharf.sql.SqlSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With logical replication: no change is lost of a table that is not in every run, and the log is let go. */
class FeedPositionsTest extends FeedTestCase {

    private static final String STOP = "ALTER TABLE payment RENAME COLUMN payment_amount TO amount";
    private static final String RESTORE = "ALTER TABLE payment RENAME COLUMN amount TO payment_amount";

    private List<String> amounts(int payment) throws SQLException {
        return fixture.list("SELECT payment_amount::int FROM fact_payment WHERE payment_id = " + payment
                + " ORDER BY payment_record_id");
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "false, 1", "true, 0"})
    void a_stopped_table_has_every_row_and_deletion_when_it_returns(boolean pipelined, int batchesMeanwhile)
            throws SQLException {
        TotesysPipeline pipeline = pipeline(builder -> builder.pipelined(pipelined));
        pipeline.run();
        fixture.inSource(STOP, "UPDATE payment SET amount = 4711 WHERE payment_id = 3");
        for (int i = 0; i < batchesMeanwhile; i++) {
            sell(3, 1111 + i);
            assertThat(pipeline.run().stopped()).containsOnlyKeys("payment");
        }
        assertThat(pipeline.run().stopped()).containsOnlyKeys("payment");
        fixture.inSource(
                "UPDATE payment SET amount = 4712 WHERE payment_id = 4", "DELETE FROM payment WHERE payment_id = 5");
        sell(4, 2222);
        pipeline.run();
        fixture.inSource(RESTORE, "DELETE FROM payment WHERE payment_id = 6");
        RunReport report = pipeline.run();

        assertThat(report.ingested()).extracting(Batch::kind).containsOnly(BatchKind.INCREMENT);
        assertThat(fixture.differences(c -> c.deleted("fact_payment", List.of(5, 6))))
                .isEmpty();
        assertThat(amounts(3)).last().isEqualTo("4711");
        assertThat(fixture.count("keywharf_deletion")).isEqualTo(2);
        pay(3, 4713);
        fixture.inSource("DELETE FROM payment WHERE payment_id = 7");
        RunReport fed = pipeline.run();
        assertThat(fed.table(PipelineStep.EXTRACT, "payment").orElseThrow().written())
                .as("fed again, not read whole")
                .isEqualTo(1);
        assertThat(fixture.differences(c -> c.deleted("fact_payment", List.of(5, 6, 7))))
                .isEmpty();
    }

    @Test
    void changes_of_other_tables_than_the_ones_extracted_are_not_lost_nor_any_version() throws SQLException {
        pipeline().run();
        for (int round = 1; round <= 3; round++) {
            pay(3, 1000 * round + 1);
            sell(3, 1000 * round + 1);
            TotesysPipeline one = pipeline();
            one.extract(List.of("sales_order"));
            pay(3, 1000 * round + 2);
            sell(3, 1000 * round + 2);
            one.extract(List.of("purchase_order"));
        }
        fixture.inSource("DELETE FROM payment WHERE payment_id = 9");
        pipeline().extract(List.of("design"));
        pipeline().run();

        assertThat(amounts(3)).endsWith("1001", "1002", "2001", "2002", "3001", "3002");
        assertThat(units(3)).endsWith("1001", "1002", "2001", "2002", "3001", "3002");
        assertThat(fixture.differences(c -> c.deleted("fact_payment", List.of(9))))
                .isEmpty();
    }

    @Test
    void a_first_extraction_of_a_few_tables_leaves_the_others_to_the_next_one() throws SQLException {
        pipeline().extract(List.of("currency"));
        pay(3, 1);
        sell(3, 1);
        pipeline().extract(List.of("design"));
        pay(3, 2);
        sell(3, 2);
        pipeline().run();
        pay(3, 3);
        pay(3, 4);
        pipeline().run();

        assertThat(units(3)).containsExactly("2");
        assertThat(amounts(3)).containsExactly("2", "3", "4");
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void what_a_transaction_wrote_before_its_table_was_published_is_not_lost() throws SQLException {
        TotesysPipeline pipeline = pipeline();
        pipeline.run();
        fixture.inSource(STOP);
        sell(3, 1);
        pipeline.run();
        sell(3, 2);
        pipeline.run();
        fixture.inSource(RESTORE);
        try (Connection late = fixture.source();
                Statement statement = late.createStatement()) {
            late.setAutoCommit(false);
            statement.execute("UPDATE payment SET payment_amount = 8888 WHERE payment_id = 3");
            pipeline.run();
            sell(3, 3);
            pipeline.run();
            late.commit();
        }
        pipeline().run();
        assertThat(amounts(3)).endsWith("8888");
        assertThat(fixture.differences()).isEmpty();
        pay(4, 17);
        assertThat(pipeline.run()
                        .table(PipelineStep.EXTRACT, "payment")
                        .orElseThrow()
                        .written())
                .as("fed again")
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_table_that_was_replaced_by_another_of_its_name_is_read_whole(boolean dies) throws SQLException {
        Fuse fuse = new Fuse(() -> {});
        TotesysPipeline pipeline = pipeline(builder -> builder.source(fuse.source(fixture.source.source()))
                .tables(StarSchema.totesys().sourceTables()));
        pipeline.run();
        fixture.inSource(
                "CREATE TABLE new_payment (LIKE payment INCLUDING ALL)",
                "INSERT INTO new_payment SELECT * FROM payment WHERE payment_id <> 5",
                "UPDATE new_payment SET payment_amount = 4711 WHERE payment_id = 3",
                "ALTER TABLE payment RENAME TO old_payment",
                "ALTER TABLE new_payment RENAME TO payment");
        if (dies) {
            fuse.light(1, false);
            assertThat(catchThrowable(pipeline::run)).isInstanceOf(Fuse.Burnt.class);
            fuse.putOut();
        }
        pipeline.run();

        assertThat(amounts(3)).last().isEqualTo("4711");
        assertThat(fixture.differences(c -> c.deleted("fact_payment", List.of(5))))
                .isEmpty();
    }

    @Test
    void a_table_that_stops_and_returns_is_complete_wherever_runs_die() throws SQLException {
        Fuse fuse = new Fuse(() -> {});
        TotesysPipeline pipeline = pipeline(builder -> builder.source(fuse.source(fixture.source.source()))
                .ingestion(new FusedStore(fixture.ingestion, fuse))
                .processed(new FusedStore(fixture.processed, fuse))
                .warehouse(fuse.warehouse(fixture.warehouse.warehouse())));
        pipeline.run();
        List<String> lost = new ArrayList<>();
        boolean more = true;
        for (int step = 1; more; step++) {
            fixture.inSource(STOP, "UPDATE payment SET amount = " + step + " WHERE payment_id = 3");
            sell(3, 2 * step);
            more = runOrDie(pipeline, fuse, step);
            fixture.inSource("UPDATE payment SET amount = " + step + " WHERE payment_id = 4", RESTORE);
            sell(3, 2 * step + 1);
            more |= runOrDie(pipeline, fuse, step);
            pipeline.run();
            for (int payment = 3; payment <= 4; payment++) {
                if (!amounts(payment).get(amounts(payment).size() - 1).equals(String.valueOf(step))) {
                    lost.add("payment " + payment + " when dying at step " + step + ": " + amounts(payment));
                }
            }
        }
        assertThat(lost).isEmpty();
        assertThat(fixture.differences()).isEmpty();
    }

    private static boolean runOrDie(TotesysPipeline pipeline, Fuse fuse, int step) {
        fuse.light(step, step % 2 == 0);
        Throwable death = catchThrowable(pipeline::run);
        boolean burnt = fuse.isBurnt();
        fuse.putOut();
        assertThat(death == null || burnt).as("fails only by dying").isTrue();
        return burnt;
    }

    private String slot(String column) throws SQLException {
        try (Connection source = fixture.source()) {
            return PipelineFixture.list(
                            source,
                            "SELECT " + column + " FROM pg_replication_slots WHERE slot_name = 'keywharf_"
                                    + fixture.sourceName + "'")
                    .get(0);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_log_is_let_go_though_nothing_of_interest_changes(boolean pipelined) throws SQLException {
        TotesysPipeline pipeline = pipeline(builder -> builder.pipelined(pipelined));
        pipeline.run();
        fixture.inWarehouse("CREATE TABLE foreign_work (text text)");
        int batches = 0;
        for (int round = 0; round < 4; round++) {
            for (int idle = 0; idle < 3; idle++) {
                batches += pipeline.run().ingested().size();
            }
            fixture.inWarehouse(
                    "INSERT INTO foreign_work SELECT repeat(md5(i::text), 60) FROM generate_series(1, 10000) i",
                    "CHECKPOINT");
        }
        pipeline.run();
        pipeline.run();

        assertThat(Long.parseLong(slot("pg_current_wal_lsn() - confirmed_flush_lsn")))
                .as("bytes not confirmed, of 80 MB written")
                .isLessThan(20L << 20);
        assertThat(Long.parseLong(slot("pg_current_wal_lsn() - restart_lsn")))
                .as("bytes of the log kept")
                .isLessThan(60L << 20);
        assertThat(batches).as("batches without files in 12 idle runs").isBetween(1, 3);
        assertThat(pipeline.run().ingested()).isEmpty();
        pay(3, 4711);
        pipeline.run();
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void more_foreign_transactions_than_one_batch_takes_do_not_keep_a_run_from_ending() throws SQLException {
        TotesysPipeline pipeline = pipeline(builder -> builder.source(limited(fixture.source.source(), 100)));
        pipeline.run();
        fixture.inSource("CREATE TABLE _foreign_work (id int)");
        String[] work = new String[120];
        java.util.Arrays.fill(work, "INSERT INTO _foreign_work VALUES (1)");
        fixture.inSource(work);
        pay(3, 4711);
        RunReport report = pipeline.run();

        // Servers before 15 send a beginning and an end of each.
        assertThat(report.ingested()).hasSizeBetween(1, 4);
        assertThat(amounts(3)).endsWith("4711");
    }

    /** A source whose feed gives fewer changes in one go. */
    private static SqlSource limited(SqlSource real, int most) {
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
            public ChangeFeed changeFeed(String name, List<String> tables) {
                ChangeFeed feed = real.changeFeed(name, tables);
                return (ChangeFeed) Proxy.newProxyInstance(
                        ChangeFeed.class.getClassLoader(), new Class<?>[] {ChangeFeed.class}, (proxy, method, args) -> {
                            try {
                                return method.getName().equals("read")
                                        ? feed.read(Math.min(most, (int) args[0]))
                                        : method.invoke(feed, args);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
            }
        };
    }

    @Test
    void versions_are_in_order_when_a_reconciliation_comes_between_steps() throws SQLException {
        TotesysPipeline due = pipeline(builder -> builder.reconcileEvery(Duration.ZERO));
        due.extract();
        sell(3, 1111);
        sell(3, 2222);
        due.extract();
        sell(3, 3333);
        sell(3, 4444);
        TotesysPipeline daily = pipeline();
        daily.extract();
        daily.transform();
        daily.load();

        assertThat(units(3)).hasSize(5).endsWith("1111", "2222", "3333", "4444");
        assertThat(fixture.differences()).isEmpty();
    }
}
