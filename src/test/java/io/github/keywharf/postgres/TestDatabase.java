package io.github.keywharf.postgres;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.keywharf.postgres.source.PgSource;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A fresh database on a server that all tests of this JVM share. */
public final class TestDatabase implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private static final class Shared {
        static final PostgresServer SERVER = PostgresServer.start();
    }

    private static final Map<Integer, PostgresServer> VERSIONS = new ConcurrentHashMap<>();

    private final String name = "warehouse_" + COUNT.incrementAndGet();
    private final PostgresServer own;
    private final PostgresDatabase database;
    private int tables;

    public TestDatabase() {
        this(server());
    }

    private TestDatabase(PostgresServer own) {
        this.own = own;
        own.createDatabase(name);
        database = as(own.user(), own.password());
    }

    /** One on a server of another version, which all tests of this JVM share too. */
    public static TestDatabase on(int version) {
        Optional<Path> binaries = PostgresServer.binaries(version);
        assumeTrue(
                binaries.isPresent(),
                "PostgreSQL " + version + " is fetched by Maven, on Linux and amd64 only; there is no postgres-"
                        + version + ".classpath");
        return new TestDatabase(VERSIONS.computeIfAbsent(
                version, any -> PostgresServer.start(options -> options.binaries(binaries.orElseThrow()))));
    }

    public static PostgresServer server() {
        return Shared.SERVER;
    }

    public String name() {
        return name;
    }

    public PostgresDatabase database() {
        return database;
    }

    public PostgresDatabase as(String user, String password) {
        return PostgresDatabase.builder()
                .host(own.host())
                .port(own.port())
                .database(name)
                .credentials(user, Secret.of(password))
                .build();
    }

    /** What reads the one table of this name. */
    public PgSource source(String table) {
        return PgSource.ofTable(database.connections(), "public", table);
    }

    public Connection connection() throws SQLException {
        return own.connection(name);
    }

    /** Creates a table with a name of its own. */
    public String table(String columns) {
        String table = "t" + ++tables;
        execute("CREATE TABLE " + table + " (" + columns + ")");
        return table;
    }

    public void execute(String... statements) {
        own.execute(name, statements);
    }

    public List<String> query(String sql) {
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> lines = new ArrayList<>();
            while (rows.next()) {
                StringBuilder line = new StringBuilder();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    String value = rows.getString(i);
                    line.append(i == 1 ? "" : "|").append(value == null ? "" : value);
                }
                lines.add(line.toString());
            }
            return lines;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    @Override
    public void close() {
        database.close();
        own.execute("postgres", "DROP DATABASE " + name + " WITH (FORCE)");
    }
}
