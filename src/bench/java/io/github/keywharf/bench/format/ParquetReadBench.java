package io.github.keywharf.bench.format;

import io.github.keywharf.bench.measure.SideBySide;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.ParquetReader;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.Rows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Reads all columns of a million rows from Parquet, beside parquet's own example reader and DuckDB's result sets. */
public final class ParquetReadBench {

    private static final int RUNS = 5;

    private ParquetReadBench() {}

    /** Runs it. */
    public static Map<String, Object> run() throws Exception {
        Path file = Files.createTempFile("parquet-read", ".parquet");
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            ExampleParquet.write(file, SalesData.batches());
            long[] sums = new long[4];
            SideBySide race = new SideBySide()
                    .add("keywharf", () -> sums[0] = ours(file, pool))
                    .add("keywharf-one-thread", () -> sums[1] = ours(file, null))
                    .add("parquet-example", () -> sums[2] = ExampleParquet.read(file))
                    .add("duckdb", () -> sums[3] = duckdb(file))
                    .run(3, RUNS);
            if (sums[0] != sums[1] || sums[0] != sums[2] || sums[0] != sums[3]) {
                throw new IllegalStateException("they read different rows: " + java.util.Arrays.toString(sums));
            }
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("name", "parquet-read");
            result.put("rows", SalesData.ROWS);
            result.put("ratios", race.ratios("keywharf"));
            result.put("heap_mb", race.heap("keywharf").used());
            result.put("runs", RUNS);
            result.put("seconds", race.medians());
            return result;
        } finally {
            pool.shutdown();
            Files.delete(file);
        }
    }

    private static long ours(Path file, ExecutorService pool) {
        ParquetReader reader = Parquet.reader(file);
        if (pool != null) {
            reader.executor(pool);
        }
        long sum = 0;
        try (Rows rows = reader.rows()) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                IntVector ids = (IntVector) batch.column(0);
                BytesVector days = (BytesVector) batch.column(9);
                for (int row = 0; row < batch.size(); row++) {
                    sum += ids.intAt(row) + days.length(row);
                }
            }
        }
        return sum;
    }

    private static long duckdb(Path file) throws Exception {
        Properties settings = new Properties();
        settings.setProperty("threads", "2");
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        settings.setProperty("jdbc_stream_results", "true");
        long sum = 0;
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:", settings);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT * FROM '" + file + "'")) {
            while (rows.next()) {
                sum += rows.getInt(1) + rows.getString(10).length();
            }
        }
        return sum;
    }
}
