package io.github.keywharf.bench.format;

import io.github.keywharf.bench.measure.SideBySide;
import io.github.keywharf.format.BatchWriter;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.ParquetWriter;
import io.github.keywharf.table.ColumnBatch;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/** Writes a million rows as Parquet, beside parquet's own example writer and DuckDB; all with Snappy. */
public final class ParquetWriteBench {

    private static final int RUNS = 5;

    private ParquetWriteBench() {}

    /** Runs it. */
    public static Map<String, Object> run() throws Exception {
        List<ColumnBatch> batches = SalesData.batches();
        Path directory = Files.createTempDirectory("parquet-write");
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            SideBySide race = new SideBySide()
                    .add("keywharf", () -> ours(directory, Parquet.Compression.SNAPPY, pool, batches))
                    .add("keywharf-one-thread", () -> ours(directory, Parquet.Compression.SNAPPY, null, batches))
                    .add("keywharf-zstd", () -> ours(directory, Parquet.Compression.ZSTD, pool, batches))
                    .add("parquet-example", () -> ExampleParquet.write(directory.resolve("example.parquet"), batches))
                    .add("duckdb", () -> duckdb(directory.resolve("duckdb.parquet"), batches))
                    .run(3, RUNS);
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("name", "parquet-write");
            result.put("rows", SalesData.ROWS);
            result.put("ratios", race.ratios("keywharf"));
            result.put("heap_mb", race.heap("keywharf").used());
            result.put("runs", RUNS);
            result.put("seconds", race.medians());
            Map<String, Object> bytes = new LinkedHashMap<>();
            try (var files = Files.list(directory)) {
                for (Path file : files.sorted().toList()) {
                    bytes.put("bytes of " + file.getFileName(), Files.size(file));
                }
            }
            result.put("detail", bytes);
            return result;
        } finally {
            pool.shutdown();
            try (var files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
    }

    private static void ours(
            Path directory, Parquet.Compression compression, ExecutorService pool, List<ColumnBatch> batches) {
        ParquetWriter settings = Parquet.writer(directory.resolve("ours-" + compression + ".parquet"))
                .compression(compression);
        if (pool != null) {
            settings.executor(pool);
        }
        try (BatchWriter writer = settings.open(SalesData.SCHEMA)) {
            batches.forEach(writer::write);
            writer.commit();
        }
    }

    private static void duckdb(Path file, List<ColumnBatch> batches) throws Exception {
        Properties settings = new Properties();
        settings.setProperty("threads", "2");
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:", settings);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE sales (id INTEGER, created TIMESTAMP, updated TIMESTAMP, design INTEGER,"
                    + " staff INTEGER, counterparty INTEGER, units INTEGER, price DECIMAL(10,2), currency INTEGER,"
                    + " delivery VARCHAR, payment VARCHAR, location INTEGER)");
            try (DuckDBAppender appender =
                    ((DuckDBConnection) connection).createAppender(DuckDBConnection.DEFAULT_SCHEMA, "sales")) {
                for (ColumnBatch batch : batches) {
                    append(appender, batch);
                }
            }
            statement.execute("COPY sales TO '" + file + "' (FORMAT parquet, COMPRESSION snappy)");
        }
    }

    private static void append(DuckDBAppender appender, ColumnBatch batch) throws Exception {
        for (int row = 0; row < batch.size(); row++) {
            appender.beginRow();
            for (int column = 0; column < SalesData.SCHEMA.size(); column++) {
                Object value = batch.column(column).value(row);
                if (value instanceof Integer whole) {
                    appender.append(whole.intValue());
                } else if (value instanceof LocalDateTime time) {
                    appender.append(time);
                } else if (value instanceof BigDecimal number) {
                    appender.append(number);
                } else {
                    appender.append((String) value);
                }
            }
            appender.endRow();
        }
    }
}
