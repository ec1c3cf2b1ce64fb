package io.github.keywharf.bench.format;

import io.github.keywharf.bench.format.WideSums.Kind;
import io.github.keywharf.bench.measure.SideBySide;
import io.github.keywharf.bench.measure.Trees;
import io.github.keywharf.format.BatchWriter;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.ParquetReader;
import io.github.keywharf.format.ParquetWriter;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Rows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Three million rows of twenty columns as DuckDB writes them, read beside Hardwood's column readers and DuckDB's own scan,
 * and written beside DuckDB's COPY; two threads for each. Words choose: a number of rows, {@code read3}, {@code read20},
 * {@code write}, a codec.
 */
public final class ParquetWideBench {

    /** The ratios that are wanted at most, by peer. */
    public static final Map<String, Double> GOALS = Map.of(
            "read3, hardwood", 0.9,
            "read20, hardwood", 0.9,
            "read3, duckdb", 1.2,
            "read20, duckdb", 1.2,
            "read3, one thread", 1.0,
            "read20, one thread", 1.0,
            "write, duckdb", 1.0,
            "write, one thread", 1.0);

    private static final int ROWS = 3_000_000;
    private static final int RUNS = 7;

    /** So many columns are read by each before it is timed, as the JVM compiles what it runs by and by. */
    private static final int WARM_UP_COLUMNS = 240;

    private static final List<String> FEW = List.of("amount", "placed", "city");

    /** The columns: what DuckDB makes them of, and how readers hold them. */
    private static final Map<String, Made> COLUMNS = columns();

    private record Made(Kind kind, String sql) {}

    private ParquetWideBench() {}

    private static Map<String, Made> columns() {
        Map<String, Made> all = new LinkedHashMap<>();
        all.put("id", new Made(Kind.LONG, "i"));
        all.put("kind", new Made(Kind.INT, "(random() * 400)::INTEGER"));
        all.put("code", new Made(Kind.INT, "(random() * 2e9)::INTEGER"));
        all.put("rank", new Made(Kind.INT, nullable("(random() * 50)::INTEGER", 5)));
        all.put("number", new Made(Kind.LONG, "(random() * 9e18)::BIGINT"));
        all.put("parent", new Made(Kind.LONG, nullable("(random() * 9e9)::BIGINT", 3)));
        all.put("weight", new Made(Kind.DOUBLE, "random() * 1e6"));
        all.put("rate", new Made(Kind.DOUBLE, nullable("round(random(), 2)", 10)));
        all.put("score", new Made(Kind.FLOAT, "(random() * 1000)::FLOAT"));
        all.put("amount", new Made(Kind.LONG, "(random() * 9999)::DECIMAL(10,2)"));
        all.put("total", new Made(Kind.LONG, nullable("(random() * 99999999)::DECIMAL(18,4)", 20)));
        all.put("active", new Made(Kind.BOOLEAN, "random() < 0.3"));
        all.put(
                "placed",
                new Made(
                        Kind.LONG,
                        "TIMESTAMP '2020-01-01' + to_microseconds(i * 40000000 + " + "(random() * 1e7)::BIGINT)"));
        all.put(
                "changed",
                new Made(Kind.LONG, nullable("TIMESTAMP '2024-01-01' + to_seconds((random() * 3e7)::BIGINT)", 4)));
        all.put("due", new Made(Kind.INT, "DATE '2022-01-01' + (random() * 900)::INTEGER"));
        all.put(
                "status",
                new Made(Kind.TEXT, "['new', 'paid', 'sent', 'returned', 'closed'][1 + (random() * 4)::INTEGER]"));
        all.put("city", new Made(Kind.TEXT, nullable("'city ' || (random() * 2000)::INTEGER", 6)));
        all.put("customer", new Made(Kind.TEXT, "'customer-' || lpad(i::VARCHAR, 9, '0')"));
        all.put(
                "comment",
                new Made(
                        Kind.TEXT,
                        nullable(
                                "substr(md5(random()::VARCHAR) || md5(random()::VARCHAR), 1,"
                                        + " 10 + (random() * 40)::INTEGER)",
                                4)));
        all.put("day", new Made(Kind.TEXT, "(DATE '2022-01-01' + (random() * 900)::INTEGER)::VARCHAR"));
        return all;
    }

    private static String nullable(String sql, int of) {
        return "CASE WHEN random() < 1.0 / " + of + " THEN NULL ELSE " + sql + " END";
    }

    static Kind kind(String column) {
        return COLUMNS.get(column).kind();
    }

    /** Runs it. */
    public static Map<String, Object> run(List<String> words) throws Exception {
        int rows = words.stream()
                .filter(word -> word.matches("[0-9]+"))
                .map(Integer::valueOf)
                .findFirst()
                .orElse(ROWS);
        String codec = words.contains("zstd") ? "zstd" : "snappy";
        boolean all = words.stream().noneMatch(word -> word.matches("read3|read20|write"));
        Path directory = Files.createTempDirectory("parquet-wide");
        ExecutorService pool = Executors.newSingleThreadExecutor();
        Map<String, Double> ratios = new LinkedHashMap<>();
        Map<String, Object> seconds = new LinkedHashMap<>();
        double heap = 0;
        try (Connection connection = duckdb();
                Statement statement = connection.createStatement();
                HardwoodPeer hardwood = HardwoodPeer.isThere() ? new HardwoodPeer(2) : null) {
            Path file = directory.resolve("wide.parquet");
            make(statement, rows);
            statement.execute("COPY wide TO '" + file + "' (FORMAT parquet, COMPRESSION " + codec + ")");
            for (String reading : List.of("read3", "read20")) {
                if (all || words.contains(reading)) {
                    List<String> columns = reading.equals("read3") ? FEW : List.copyOf(COLUMNS.keySet());
                    SideBySide race = read(file, columns, pool, statement, hardwood);
                    put(race, reading, ratios, seconds);
                    heap = Math.max(heap, race.heap("keywharf").used());
                }
            }
            if (all || words.contains("write")) {
                put(write(directory, file, codec, pool, statement), "write", ratios, seconds);
            }
        } finally {
            pool.shutdown();
            Trees.delete(directory);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", "parquet-wide");
        result.put("rows", rows);
        result.put("ratios", ratios);
        result.put("heap_mb", heap);
        result.put("runs", RUNS);
        result.put("seconds", seconds);
        return result;
    }

    private static Connection duckdb() throws SQLException {
        Properties settings = new Properties();
        settings.setProperty("threads", "2");
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        return DriverManager.getConnection("jdbc:duckdb:", settings);
    }

    private static void make(Statement statement, int rows) throws SQLException {
        List<String> columns = new ArrayList<>();
        COLUMNS.forEach((name, made) -> columns.add(made.sql() + " AS \"" + name + "\""));
        statement.execute("SELECT setseed(0.5)");
        statement.execute(
                "CREATE TABLE wide AS SELECT " + String.join(", ", columns) + " FROM range(" + rows + ") t(i)");
    }

    private static void put(SideBySide race, String work, Map<String, Double> ratios, Map<String, Object> seconds) {
        race.ratios("keywharf").forEach((peer, ratio) -> ratios.put(work + ", " + peer, ratio));
        race.medians().forEach((who, median) -> seconds.put(work + ", " + who, median));
    }

    private static SideBySide read(
            Path file, List<String> columns, ExecutorService pool, Statement statement, HardwoodPeer hardwood)
            throws Exception {
        Map<String, Long> sums = new LinkedHashMap<>();
        String sql = scan(file, columns);
        SideBySide race = new SideBySide()
                .add("keywharf", () -> sums.put("keywharf", ours(file, columns, pool)))
                .add("one thread", () -> sums.put("one thread", ours(file, columns, null)));
        if (hardwood != null) {
            race.add("hardwood", () -> sums.put("hardwood", hardwood.sum(file, columns)));
        }
        race.add("duckdb", () -> {
                    try (ResultSet row = statement.executeQuery(sql)) {
                        row.next();
                    }
                })
                .run(WARM_UP_COLUMNS / columns.size(), RUNS);
        if (sums.values().stream().distinct().count() > 1) {
            throw new IllegalStateException("they read different rows: " + sums);
        }
        return race;
    }

    /** The aggregate that looks at each value of these columns, as {@link WideSums} does. */
    private static String scan(Path file, List<String> columns) {
        List<String> sums = new ArrayList<>();
        for (String column : columns) {
            String name = '"' + column + '"';
            sums.add(
                    switch (COLUMNS.get(column).kind()) {
                        case TEXT -> "sum(strlen(" + name + "))";
                        case BOOLEAN -> "count(*) FILTER (WHERE " + name + ")";
                        default ->
                            switch (column) {
                                case "due", "placed", "changed" -> "sum(epoch_us(" + name + "))";
                                default -> "sum(" + name + ")";
                            };
                    });
        }
        return String.format(Locale.ROOT, "SELECT %s FROM '%s'", String.join(", ", sums), file);
    }

    private static long ours(Path file, List<String> columns, ExecutorService pool) {
        ParquetReader reader = Parquet.reader(file).columns(columns);
        if (pool != null) {
            reader.executor(pool);
        }
        long sum = 0;
        try (Rows rows = reader.rows()) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                for (int i = 0; i < columns.size(); i++) {
                    sum += WideSums.of(batch.column(i));
                }
            }
        }
        return sum;
    }

    private static SideBySide write(Path directory, Path file, String codec, ExecutorService pool, Statement statement)
            throws Exception {
        List<ColumnBatch> batches = new ArrayList<>();
        try (Rows rows = Parquet.reader(file).rows()) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                batches.add(batch);
            }
        }
        Parquet.Compression compression = Parquet.Compression.valueOf(codec.toUpperCase(Locale.ROOT));
        Path ours = directory.resolve("ours.parquet");
        Path theirs = directory.resolve("theirs.parquet");
        SideBySide race = new SideBySide()
                .add("keywharf", () -> write(ours, compression, pool, batches))
                .add("one thread", () -> write(ours, compression, null, batches))
                .add(
                        "duckdb",
                        () -> statement.execute(
                                "COPY wide TO '" + theirs + "' (FORMAT parquet, COMPRESSION " + codec + ")"))
                .run(2, 5);
        System.out.printf(Locale.ROOT, "  %,d bytes, duckdb %,d bytes%n", Files.size(ours), Files.size(theirs));
        long read = sum(batches);
        if (ours(ours, List.copyOf(COLUMNS.keySet()), null) != read) {
            throw new IllegalStateException("the file has other rows than were written");
        }
        return race;
    }

    private static long sum(List<ColumnBatch> batches) {
        long sum = 0;
        for (ColumnBatch batch : batches) {
            for (int i = 0; i < batch.schema().size(); i++) {
                ColumnVector vector = batch.column(i);
                sum += WideSums.of(vector);
            }
        }
        return sum;
    }

    private static void write(
            Path file, Parquet.Compression compression, ExecutorService pool, List<ColumnBatch> batches) {
        ParquetWriter settings = Parquet.writer(file).compression(compression);
        if (pool != null) {
            settings.executor(pool);
        }
        try (BatchWriter writer = settings.open(batches.get(0).schema())) {
            batches.forEach(writer::write);
            writer.commit();
        }
    }
}
