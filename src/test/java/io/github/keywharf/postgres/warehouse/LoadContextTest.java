package io.github.keywharf.postgres.warehouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.event.Event;
import io.github.keywharf.postgres.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LoadContextTest {

    @Test
    @Timeout(60)
    void another_load_of_a_table_is_waited_for_beyond_the_time_limit_of_locks() throws Exception {
        try (TestDatabase database = new TestDatabase();
                Connection first = database.connection();
                Connection second = database.connection();
                Statement settings = second.createStatement()) {
            first.setAutoCommit(false);
            second.setAutoCommit(false);
            context(first).lockTable("fact_sale");
            settings.execute("SET LOCAL lock_timeout = 50");
            CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> {
                try {
                    context(second).lockTable("fact_sale");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            while (database.query("SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted"
                                    + " AND a.query_start < clock_timestamp() - interval '200 ms'")
                            .isEmpty()
                    && !waiting.isDone()) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            first.rollback();
            waiting.get(30, TimeUnit.SECONDS);
            assertThat(events)
                    .singleElement()
                    .satisfies(event -> assertThat(event.name()).isEqualTo("postgres.lock.awaited"))
                    .satisfies(event -> assertThat(event.subject()).isEqualTo("table fact_sale"));
            try (ResultSet limit = settings.executeQuery("SHOW lock_timeout")) {
                limit.next();
                assertThat(limit.getString(1)).isEqualTo("10min");
            }
        }
    }

    private final List<Event> events = new CopyOnWriteArrayList<>();

    private LoadContext context(Connection connection) {
        return new LoadContext(
                connection,
                events::add,
                "dw",
                new LoadContext.Batch("flow", 1, ""),
                Transactions.LOCKS,
                17,
                false,
                new AtomicInteger());
    }
}
