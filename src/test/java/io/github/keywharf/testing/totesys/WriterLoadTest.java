package io.github.keywharf.testing.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WriterLoadTest {
    @Test
    void writers_commit_roll_back_and_survive_a_killed_server() throws SQLException, InterruptedException {
        try (PostgresServer server = PostgresServer.start()) {
            server.createDatabase("totesys");
            int before;
            try (Connection source = server.connection("totesys")) {
                TotesysGenerator generator =
                        TotesysGenerator.builder(1).days(20).build();
                generator.createSchema(source);
                generator.generateHistory(source);
                before = Sql.number(source, "SELECT count(*) FROM transaction");
            }
            WriterLoad load = WriterLoad.start(() -> server.connection("totesys"), 4, 1);
            TimeUnit.MILLISECONDS.sleep(2_500);
            WriterLoad.Counters healthy = load.counters();
            assertThat(healthy.failures()).as("%s", healthy.firstFailure()).isZero();
            server.kill();
            TimeUnit.MILLISECONDS.sleep(300);
            server.restart();
            TimeUnit.MILLISECONDS.sleep(500);
            WriterLoad.Counters done = load.stop();
            assertThat(done.failures()).isPositive();
            assertThat(done.committed()).isGreaterThan(healthy.committed());
            assertThat(done.rolledBack()).isPositive();
            assertThat(done.longTransactions()).isPositive();
            assertThat(done.savepoints()).isPositive();
            assertThat(done.silentEdits()).isPositive();
            try (Connection source = server.connection("totesys")) {
                int after = Sql.number(source, "SELECT count(*) FROM transaction");
                // A commit that the kill cut off may have happened or not: at most one transaction of 3 orders a
                // writer.
                assertThat((long) after - before).isBetween(done.orders(), done.orders() + 12);
                assertThat(Sql.number(source, "SELECT count(*) FROM payment")).isEqualTo(after);
            }
        }
    }
}
