package io.github.keywharf.postgres;

import io.github.keywharf.postgres.source.PgSource;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A fresh database on a server that all tests of this JVM share. */
public final class TestDatabase implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private static final class Shared {
        static final PostgresServer SERVER = PostgresServer.start();
    }

    private final String name = "warehouse_" + COUNT.incrementAndGet();
    private final PostgresDatabase database;
    private int tables;

    public TestDatabase() {
        server().createDatabase(name);
        database = as(server().user(), server().password());
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
                .host(server().host())
                .port(server().port())
                .database(name)
                .credentials(user, Secret.of(password))
                .build();
    }

    /** What reads the one table of this name. */
    public PgSource source(String table) {
        return PgSource.ofTable(database.connections(), "public", table);
    }

    public Connection connection() throws SQLException {
        return server().connection(name);
    }

    /** Creates a table with a name of its own. */
    public String table(String columns) {
        String table = "t" + ++tables;
        execute("CREATE TABLE " + table + " (" + columns + ")");
        return table;
    }

    public void execute(String... statements) {
        server().execute(name, statements);
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
        server().execute("postgres", "DROP DATABASE " + name + " WITH (FORCE)");
    }
}
