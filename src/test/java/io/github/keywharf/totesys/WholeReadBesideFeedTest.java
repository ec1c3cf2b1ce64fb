package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.sql.SourceTable;
import io.github.keywharf.sql.SqlSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Versions of a fact are in order and none comes twice, though tables are read whole after the feed was read or set up. */
class WholeReadBesideFeedTest extends FeedTestCase {

    private final AtomicReference<Runnable> beforeSnapshot = new AtomicReference<>(WholeReadBesideFeedTest::nothing);

    private static void nothing() {}

    private TotesysPipeline watched() {
        return pipeline(builder -> builder.source(new Watched(fixture.source.source(), beforeSnapshot)));
    }

    /** A source that does something just before tables are locked and read. */
    private record Watched(SqlSource real, AtomicReference<Runnable> beforeSnapshot) implements SqlSource {
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
            beforeSnapshot.getAndSet(WholeReadBesideFeedTest::nothing).run();
            return real.snapshot(tables, wait);
        }

        @Override
        public ChangeFeed changeFeed(String name, List<String> tables) {
            return real.changeFeed(name, tables);
        }
    }

    private void sellTwice() {
        sell(3, 1111);
        sell(3, 2222);
        fixture.inSource("DELETE FROM payment WHERE payment_id = 5");
    }

    @Test
    void what_changes_between_the_feeds_beginning_and_the_first_snapshot_comes_once() throws SQLException {
        TotesysPipeline pipeline = watched();
        beforeSnapshot.set(this::sellTwice);
        pipeline.run();
        sell(3, 3333);
        pipeline.run();

        assertThat(units(3)).containsExactly("2222", "3333");
        assertThat(fixture.differences()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_changes_before_a_reconciliation_comes_once_and_what_commits_after_it_comes_too(boolean repaired)
            throws SQLException {
        TotesysPipeline pipeline = watched();
        pipeline.run();
        try (Connection late = fixture.source();
                Statement statement = late.createStatement()) {
            late.setAutoCommit(false);
            statement.execute("UPDATE sales_order SET units_sold = 44 WHERE sales_order_id = 4");
            beforeSnapshot.set(this::sellTwice);
            pipeline.reconcile();
            if (repaired) {
                pipeline.backfill(
                        java.time.LocalDateTime.of(2024, 5, 1, 0, 0), java.time.LocalDateTime.of(2024, 5, 2, 0, 0));
            }
            statement.execute("UPDATE sales_order SET units_sold = 45 WHERE sales_order_id = 4");
            late.commit();
        }
        pipeline.run();
        sell(3, 3333);
        fixture.inSource("DELETE FROM payment WHERE payment_id = 6");
        pipeline.run();

        assertThat(units(3)).hasSize(3).endsWith("2222", "3333");
        assertThat(units(4)).endsWith("44", "45");
        assertThat(fixture.differences(c -> c.deleted("fact_payment", List.of(5, 6))))
                .isEmpty();
    }

    @Test
    void what_changes_before_an_emptied_table_is_read_whole_comes_once() throws SQLException {
        TotesysPipeline pipeline = watched();
        pipeline.run();
        fixture.inSource(
                "CREATE TABLE _kept AS SELECT * FROM payment",
                "TRUNCATE payment",
                "INSERT INTO payment SELECT * FROM _kept");
        beforeSnapshot.set(() -> {
            pay(3, 1111);
            pay(3, 2222);
        });
        pipeline.run();
        pay(3, 3333);
        pipeline.run();

        assertThat(fixture.list("SELECT payment_amount::int FROM fact_payment WHERE payment_id = 3"
                        + " ORDER BY payment_record_id"))
                .hasSize(3)
                .endsWith("2222", "3333");
        assertThat(fixture.differences()).isEmpty();
    }
}
