package io.github.keywharf.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.PostgresServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class PostgresDatabaseTest {

    private static PostgresServer server;

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static PostgresDatabase.Builder builder() {
        return PostgresDatabase.builder()
                .host(server.host())
                .port(server.port())
                .database("postgres")
                .credentials(server.user(), Secret.of(server.password()));
    }

    private static String code(ThrowingCallable work) {
        return ((KeywharfException) org.assertj.core.api.Assertions.catchThrowable(work)).code();
    }

    @Test
    void both_known_shapes_of_credentials_are_read() {
        String one = "{'user':'u','password':'p','host':'h','database':'d','port':5433}".replace('\'', '"');
        String two = "{'username':'u','password':'p','dbname':'d','host':'h','port':'5433','engine':'postgres'}"
                .replace('\'', '"');
        for (String document : new String[] {one, two}) {
            PostgresCredentials read = PostgresCredentials.parse(Secret.of(document));
            assertThat(read.host()).isEqualTo("h");
            assertThat(read.port()).isEqualTo(5433);
            assertThat(read.database()).isEqualTo("d");
            assertThat(read.user()).isEqualTo("u");
            assertThat(read.password().matches("p")).isTrue();
            assertThat(read).hasToString("PostgresCredentials[u@h:5433/d]");
        }
        String noPort = "{\"user\":\"u\",\"password\":\"p\",\"host\":\"h\",\"database\":\"d\"}";
        assertThat(PostgresCredentials.parse(Secret.of(noPort)).port()).isEqualTo(5432);
    }

    @Test
    void bad_credentials_documents_are_refused_without_quoting_them() {
        for (String document : new String[] {
            "",
            "hunter2",
            "{\"password\": hunter2}",
            "[\"hunter2\"]",
            "{\"password\":\"hunter2\"}",
            "{\"user\":\"hunter2\",\"password\":7,\"host\":\"h\",\"database\":\"d\"}",
            "{\"user\":\"u\",\"password\":\"p\",\"host\":\"h\",\"database\":\"d\",\"port\":\"hunter2\"}",
            "{\"user\":\"u\",\"password\":\"p\",\"host\":\"h\",\"database\":\"d\",\"port\":99999}"
        }) {
            assertThatThrownBy(() -> PostgresCredentials.parse(Secret.of(document)))
                    .isInstanceOf(KeywharfException.class)
                    .satisfies(e -> assertThat(trace(e)).doesNotContain("hunter2"))
                    .extracting(e -> ((KeywharfException) e).code())
                    .isEqualTo("postgres.bad_credentials_document");
        }
        assertThatThrownBy(() -> PostgresCredentials.parse(Secret.of("{\"user\":\"u\",\"host\":\"h\"}")))
                .hasMessageContaining("database (or dbname), password");
    }

    @Test
    void wrong_password_wrong_database_and_no_server_are_distinguished_without_the_password() {
        try (PostgresDatabase wrong =
                builder().credentials(server.user(), Secret.of("hunter2")).build()) {
            assertThatThrownBy(() -> wrong.source().listTables())
                    .satisfies(e -> assertThat(trace(e)).doesNotContain("hunter2"))
                    .hasMessageStartingWith("[127.0.0.1:" + server.port() + "/postgres]");
            assertThat(code(() -> wrong.source().listTables())).isEqualTo("postgres.bad_credentials");
        }
        try (PostgresDatabase wrong = builder().database("nowhere").build()) {
            assertThat(code(() -> wrong.source().snapshot())).isEqualTo("postgres.no_database");
        }
        try (PostgresDatabase wrong =
                builder().port(1).connectTimeout(Duration.ofSeconds(2)).build()) {
            assertThat(code(() -> wrong.source().snapshot())).isEqualTo("postgres.unreachable");
        }
    }

    @Test
    void missing_driver_is_reported_with_the_dependency_to_add() throws Exception {
        String[] path = System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1);
        List<URL> urls = new ArrayList<>();
        for (String entry : path) {
            if (!entry.matches(".*[/\\\\]postgresql-[0-9.]+\\.jar")) {
                urls.add(new java.io.File(entry).toURI().toURL());
            }
        }
        assertThat(urls).hasSizeLessThan(path.length);
        try (URLClassLoader loader =
                new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
            Class<?> probe = loader.loadClass(WithoutDriver.class.getName());
            assertThat(probe.getDeclaredMethod("message").invoke(null))
                    .isEqualTo("[localhost:1/d] The driver is not on the class path; add"
                            + " org.postgresql:postgresql:42.7.14");
        }
    }

    /** Runs where no driver is. */
    public static final class WithoutDriver {

        private WithoutDriver() {}

        /** What the first use says. */
        public static String message() {
            try (PostgresDatabase database = PostgresDatabase.builder()
                    .port(1)
                    .database("d")
                    .credentials("u", Secret.of("p"))
                    .build()) {
                database.source().snapshot();
                return "connected";
            } catch (KeywharfException e) {
                return e.getMessage();
            }
        }
    }

    @Test
    void nothing_printable_holds_the_password() {
        PostgresDatabase.Builder builder = builder().credentials(server.user(), Secret.of("hunter2"));
        try (PostgresDatabase database = builder.build()) {
            assertThat(builder + " " + database + database.name() + database.source() + database.query("SELECT 1"))
                    .doesNotContain("hunter2")
                    .contains("127.0.0.1:" + server.port() + "/postgres");
        }
    }

    @Test
    void builder_says_what_is_missing_or_wrong() {
        assertThatThrownBy(() -> PostgresDatabase.builder().database("d").build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The login is missing; call credentials(user, password)");
        assertThatThrownBy(() -> PostgresDatabase.builder().port(0))
                .hasMessage("port must be from 1 to 65535, but is 0");
        assertThatThrownBy(() -> PostgresDatabase.builder().host(" ")).hasMessageContaining("host is blank");
        assertThatThrownBy(() -> PostgresDatabase.builder().timeout(Duration.ZERO))
                .hasMessageContaining("PT0S");
        assertThatThrownBy(() -> PostgresDatabase.builder().property("password", "x"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void connections_are_used_again_with_a_clean_session_and_never_after_close() throws SQLException {
        PostgresDatabase database = builder().applicationName("shop").build();
        String first;
        try (Connection connection = database.connections().open();
                Statement statement = connection.createStatement()) {
            first = text(statement, "SELECT pg_backend_pid()::text");
            statement.execute("SET search_path = nowhere; CREATE TEMP TABLE mine (id int); SET application_name = 'x'");
            statement.execute("SELECT pg_advisory_lock(7)");
            connection.setAutoCommit(false);
            statement.execute("CREATE TABLE public.half_done (id int)");
        }
        Connection again = database.connections().open();
        try (Statement statement = again.createStatement()) {
            assertThat(text(statement, "SELECT pg_backend_pid()::text")).isEqualTo(first);
            assertThat(text(statement, "SHOW application_name")).isEqualTo("shop");
            assertThat(text(statement, "SELECT to_regclass('public.half_done')::text || to_regclass('mine')::text"))
                    .isNull();
            assertThat(text(statement, "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory'"))
                    .isEqualTo("0");
            assertThat(again.getAutoCommit()).isTrue();
        }
        again.close();
        again.close();
        assertThat(again.isClosed()).isTrue();
        assertThatThrownBy(again::createStatement).isInstanceOf(SQLException.class);
        database.close();
        database.close();
        assertThatThrownBy(() -> database.connections().open()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void connection_that_died_while_it_waited_is_replaced() throws SQLException {
        try (PostgresDatabase database = builder().build()) {
            String first;
            try (Connection connection = database.connections().open();
                    Statement statement = connection.createStatement()) {
                first = text(statement, "SELECT pg_backend_pid()::text");
            }
            server.execute("postgres", "SELECT pg_terminate_backend(" + first + ", 5000)");
            try (Connection connection = database.connections().open();
                    Statement statement = connection.createStatement()) {
                assertThat(text(statement, "SELECT pg_backend_pid()::text")).isNotEqualTo(first);
            }
        }
    }

    @Test
    void data_source_of_the_caller_is_used_and_left_alone() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(server.jdbcUrl("postgres"));
        source.setUser(server.user());
        source.setPassword(server.password());
        try (PostgresDatabase database = PostgresDatabase.of(source)) {
            assertThat(database.query("SELECT 42 AS answer").one().orElseThrow().value("answer"))
                    .isEqualTo(42);
            assertThat(database.name()).isEqualTo("127.0.0.1:" + server.port() + "/postgres");
            assertThat(database.unwrap()).isSameAs(source);
        }
        source.setPassword("hunter2");
        assertThat(code(() -> PostgresDatabase.of(source).query("SELECT 1").one()))
                .isEqualTo("postgres.bad_credentials");
    }

    @Test
    void a_database_that_was_built_is_a_data_source_too() throws SQLException {
        DataSource source;
        try (PostgresDatabase database = builder().build()) {
            source = database.unwrap();
            String process;
            try (Connection connection = source.getConnection();
                    Statement statement = connection.createStatement()) {
                process = text(statement, "SELECT pg_backend_pid()::text");
                statement.execute("SET application_name = 'a guest'");
            }
            try (Connection connection = source.getConnection();
                    Statement statement = connection.createStatement()) {
                assertThat(text(statement, "SELECT pg_backend_pid()::text")).isEqualTo(process);
                assertThat(text(statement, "SHOW application_name")).isEqualTo("keywharf");
            }
            assertThat(source.unwrap(DataSource.class)).isSameAs(source);
            assertThat(source).hasToString("DataSource[127.0.0.1:" + server.port() + "/postgres]");
            assertThatThrownBy(() -> source.getConnection("another", "hunter2"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("build another database")
                    .hasMessageNotContaining("hunter2");
        }
        assertThatThrownBy(source::getConnection).isInstanceOf(IllegalStateException.class);
        try (PostgresDatabase wrong =
                builder().credentials(server.user(), Secret.of("hunter2")).build()) {
            assertThatThrownBy(() -> wrong.unwrap().getConnection())
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"))
                    .hasMessageNotContaining("hunter2");
        }
    }

    @Test
    void a_url_of_the_driver_names_hosts_database_and_properties() {
        String url = "jdbc:postgresql://127.0.0.1:1,127.0.0.1:" + server.port()
                + "/postgres?ApplicationName=by%20url&sslmode=disable&hostRecheckSeconds=0";
        try (Secret password = Secret.of(server.password());
                PostgresDatabase database = PostgresDatabase.of(url, server.user(), password)) {
            assertThat(database.query("SHOW application_name")
                            .one()
                            .orElseThrow()
                            .toMap())
                    .containsEntry("application_name", "by url");
            assertThat(database.name()).isEqualTo("127.0.0.1:1,127.0.0.1:" + server.port() + "/postgres");
        }
    }

    @Test
    void host_and_port_of_a_url_can_be_replaced_one_by_one_where_there_is_one_host() {
        PostgresDatabase.Builder one = PostgresDatabase.builder()
                .url("jdbc:postgresql://db1:6000/totesys")
                .credentials("me", Secret.of("x"));

        try (PostgresDatabase first = one.port(6432).build();
                PostgresDatabase second = one.host("db2").build()) {
            assertThat(first.name()).isEqualTo("db1:6432/totesys");
            assertThat(second.name()).isEqualTo("db2:6432/totesys");
        }
        assertThatThrownBy(() -> PostgresDatabase.builder()
                        .url("jdbc:postgresql://db1,db2/totesys")
                        .port(1))
                .hasMessageContaining("several hosts");
    }

    @Test
    void a_url_with_a_password_or_of_something_else_is_refused_and_not_shown() {
        for (String url : List.of(
                "jdbc:postgresql://localhost/totesys?user=me&password=hunter2",
                "jdbc:mysql://localhost/hunter2",
                "jdbc:postgresql://alice:hunter2@db1:5432/totesys",
                "jdbc:postgresql://db1:5432?user=alice&password=hunter2",
                "jdbc:postgresql://alice:hunter2/db",
                "postgresql://me:hunter2@localhost/totesys")) {
            assertThatThrownBy(() -> PostgresDatabase.builder().url(url))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("hunter2");
        }
        for (String url : List.of(
                "jdbc:postgresql:///totesys",
                "jdbc:postgresql://[::1]/totesys",
                "jdbc:postgresql://db1,db2:5433/totesys?connectTimeout=3")) {
            assertThat(PostgresDatabase.builder().url(url)).isNotNull();
        }
    }

    @Test
    void errors_about_values_do_not_quote_them() {
        try (PostgresDatabase database = builder().build()) {
            database.query("CREATE TABLE person (name text PRIMARY KEY, age int CHECK (age < 200))")
                    .update();
            PostgresQuery insert = database.query("INSERT INTO person VALUES (:name, :age)");
            insert.bind("name", "hunter2").bind("age", 7).update();
            assertThatThrownBy(insert::update)
                    .hasMessageContaining("'person_pkey'")
                    .satisfies(e -> assertThat(trace(e)).doesNotContain("hunter2"));
            assertThat(code(insert::update)).isEqualTo("postgres.constraint");
            assertThatThrownBy(() -> insert.bind("age", "hunter2").update())
                    .hasMessageContaining("22P02")
                    .hasMessageNotContaining("hunter2");
        }
    }

    private static String text(Statement statement, String sql) throws SQLException {
        try (ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }

    private static String trace(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
