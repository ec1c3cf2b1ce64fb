package io.github.keywharf.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresServerTest {
    private static PostgresServer server;

    @BeforeAll
    static void start() {
        server = PostgresServer.start(options -> options.logicalReplication().config("max_connections", "50"));
        server.createDatabase("shop");
        server.execute("shop", "CREATE TABLE item (id int PRIMARY KEY)", "INSERT INTO item VALUES (1)");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void wrong_password_is_refused() throws SQLException {
        assertThatThrownBy(() -> server.connection("shop", server.user(), "wrong"))
                .isInstanceOf(SQLException.class)
                .extracting(e -> ((SQLException) e).getSQLState())
                .isEqualTo("28P01");
        try (Connection connection = server.connection("shop")) {
            assertThat(connection.isValid(1)).isTrue();
        }
    }

    @Test
    void password_is_not_shown() {
        assertThat(server.toString()).doesNotContain(server.password());
        assertThat(server.jdbcUrl("shop")).doesNotContain(server.password());
    }

    @Test
    void options_reach_the_server() throws SQLException {
        assertThat(text("SHOW wal_level")).isEqualTo("logical");
        assertThat(text("SHOW max_connections")).isEqualTo("50");
        assertThat(text("SHOW synchronous_commit")).isEqualTo("on");
        assertThat(text("SHOW fsync")).isEqualTo("off");
    }

    @Test
    void role_may_do_what_it_was_granted_and_no_more() throws SQLException {
        server.createRole("shop", "reader", "it's a secret", "GRANT SELECT ON item TO reader");
        try (Connection reader = server.connection("shop", "reader", "it's a secret");
                Statement statement = reader.createStatement()) {
            assertThat(statement.executeQuery("SELECT id FROM item").next()).isTrue();
            assertThatThrownBy(() -> statement.execute("INSERT INTO item VALUES (99)"))
                    .isInstanceOf(SQLException.class)
                    .extracting(e -> ((SQLException) e).getSQLState())
                    .isEqualTo("42501");
        }
    }

    @Test
    void killed_server_keeps_what_was_committed_and_comes_back_on_its_port() throws SQLException {
        int port = server.port();
        try (Connection open = server.connection("shop");
                Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute("INSERT INTO item VALUES (2)");
            open.commit();
            statement.execute("INSERT INTO item VALUES (3)");
            server.kill();
            assertThat(server.running()).isFalse();
            assertThatThrownBy(open::commit).isInstanceOf(SQLException.class);
        }
        assertThatThrownBy(() -> server.connection("shop")).isInstanceOf(SQLException.class);
        server.restart();
        assertThat(server.port()).isEqualTo(port);
        assertThat(text("SELECT string_agg(id::text, ',' ORDER BY id) FROM item WHERE id IN (2, 3)"))
                .isEqualTo("2");
        assertThatThrownBy(() -> server.connection("shop", server.user(), "wrong"))
                .isInstanceOf(SQLException.class);
    }

    @Test
    void closed_server_is_gone_and_its_second_close_is_harmless() {
        PostgresServer other = PostgresServer.start();
        other.close();
        other.close();
        assertThatThrownBy(() -> other.connection("postgres")).isInstanceOf(SQLException.class);
        assertThatThrownBy(other::restart).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_server_that_a_shutdown_hook_closes_exits_quietly_and_leaves_nothing() throws Exception {
        Process exit = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Exit.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(exit.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(exit.waitFor()).isZero();
        List<String> lines = output.lines().toList();
        assertThat(lines).last().asString().startsWith("started ");
        assertThat(output).doesNotContain("Exception");
        assertThat(Path.of(lines.get(lines.size() - 1).substring("started ".length())))
                .doesNotExist();
    }

    /** A program that exits while its server runs. */
    static final class Exit {
        public static void main(String[] arguments) throws SQLException {
            PostgresServer server = PostgresServer.start();
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            try (Connection connection = server.connection("postgres");
                    Statement statement = connection.createStatement();
                    ResultSet directory = statement.executeQuery("SHOW data_directory")) {
                directory.next();
                System.out.println("started " + directory.getString(1));
            }
        }
    }

    @Test
    void a_standby_replays_what_its_server_writes_and_takes_no_writes() throws SQLException {
        try (PostgresServer primary = PostgresServer.start()) {
            primary.execute("postgres", "CREATE TABLE item (id int)");
            try (PostgresServer standby = primary.startStandby()) {
                primary.execute("postgres", "INSERT INTO item VALUES (4)");
                standby.awaitReplay(primary);
                try (Connection connection = standby.connection("postgres");
                        Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery("SELECT id, pg_is_in_recovery() FROM item")) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getInt(1)).isEqualTo(4);
                    assertThat(rows.getBoolean(2)).isTrue();
                }
                assertThatThrownBy(() -> standby.execute("postgres", "INSERT INTO item VALUES (5)"))
                        .hasStackTraceContaining("read-only");
            }
        }
    }

    private static String text(String query) throws SQLException {
        try (Connection connection = server.connection("shop");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
