package io.github.keywharf.postgres;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.testing.PostgresServer;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** A balancer of load that hands out connections to several servers, whose snapshots may have one name. */
class SnapshotOfAnotherServerTest {

    private static final int SESSIONS = 40;

    @Test
    void a_snapshot_of_the_same_name_is_not_taken_for_the_leaders() throws SQLException {
        List<Connection> held = new ArrayList<>();
        try (PostgresServer one = PostgresServer.start();
                PostgresServer other = PostgresServer.start()) {
            one.execute("postgres", "CREATE TABLE item AS SELECT 1 AS id");
            other.execute("postgres", "CREATE TABLE item AS SELECT 2 AS id");
            int[] opened = {0};
            DataSource balanced = (DataSource) Proxy.newProxyInstance(
                    DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, args) -> {
                        if (!method.getName().equals("getConnection")) {
                            return method.getName().equals("toString") ? "balanced" : null;
                        }
                        if (opened[0]++ > 0) {
                            exportAs(other, first(one, "SELECT pg_ls_dir('pg_snapshots')"), held);
                            return other.connection("postgres");
                        }
                        Connection leader = one.connection("postgres");
                        advance(leader, 1_000);
                        return leader;
                    });
            try (PostgresDatabase database = PostgresDatabase.of(balanced);
                    SourceSnapshot snapshot = database.source().snapshot()) {
                assertThatThrownBy(() -> snapshot.read(ReadRequest.all("item")).toTable())
                        .extracting(e -> ((KeywharfException) e).code())
                        .isEqualTo("postgres.snapshot_lost");
            } finally {
                for (Connection connection : held) {
                    connection.close();
                }
            }
        }
    }

    private static void advance(Connection connection, int transactions) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (int i = 0; i < transactions; i++) {
                statement.execute("SELECT 1");
            }
        }
    }

    private static String first(PostgresServer server, String query) throws SQLException {
        try (Connection connection = server.connection("postgres")) {
            return first(connection, query);
        }
    }

    private static String first(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }

    /** Exports a snapshot of that name: of the session in the same place, in its transaction of the same number. */
    private static void exportAs(PostgresServer server, String name, List<Connection> held) throws SQLException {
        String[] wanted = name.split("-");
        for (int i = 0; i < SESSIONS; i++) {
            Connection connection = server.connection("postgres");
            held.add(connection);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            String[] own = first(connection, "SELECT pg_export_snapshot()").split("-");
            if (own[0].equals(wanted[0])) {
                advance(connection, Integer.parseInt(wanted[1], 16) - Integer.parseInt(own[1], 16) - 1);
                connection.setAutoCommit(false);
                String exported = first(connection, "SELECT pg_export_snapshot()");
                if (!exported.equals(name)) {
                    throw new IllegalStateException(exported + " instead of " + name);
                }
                return;
            }
        }
        throw new IllegalStateException("No session in the place of " + name);
    }
}
