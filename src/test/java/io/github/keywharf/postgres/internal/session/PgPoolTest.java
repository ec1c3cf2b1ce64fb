package io.github.keywharf.postgres.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.postgres.TestDatabase;
import io.github.keywharf.secret.Secret;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class PgPoolTest {

    private static final int THREADS = 12;
    private static final int ROUNDS = 25;

    private final TestDatabase database = new TestDatabase();

    private PgPool pool() {
        Properties properties = new Properties();
        properties.setProperty("user", TestDatabase.server().user());
        properties.setProperty("ApplicationName", "pooled");
        return new PgPool(
                new PgDriver(
                        PgDriver.address(
                                TestDatabase.server().host(),
                                TestDatabase.server().port()),
                        database.name(),
                        properties,
                        Secret.of(TestDatabase.server().password()),
                        null),
                EventListener.NONE);
    }

    private String sessions() {
        return database.query("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pooled'"
                        + " AND datname = current_database()")
                .get(0);
    }

    @Test
    void many_threads_share_no_connection_and_leak_none_while_sessions_are_killed() throws Exception {
        Set<Integer> busy = ConcurrentHashMap.newKeySet();
        AtomicInteger done = new AtomicInteger();
        AtomicInteger killed = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
        try (PgPool pool = pool()) {
            List<Callable<Void>> work = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                work.add(() -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        try (Connection connection = pool.open();
                                Statement statement = connection.createStatement()) {
                            int pid = pid(statement);
                            assertThat(busy.add(pid))
                                    .as("session %s is used by one", pid)
                                    .isTrue();
                            try {
                                connection.setAutoCommit(false);
                                statement.execute("CREATE TEMPORARY TABLE mine (a int)");
                                statement.execute("SET statement_timeout = 12345");
                                assertThat(pid(statement)).isEqualTo(pid);
                                connection.commit();
                                done.incrementAndGet();
                            } finally {
                                busy.remove(pid);
                            }
                        } catch (SQLException e) {
                            assertThat(e.getSQLState()).matches("57P.*|08.*");
                            killed.incrementAndGet();
                        }
                    }
                    return null;
                });
            }
            work.add(() -> {
                for (int round = 0; round < 10; round++) {
                    database.query("SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE"
                            + " application_name = 'pooled' AND datname = current_database() ORDER BY random()"
                            + " LIMIT 3) s");
                }
                return null;
            });
            for (Future<Void> future : threads.invokeAll(work)) {
                future.get();
            }
            assertThat(done.get() + killed.get()).isEqualTo(THREADS * ROUNDS);
            assertThat(done).hasValueGreaterThan(THREADS);
            Awaitility.await().until(() -> Integer.parseInt(sessions()) <= PgPool.MAX_IDLE);
            try (Connection connection = pool.open();
                    Statement statement = connection.createStatement();
                    ResultSet found = statement.executeQuery(
                            "SELECT to_regclass('pg_temp.mine') IS NULL AND current_setting('statement_timeout') ="
                                    + " '0'")) {
                found.next();
                assertThat(found.getBoolean(1))
                        .as("nothing is left of who had it before")
                        .isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
        Awaitility.await().until(() -> sessions().equals("0"));
        database.close();
    }

    private static int pid(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }
}
