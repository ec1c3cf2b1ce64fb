package io.github.keywharf.totesys;

import io.github.keywharf.event.Event;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.PostgresServer;
import io.github.keywharf.testing.totesys.TotesysGenerator;
import io.github.keywharf.testing.totesys.TotesysTorture;
import io.github.keywharf.testing.totesys.WarehouseComparison;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A pipeline on real parts: a source database with a few days of Totesys, an empty warehouse, stores in memory. One
 * server serves all fixtures of a JVM, each with databases of its own.
 */
public final class PipelineFixture implements AutoCloseable {

    /** A generator of its own for each fixture, as generators remember the time that they have reached. */
    static TotesysGenerator generator() {
        return TotesysGenerator.builder(7)
                .startDate(LocalDate.of(2024, 5, 1))
                .days(12)
                .build();
    }

    private static final String TEMPLATE = "totesys_template";
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static volatile PostgresServer shared;

    final PostgresServer server;
    final String sourceName;
    final String warehouseName;
    final PostgresDatabase source;
    final PostgresDatabase warehouse;
    final ObjectStore ingestion = ObjectStore.inMemory();
    final ObjectStore processed = ObjectStore.inMemory();
    final TotesysGenerator generator = generator();
    final TotesysTorture torture = new TotesysTorture(11);
    final List<Event> events = new CopyOnWriteArrayList<>();

    /** What is in a source at first. */
    private enum Contents {
        NOTHING,
        HISTORY,
        COPY_OF_TEMPLATE
    }

    private PipelineFixture(PostgresServer server, Contents contents) throws SQLException {
        this.server = server;
        int number = COUNT.incrementAndGet();
        sourceName = "totesys_" + number;
        warehouseName = "warehouse_" + number;
        if (contents == Contents.COPY_OF_TEMPLATE) {
            server.createDatabase(sourceName, TEMPLATE);
            generator.resumeAfterHistory();
        } else {
            server.createDatabase(sourceName);
        }
        server.createDatabase(warehouseName);
        source = database(sourceName);
        warehouse = database(warehouseName);
        if (contents == Contents.HISTORY) {
            fill(server, sourceName, generator);
        }
    }

    static PipelineFixture start() throws SQLException {
        return new PipelineFixture(sharedServer(), Contents.COPY_OF_TEMPLATE);
    }

    static PipelineFixture startEmpty() throws SQLException {
        return new PipelineFixture(sharedServer(), Contents.NOTHING);
    }

    static PipelineFixture on(PostgresServer server) throws SQLException {
        return new PipelineFixture(server, Contents.HISTORY);
    }

    private static void fill(PostgresServer server, String database, TotesysGenerator generator) throws SQLException {
        try (Connection connection = server.connection(database)) {
            generator.createSchema(connection);
            generator.generateHistory(connection);
        }
    }

    private static synchronized PostgresServer sharedServer() throws SQLException {
        if (shared == null) {
            PostgresServer started = PostgresServer.start(PostgresServer.Options::logicalReplication);
            started.createDatabase(TEMPLATE);
            fill(started, TEMPLATE, generator());
            shared = started;
        }
        return shared;
    }

    PostgresDatabase database(String name) {
        return PostgresDatabase.builder()
                .host(server.host())
                .port(server.port())
                .database(name)
                .credentials(server.user(), Secret.of(server.password()))
                .build();
    }

    TotesysPipeline.Builder builder() {
        return TotesysPipeline.builder()
                .source(source.source())
                .ingestion(ingestion)
                .processed(processed)
                .warehouse(warehouse.warehouse())
                .events(events::add);
    }

    /** A pipeline whose warehouse has been created. */
    TotesysPipeline pipeline() {
        return pipeline(builder -> builder);
    }

    TotesysPipeline pipeline(UnaryOperator<TotesysPipeline.Builder> options) {
        TotesysPipeline pipeline = options.apply(builder()).build();
        pipeline.createWarehouse();
        return pipeline;
    }

    Connection source() throws SQLException {
        return server.connection(sourceName);
    }

    Connection warehouse() throws SQLException {
        return server.connection(warehouseName);
    }

    void inSource(String... statements) {
        server.execute(sourceName, statements);
    }

    void inWarehouse(String... statements) {
        server.execute(warehouseName, statements);
    }

    /** What differs between the warehouse and the source, by an oracle in SQL that knows nothing of the library. */
    List<String> differences(UnaryOperator<WarehouseComparison> options) throws SQLException {
        try (Connection from = source();
                Connection to = warehouse()) {
            return options.apply(new WarehouseComparison()).compare(from, to);
        }
    }

    List<String> differences() throws SQLException {
        return differences(comparison -> comparison);
    }

    long count(String table) throws SQLException {
        return number("SELECT count(*) FROM " + table);
    }

    long number(String sql) throws SQLException {
        return Long.parseLong(list(sql).get(0));
    }

    /** The first column of a query in the warehouse, as text. */
    List<String> list(String sql) throws SQLException {
        try (Connection connection = warehouse()) {
            return list(connection, sql);
        }
    }

    static List<String> list(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(String.valueOf(rows.getString(1)));
            }
            return values;
        }
    }

    /** Drops a feed of the source, if it is there: its slot would keep the database from being dropped. */
    void dropFeed(String feed) {
        inSource(
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '" + feed + "'",
                "DROP PUBLICATION IF EXISTS " + feed);
    }

    List<Event> named(String name) {
        return events.stream().filter(event -> event.name().equals(name)).toList();
    }

    <E extends Event> List<E> events(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    List<String> keys(ObjectStore store, String prefix) {
        try (var objects = store.list(prefix)) {
            return objects.map(object -> object.key()).toList();
        }
    }

    @Override
    public void close() {
        source.close();
        warehouse.close();
        server.execute(
                "postgres",
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = '" + sourceName
                        + "'",
                "DROP DATABASE IF EXISTS " + sourceName + " WITH (FORCE)",
                "DROP DATABASE IF EXISTS " + warehouseName + " WITH (FORCE)");
    }
}
