package io.github.keywharf.bench.postgres;

import io.github.keywharf.bench.measure.SideBySide;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.sql.Increment;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.sql.SqlSource;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.testing.PostgresServer;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;

/**
 * How long a table of a million sales orders takes from the server into column batches, against the same bytes thrown away
 * by psql and against the driver's own result set.
 */
public final class ExtractBench {

    private static final int ROWS = 1_000_000;
    private static final int WARM_UP = 2;
    private static final int RUNS = 5;
    private static final int IDLE_RUNS = 10;

    private ExtractBench() {}

    /** Runs the benchmark; seconds and ratios are medians. */
    public static Map<String, Object> run() throws Exception {
        try (PostgresServer server = PostgresServer.start();
                PostgresDatabase database = PostgresDatabase.builder()
                        .host(server.host())
                        .port(server.port())
                        .database("postgres")
                        .credentials(server.user(), Secret.of(server.password()))
                        .build()) {
            fill(server);
            boolean psql = Psql.isInstalled();
            SqlSource source = database.source();
            SideBySide race = new SideBySide()
                    .add("keywharf", () -> read(source))
                    .add("copy-manager-raw", () -> raw(server))
                    .add("jdbc-binary", () -> resultSet(server));
            if (psql) {
                race.add("psql-binary", () -> psql(server));
            }
            race.run(WARM_UP, RUNS);
            SnapshotPosition position = position(source);
            SideBySide idle = new SideBySide()
                    .quiet()
                    .add("nothing-new", () -> nothingNew(source, position))
                    .run(IDLE_RUNS, IDLE_RUNS);
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("name", "extract");
            result.put("rows", ROWS);
            result.put("ratios", race.ratios("keywharf"));
            result.put("heap_mb", race.heap("keywharf").used());
            result.put("runs", RUNS);
            result.put("seconds", race.medians());
            result.put("detail", Map.of("nothing new, ms", idle.median("nothing-new") * 1000));
            return result;
        }
    }

    private static void fill(PostgresServer server) throws Exception {
        server.execute("postgres", """
                CREATE TABLE sales_order (
                    sales_order_id int PRIMARY KEY, created_at timestamp(3) NOT NULL, last_updated timestamp(3) NOT NULL,
                    design_id int NOT NULL, staff_id int NOT NULL, counterparty_id int NOT NULL, units_sold int NOT NULL,
                    unit_price numeric(10,2) NOT NULL, currency_id int NOT NULL, agreed_delivery_date text NOT NULL,
                    agreed_payment_date text NOT NULL, agreed_delivery_location_id int NOT NULL)""", """
                INSERT INTO sales_order
                SELECT i, timestamp '2022-11-03 14:20' + i * interval '41.017 s',
                       timestamp '2022-11-03 14:20' + i * interval '41.017 s', i % 600 + 1, i % 20 + 1, i % 20 + 1,
                       1000 + (i::bigint * 7919 % 99001)::int, ((200 + i % 201) / 100.0)::numeric(10,2), i % 3 + 1,
                       (date '2022-11-03' + i % 900)::text, (date '2022-11-05' + i % 900)::text, i % 30 + 1
                  FROM generate_series(1,""" + ROWS + ") i", "VACUUM ANALYZE sales_order", "CHECKPOINT");
    }

    private static void read(SqlSource source) {
        long rows = 0;
        try (SourceSnapshot snapshot = source.snapshot();
                Rows all = snapshot.read(ReadRequest.all("sales_order"))) {
            for (ColumnBatch batch = all.next(); batch != null; batch = all.next()) {
                rows += batch.size();
            }
        }
        check(rows);
    }

    private static SnapshotPosition position(SqlSource source) {
        try (SourceSnapshot snapshot = source.snapshot()) {
            return snapshot.position();
        }
    }

    private static void nothingNew(SqlSource source, SnapshotPosition since) {
        try (SourceSnapshot snapshot = source.snapshot();
                Rows rows = snapshot.read(new ReadRequest("sales_order", List.of(), new Increment.Since(since)))) {
            if (rows.next() != null) {
                throw new IllegalStateException("There is something new");
            }
        }
    }

    private static void raw(PostgresServer server) throws Exception {
        try (Connection connection = server.connection("postgres")) {
            check(connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY sales_order TO STDOUT (FORMAT BINARY)", OutputStream.nullOutputStream()));
        }
    }

    private static void psql(PostgresServer server) throws Exception {
        ProcessBuilder psql = new Psql(server)
                .builder("postgres", List.of("-c", "COPY sales_order TO STDOUT (FORMAT BINARY)"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        new Psql.Pipe(List.of(psql.start())).await();
    }

    private static void resultSet(PostgresServer server) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("user", server.user());
        properties.setProperty("password", server.password());
        try (Connection connection = new org.postgresql.Driver().connect(server.jdbcUrl("postgres"), properties);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.setFetchSize(10_000);
            statement.unwrap(PGStatement.class).setPrepareThreshold(-1);
            long rows = 0;
            long sum = 0;
            try (ResultSet result = statement.executeQuery("SELECT * FROM sales_order")) {
                while (result.next()) {
                    for (int column : new int[] {1, 4, 5, 6, 7, 9, 12}) {
                        sum += result.getInt(column);
                    }
                    BigDecimal price = result.getBigDecimal(8);
                    sum += price.unscaledValue().longValue()
                            + result.getString(10).length()
                            + result.getString(11).length();
                    sum += result.getObject(2, LocalDateTime.class).getNano()
                            + result.getObject(3, LocalDateTime.class).getNano();
                    rows++;
                }
            }
            check(sum == 0 ? 0 : rows);
        }
    }

    private static void check(long rows) {
        if (rows != ROWS) {
            throw new IllegalStateException("Read " + rows + " rows of " + ROWS);
        }
    }
}
