package io.github.keywharf.bench.query;

import io.github.keywharf.bench.measure.SideBySide;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.query.QueryEngine;
import io.github.keywharf.query.duckdb.DuckDbEngine;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * An aggregate by the engine, over rows that were registered and over the file itself, beside DuckDB's driver over the file.
 * What registering the rows takes is measured apart, and so is a result of all rows.
 */
public final class QueryBench {

    /** What is wanted. */
    public static final Map<String, Double> GOALS = Map.of("driver", 1.5, "object/driver", 1.5);

    private static final int ROWS = 10_000_000;
    private static final int RUNS = 5;
    private static final long MEMORY = 2L << 30;
    private static final String AGGREGATE = "SELECT currency_id, agreed_delivery_date, count(*) AS n,"
            + " sum(units_sold * unit_price) AS total, max(last_updated) AS latest FROM %s"
            + " WHERE staff_id <= 15 GROUP BY ALL ORDER BY ALL";

    private QueryBench() {}

    /** Runs it; a number among the words is how many rows there are. */
    public static Map<String, Object> run(List<String> words) throws Exception {
        int rows = words.stream()
                .filter(word -> word.matches("\\d+"))
                .findFirst()
                .map(Integer::parseInt)
                .orElse(ROWS);
        Path directory = Files.createTempDirectory("query");
        Path file = directory.resolve("sales.parquet");
        try (ObjectStore store = ObjectStore.ofDirectory(directory);
                QueryEngine engine = DuckDbEngine.builder()
                        .parallelism(2)
                        .memoryLimit(MEMORY)
                        .tempDirectory(directory.resolve("temporary"))
                        .open();
                Connection driver = driver()) {
            write(driver, file, rows);
            engine.table("object", store, "sales.parquet");
            Object[] found = new Object[3];
            SideBySide race = new SideBySide()
                    .add(
                            "register",
                            () -> engine.table("sales", Parquet.reader(file).rows()))
                    .add("keywharf", () -> found[0] = checksum(engine, "sales"))
                    .add("keywharf-object", () -> found[1] = checksum(engine, "object"))
                    .add("driver", () -> found[2] = checksum(driver, file))
                    .add(
                            "keywharf-all-rows",
                            () -> read(engine.query("FROM object").rows()))
                    .add("driver-all-rows", () -> read(driver, file))
                    .run(2, RUNS);
            if (!found[0].equals(found[1]) || !found[0].equals(found[2])) {
                throw new IllegalStateException("they found different sums: " + List.of(found));
            }
            Map<String, Double> ratios = new LinkedHashMap<>();
            ratios.put("driver", race.ratio("keywharf", "driver"));
            ratios.put("object/driver", race.ratio("keywharf-object", "driver"));
            ratios.put("all-rows/driver", race.ratio("keywharf-all-rows", "driver-all-rows"));
            ratios.put(
                    "register-and-query/driver",
                    SideBySide.rounded((race.median("register") + race.median("keywharf")) / race.median("driver")));
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("name", "query");
            result.put("rows", rows);
            result.put("ratios", ratios);
            result.put("heap_mb", race.heap("keywharf").used());
            result.put("runs", RUNS);
            result.put("seconds", race.medians());
            return result;
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(directory.resolve("temporary"));
            Files.deleteIfExists(directory);
        }
    }

    private static Connection driver() throws Exception {
        Properties settings = new Properties();
        settings.setProperty("threads", "2");
        settings.setProperty("memory_limit", MEMORY + "B");
        settings.setProperty("jdbc_stream_results", "true");
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        return DriverManager.getConnection("jdbc:duckdb:", settings);
    }

    /** Orders like those of the other benchmarks, made and written by DuckDB, as another writer would. */
    private static void write(Connection driver, Path file, int rows) throws Exception {
        try (Statement statement = driver.createStatement()) {
            statement.execute("COPY (SELECT i::INTEGER AS sales_order_id,"
                    + " TIMESTAMP '2022-11-01' + to_seconds(i * 6) AS created_at,"
                    + " TIMESTAMP '2022-11-01' + to_seconds(i * 6 + hash(i) % 3600) AS last_updated,"
                    + " (hash(i, 1) % 400)::INTEGER AS design_id, (hash(i, 2) % 20)::INTEGER AS staff_id,"
                    + " (hash(i, 3) % 20)::INTEGER AS counterparty_id, (hash(i, 4) % 100000)::INTEGER AS units_sold,"
                    + " (2 + (hash(i, 5) % 200) / 100)::DECIMAL(10,2) AS unit_price,"
                    + " (hash(i, 6) % 3)::INTEGER AS currency_id,"
                    + " (DATE '2022-11-01' + (hash(i, 7) % 700)::INTEGER)::VARCHAR AS agreed_delivery_date,"
                    + " (DATE '2022-11-01' + (hash(i, 8) % 700)::INTEGER)::VARCHAR AS agreed_payment_date,"
                    + " (hash(i, 9) % 30)::INTEGER AS agreed_delivery_location_id"
                    + " FROM range(" + rows + ") t(i)) TO '" + file + "' (FORMAT parquet)");
        }
    }

    private static BigDecimal checksum(QueryEngine engine, String table) {
        Table groups = engine.query(AGGREGATE.formatted(table)).table();
        return groups.rows().stream()
                .map(row -> (BigDecimal) row.value("total"))
                .reduce(BigDecimal.valueOf(groups.size()), BigDecimal::add);
    }

    private static BigDecimal checksum(Connection driver, Path file) throws Exception {
        BigDecimal sum = BigDecimal.ZERO;
        long groups = 0;
        try (Statement statement = driver.createStatement();
                ResultSet row = statement.executeQuery(AGGREGATE.formatted("'" + file + "'"))) {
            while (row.next()) {
                groups++;
                sum = sum.add(row.getBigDecimal("total"));
            }
        }
        return sum.add(BigDecimal.valueOf(groups));
    }

    /** The values are there, column by column. */
    private static long read(Rows all) {
        long read = 0;
        try (Rows rows = all) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                read += batch.size();
            }
        }
        return read;
    }

    /** Every value, which is what a result set is read for. */
    private static long read(Connection driver, Path file) throws Exception {
        long sum = 0;
        try (Statement statement = driver.createStatement();
                ResultSet row = statement.executeQuery("FROM '" + file + "'")) {
            while (row.next()) {
                for (int i = 1; i <= 12; i++) {
                    sum += row.getObject(i).hashCode();
                }
            }
        }
        return sum;
    }
}
