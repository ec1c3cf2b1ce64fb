package io.github.keywharf.bench.postgres;

import io.github.keywharf.bench.format.ExampleParquet;
import io.github.keywharf.bench.measure.SideBySide;
import io.github.keywharf.bench.measure.Trees;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.ParquetWriter;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.testing.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A table of twenty columns of all kinds, with a key and an index, copied from PostgreSQL into PostgreSQL: its rows decoded
 * and written again, its bytes relayed, and by way of a Parquet file. Beside psql's COPY piped into psql's COPY, and parquet's
 * own example reader and writer, which have no database.
 */
public final class CopyTableBench {

    /** By peer, the ratio of our time to the peer's that is wanted at most. */
    public static final Map<String, Double> GOALS =
            Map.of("psql-binary", 1.2, "relayed", 1.1, "psql-binary, by a file", 1.9, "parquet-example", 0.2);

    private static final int ROWS = 1_000_000;
    /** Batches that are read while others are written, as psql reads while psql writes. */
    private static final int WAITING = 2;

    private static final int WARM_UP = 1;
    private static final int RUNS = 3;
    private static final String PSQL = "psql-binary";
    private static final String DATABASE = "postgres";

    private static final String COLUMNS = """
            id int PRIMARY KEY, account bigint, shelf smallint, price numeric(10,2), total numeric(18,4), exact numeric(30,6),
            ratio float8, score float4, active bool, created timestamp(3), updated timestamptz, day date, at time,
            code varchar(12), name text, note text, status text, reference uuid, details jsonb, raw bytea""";

    private static final String INDEX = "CREATE INDEX ON %s (status, created)";

    private static final String VALUES = """
            i, i::bigint * 7919, i % 3000, (i % 100000) / 100.0, i * 1.2345, i::numeric * 1234567.891, i / 7.0, i % 1000,
            i % 3 = 0, timestamp '2022-11-03' + i * interval '41 s', timestamptz '2022-11-03 00:00+00' + i * interval '43 s',
            date '2022-11-03' + i % 900, time '00:00' + i % 86400 * interval '1 s', 'C' || i % 5000, 'Parcel no. ' || i,
            CASE WHEN i % 2 = 0 THEN 'Leave with neighbour ' || i % 700 END,
            (ARRAY['new', 'packed', 'sent', 'returned'])[i % 4 + 1], md5(i::text)::uuid,
            jsonb_build_object('weight', i % 50, 'fragile', i % 5 = 0), decode(md5((i + 1)::text), 'hex')""";

    private final PostgresServer server;
    private final PostgresDatabase database;
    private final Path directory;
    private final int rows;

    private CopyTableBench(PostgresServer server, PostgresDatabase database, Path directory, int rows) {
        this.server = server;
        this.database = database;
        this.directory = directory;
        this.rows = rows;
    }

    /** Runs the benchmark; a number of rows may be among the words. */
    public static Map<String, Object> run(List<String> words) throws Exception {
        int rows = words.stream()
                .filter(word -> word.matches("\\d+"))
                .map(Integer::valueOf)
                .findFirst()
                .orElse(ROWS);
        Path directory = Files.createTempDirectory(
                Files.createDirectories(Path.of("target", "bench").toAbsolutePath()), "copy-table-");
        try (PostgresServer server = PostgresServer.start(options -> options.config("max_wal_size", "8GB"));
                PostgresDatabase database = PostgresDatabase.builder()
                        .host(server.host())
                        .port(server.port())
                        .database(DATABASE)
                        .credentials(server.user(), Secret.of(server.password()))
                        .build()) {
            return new CopyTableBench(server, database, directory, rows).measure();
        } finally {
            Trees.delete(directory);
        }
    }

    private Map<String, Object> measure() throws Exception {
        server.execute(
                DATABASE,
                "CREATE TABLE parcel (" + COLUMNS + ")",
                INDEX.formatted("parcel"),
                "INSERT INTO parcel SELECT " + VALUES + " FROM generate_series(1, " + rows + ") i",
                "VACUUM ANALYZE parcel");
        Path file = directory.resolve("parcel.parquet");
        String[] sum = {sum("parcel")};
        SideBySide race = new SideBySide();
        add(
                race,
                "decoded",
                sum,
                () -> database.table("copied")
                        .write(database.table("parcel").rows().readAhead(WAITING)));
        add(race, "relayed", sum, () -> database.table("parcel").copyTo(database.table("copied")));
        add(race, "by-a-file", sum, () -> {
            out(file);
            database.table("copied").write(Parquet.reader(file).rows().readAhead(WAITING));
        });
        Psql psql = new Psql(server);
        if (Psql.isInstalled()) {
            add(race, PSQL, sum, () -> psql.copy(DATABASE, "SELECT * FROM parcel", DATABASE, "copied", "binary"));
        }
        out(file);
        Path ours = directory.resolve("ours.parquet");
        race.add(
                "keywharf-parquet",
                () -> {},
                () -> writer(ours).sink().write(Parquet.reader(file).rows()),
                () -> check(ours));
        Path example = directory.resolve("example.parquet");
        race.add("parquet-example", () -> {}, () -> ExampleParquet.copy(file, example), () -> check(example));
        race.run(WARM_UP, RUNS);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", "copy-table");
        result.put("rows", rows);
        result.put("ratios", ratios(race));
        result.put(
                "heap_mb",
                Math.max(race.heap("decoded").used(), race.heap("relayed").used()));
        result.put("runs", RUNS);
        result.put("seconds", race.medians());
        result.put("detail", Map.of("bytes of the Parquet file", Files.size(file)));
        return result;
    }

    private static Map<String, Double> ratios(SideBySide race) {
        Map<String, Double> ratios = new LinkedHashMap<>();
        if (race.has(PSQL)) {
            ratios.put(PSQL, SideBySide.rounded(race.ratio("decoded", PSQL)));
            ratios.put("relayed", SideBySide.rounded(race.ratio("relayed", PSQL)));
            ratios.put(PSQL + ", by a file", SideBySide.rounded(race.ratio("by-a-file", PSQL)));
        }
        ratios.put("parquet-example", SideBySide.rounded(race.ratio("keywharf-parquet", "parquet-example")));
        return ratios;
    }

    /** With the compression that the example takes. */
    private static ParquetWriter writer(Path file) {
        return Parquet.writer(file).compression(Parquet.Compression.SNAPPY);
    }

    private void out(Path file) {
        writer(file).sink().write(database.table("parcel").rows().readAhead(WAITING));
    }

    private void add(SideBySide race, String name, String[] sum, SideBySide.Work work) {
        race.add(
                name,
                () -> server.execute(
                        DATABASE,
                        "DROP TABLE IF EXISTS copied",
                        "CREATE TABLE copied (" + COLUMNS + ")",
                        INDEX.formatted("copied"),
                        "CHECKPOINT"),
                work,
                () -> {
                    String found = sum("copied");
                    if (!found.equals(sum[0])) {
                        throw new IllegalStateException(name + " copied " + found + " of " + sum[0]);
                    }
                });
    }

    /** How many rows a table has, and the sum of what they hash to as text. */
    private String sum(String table) throws SQLException {
        try (Connection connection = server.connection(DATABASE);
                Statement statement = connection.createStatement();
                ResultSet sum = statement.executeQuery(
                        "SELECT count(*) || ' rows with ' || sum(hashtext(t::text)::bigint) FROM " + table + " t")) {
            sum.next();
            return sum.getString(1);
        }
    }

    private void check(Path file) {
        long found = 0;
        try (Rows all = Parquet.reader(file).rows()) {
            for (ColumnBatch batch = all.next(); batch != null; batch = all.next()) {
                found += batch.size();
            }
        }
        if (found != rows) {
            throw new IllegalStateException(file.getFileName() + " has " + found + " rows of " + rows);
        }
    }
}
