package io.github.keywharf.bench.totesys;

import io.github.keywharf.aws.AWSManager;
import io.github.keywharf.bench.measure.Trees;
import io.github.keywharf.pipeline.WarehouseMode;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.ForkedS3Server;
import io.github.keywharf.testing.PostgresServer;
import io.github.keywharf.testing.totesys.TotesysGenerator;
import io.github.keywharf.totesys.TotesysPipeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * One PostgreSQL server with sources of several sizes and with warehouses, one S3 server, and a directory for zones:
 * what the contestants of {@link TotesysBench} work on.
 */
final class TotesysServers implements AutoCloseable {

    /** What fact_sales_order and its dimensions are made of. */
    static final List<String> TABLES =
            List.of("counterparty", "currency", "department", "design", "staff", "sales_order", "address");

    private static final String BUCKET = "zones";

    private final PostgresServer postgres;
    private final Path directory;
    private final ForkedS3Server s3;
    private final AWSManager aws;
    private int zones;

    TotesysServers() throws Exception {
        postgres = PostgresServer.start(options -> options.config("max_wal_size", "8GB"));
        directory = Files.createTempDirectory(
                Files.createDirectories(Path.of("target", "bench").toAbsolutePath()), "totesys-");
        s3 = ForkedS3Server.start(directory.resolve("s3"));
        s3.createBucket(BUCKET);
        aws = AWSManager.builder()
                .endpoint(s3.endpoint())
                .pathStyle(true)
                .region("eu-west-1")
                .credentials(s3.accessKey(), Secret.of(s3.secretKey()))
                .connect();
    }

    PostgresServer postgres() {
        return postgres;
    }

    /** The id of the server's first process. */
    long process() throws SQLException {
        try (Connection connection = postgres.connection("postgres");
                Statement statement = connection.createStatement();
                ResultSet line =
                        statement.executeQuery("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)")) {
            line.next();
            return line.getLong(1);
        }
    }

    /** The name of the source of so many sales orders, made at the first call. */
    String source(int orders) throws SQLException {
        String name = "totesys_" + orders;
        if (!exists(name)) {
            postgres.createDatabase(name);
            try (Connection connection = postgres.connection(name)) {
                TotesysGenerator generator = TotesysGenerator.seeded(42);
                generator.createSchema(connection);
                generator.bulk(connection, orders, false);
            }
            postgres.execute(name, "VACUUM ANALYZE");
        }
        return name;
    }

    private boolean exists(String database) throws SQLException {
        try (Connection connection = postgres.connection("postgres");
                Statement statement = connection.createStatement();
                ResultSet found =
                        statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + database + "'")) {
            return found.next();
        }
    }

    /** A new, empty warehouse of this name; as {@code createWarehouse()} makes it. */
    void warehouse(String name, boolean foreignKeys, WarehouseMode mode) throws SQLException {
        postgres.execute("postgres", "DROP DATABASE IF EXISTS " + name);
        postgres.createDatabase(name);
        try (PostgresDatabase database = database(name)) {
            builder(database, database, foreignKeys, directoryStore())
                    .mode(mode)
                    .build()
                    .createWarehouse();
        }
        postgres.execute(name, "CHECKPOINT");
    }

    PostgresDatabase database(String name) {
        return database(postgres.host(), postgres.port(), name, postgres.user(), postgres.password());
    }

    static PostgresDatabase database(String host, int port, String name, String user, String password) {
        return PostgresDatabase.builder()
                .host(host)
                .port(port)
                .database(name)
                .credentials(user, Secret.of(password))
                .build();
    }

    /** A pipeline for the sales orders and what they refer to, with both zones in one store. */
    static TotesysPipeline.Builder builder(
            PostgresDatabase source, PostgresDatabase warehouse, boolean foreignKeys, ObjectStore zones) {
        return TotesysPipeline.builder()
                .source(source.source())
                .warehouse(warehouse.warehouse().withForeignKeys(foreignKeys))
                .ingestion(zones.under("ingestion/"))
                .processed(zones.under("processed/"))
                .tables(TABLES);
    }

    /** A place for zones on the local disk that was not used before. */
    Path zoneDirectory() {
        return directory.resolve("zones-" + zones++);
    }

    ObjectStore directoryStore() {
        return ObjectStore.ofDirectory(zoneDirectory());
    }

    /** A place for zones on the S3 server that was not used before. */
    ObjectStore s3Store() {
        return aws.store(BUCKET, "zones-" + zones++ + "/");
    }

    /** What is the same in a source and in a warehouse that holds all of it once. */
    static String totals(Connection connection, boolean source) throws SQLException {
        String sql = source ? """
                SELECT count(*), sum(units_sold), sum(unit_price), min(created_at), max(created_at), min(last_updated),
                       max(last_updated) FROM sales_order""" : """
                SELECT count(*), sum(units_sold), sum(unit_price), min(created_date + created_time),
                       max(created_date + created_time), min(last_updated_date + last_updated_time),
                       max(last_updated_date + last_updated_time) FROM fact_sales_order""";
        try (Statement statement = connection.createStatement();
                ResultSet totals = statement.executeQuery(sql)) {
            totals.next();
            StringBuilder text = new StringBuilder();
            for (int i = 1; i <= totals.getMetaData().getColumnCount(); i++) {
                text.append(i > 1 ? " | " : "").append(totals.getString(i));
            }
            return text.toString();
        }
    }

    /** Ends the benchmark unless the warehouse holds what the source does. */
    void check(String source, String warehouse) throws SQLException {
        try (Connection from = postgres.connection(source);
                Connection to = postgres.connection(warehouse)) {
            String wanted = totals(from, true);
            String found = totals(to, false);
            if (!wanted.equals(found)) {
                throw new IllegalStateException("The source has " + wanted + ", but " + warehouse + " has " + found);
            }
            for (String table : List.of("staff", "counterparty", "currency", "design", "location", "date")) {
                try (Statement statement = to.createStatement();
                        ResultSet any = statement.executeQuery("SELECT EXISTS (SELECT FROM dim_" + table + ")")) {
                    any.next();
                    if (!any.getBoolean(1)) {
                        throw new IllegalStateException(warehouse + " has nothing in dim_" + table);
                    }
                }
            }
        }
    }

    @Override
    public void close() throws Exception {
        aws.close();
        s3.close();
        postgres.close();
        Trees.delete(directory);
    }
}
