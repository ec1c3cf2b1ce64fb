package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.pipeline.PipelineStep;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.sql.SourceTable;
import io.github.keywharf.sql.SqlSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes that are neither in rows nor in a log, or not in the part of the log that the feed gives. */
class UnloggedChangesTest extends FeedTestCase {

    private TotesysPipeline by(ChangeDetection detection) {
        return fixture.pipeline(builder -> builder.name(fixture.sourceName).detection(detection));
    }

    private String publication() {
        return "keywharf_" + fixture.sourceName;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LAST_UPDATED")
    void values_that_a_change_of_a_type_computes_arrive(ChangeDetection detection) throws SQLException {
        TotesysPipeline pipeline = by(detection);
        pipeline.run();
        fixture.inSource("ALTER TABLE payment ALTER payment_amount TYPE numeric(10,2) USING payment_amount + 1");
        pipeline.run();

        assertThat(fixture.differences()).isEmpty();
        assertThat(pipeline.run().ingested()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void a_renamed_label_of_an_enum_arrives(ChangeDetection detection) throws SQLException {
        TotesysPipeline pipeline = by(detection);
        pipeline.run();
        fixture.inSource("ALTER TYPE \"TransactionType\" RENAME VALUE 'SALE' TO 'SOLD'");
        pipeline.run();

        assertThat(fixture.list("SELECT DISTINCT transaction_type FROM dim_transaction ORDER BY 1"))
                .containsExactly("PURCHASE", "SOLD");
    }

    /** Published with its parent, a child table without a key could not be updated by anybody. */
    @Test
    void rows_of_a_child_table_are_seen_and_may_be_updated() throws SQLException {
        fixture.inSource(
                "CREATE TABLE payment_archive () INHERITS (payment)",
                "WITH gone AS (DELETE FROM ONLY payment WHERE payment_id = 5 RETURNING *)"
                        + " INSERT INTO payment_archive SELECT * FROM gone");
        TotesysPipeline pipeline = pipeline();
        pipeline.run();
        fixture.inSource(
                "UPDATE payment_archive SET payment_amount = 4711 WHERE payment_id = 5",
                "DELETE FROM ONLY payment WHERE payment_id = 6");
        pipeline.run();

        assertThat(fixture.list("SELECT payment_amount::int FROM current_payment WHERE payment_id IN (5, 6)"))
                .containsExactly("4711");
        fixture.inSource("CREATE TABLE design_archive () INHERITS (design)");
        pipeline.run();
        fixture.inSource(
                "INSERT INTO design_archive SELECT 10000, created_at, design_name, file_location, file_name, last_updated"
                        + " FROM design LIMIT 1",
                "UPDATE design_archive SET design_name = 'old'");
        pipeline.run();
        assertThat(fixture.list("SELECT design_name FROM dim_design WHERE design_id = 10000"))
                .containsExactly("old");
    }

    /** PostgreSQL does not identify rows by a deferrable key, so that publishing the table would make updates fail. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE other (id int PRIMARY KEY DEFERRABLE, v int)",
                "CREATE UNLOGGED TABLE other (id int PRIMARY KEY, v int)",
                "CREATE TABLE other (id int PRIMARY KEY, v int); ALTER TABLE other REPLICA IDENTITY NOTHING"
            })
    void a_table_whose_changes_cannot_be_published_is_read_whole_and_may_be_updated(String table) throws SQLException {
        fixture.inSource(table, "INSERT INTO other VALUES (1, 1), (2, 1)");
        TotesysPipeline pipeline = pipeline();
        pipeline.run();
        fixture.inSource("UPDATE other SET v = 2 WHERE id = 1");
        sell(3, 1111);
        RunReport report = pipeline.run();

        assertThat(report.table(PipelineStep.EXTRACT, "other").orElseThrow().written())
                .isEqualTo(2);
        assertThat(units(3)).endsWith("1111");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER PUBLICATION %s SET (publish = 'insert')",
                "ALTER PUBLICATION %s SET (publish_via_partition_root = false, publish = 'insert, update')",
                "ALTER PUBLICATION %s SET TABLE payment WHERE (payment_id > 20), sales_order",
                "DROP PUBLICATION %s",
                "DROP PUBLICATION %1$s; CREATE PUBLICATION %1$s FOR TABLE payment"
            })
    void what_somebody_changes_of_the_publication_hides_no_change(String sql) throws SQLException {
        TotesysPipeline pipeline = pipeline();
        pipeline.run();
        for (int round = 3; round < 9; round += 3) {
            pay(round, 4711);
            fixture.inSource(sql.formatted(publication()));
            pay(round + 1, 4711);
            fixture.inSource("DELETE FROM payment WHERE payment_id = " + (round + 20));
            pipeline.run();
            pay(round + 2, 4711);
            pipeline.run();
        }

        assertThat(fixture.differences(c -> c.deleted("fact_payment", List.of(23, 26))))
                .isEmpty();
        pay(9, 4712);
        pipeline.run();
        assertThat(fixture.list("SELECT payment_amount::int FROM current_payment WHERE payment_id = 9"))
                .containsExactly("4712");
    }

    @Test
    void changes_that_another_pipeline_acknowledged_in_the_midst_of_a_run_are_not_missed() throws SQLException {
        AtomicBoolean meanwhile = new AtomicBoolean();
        TotesysPipeline pipeline =
                pipeline(builder -> builder.source(acknowledging(fixture.source.source(), meanwhile)));
        pipeline.run();
        pay(3, 4711);
        fixture.inSource("DELETE FROM payment WHERE payment_id = 5");
        meanwhile.set(true);
        KeywharfException failure = catchThrowableOfType(KeywharfException.class, pipeline::run);
        meanwhile.set(false);
        pipeline.run();
        pipeline.run();

        assertThat(failure.code()).isEqualTo("totesys.feed_shared");
        assertThat(failure.retryable()).isTrue();
        assertThat(fixture.differences(c -> c.deleted("fact_payment", List.of(5))))
                .isEmpty();
    }

    /** A source whose feed is read and acknowledged by somebody else just before it is read. */
    private static SqlSource acknowledging(SqlSource real, AtomicBoolean others) {
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
                return real.snapshot(tables, wait);
            }

            @Override
            public ChangeFeed changeFeed(String name, List<String> tables) {
                ChangeFeed feed = real.changeFeed(name, tables);
                return (ChangeFeed) Proxy.newProxyInstance(
                        ChangeFeed.class.getClassLoader(), new Class<?>[] {ChangeFeed.class}, (proxy, method, args) -> {
                            if (others.get() && method.getName().equals("read")) {
                                feed.acknowledge(feed.read(1_000).position());
                            }
                            try {
                                return method.invoke(feed, args);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
            }
        };
    }
}
