package io.github.keywharf.bench.aws;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.aws.AWSManager;
import io.github.keywharf.aws.AwsService;
import io.github.keywharf.aws.FlowData;
import io.github.keywharf.bench.format.ExampleParquet;
import io.github.keywharf.bench.measure.HeapWatch;
import io.github.keywharf.bench.measure.SideBySide;
import io.github.keywharf.bench.measure.Trees;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.LongVector;
import io.github.keywharf.table.Rows;
import io.github.keywharf.testing.FakeServer;
import io.github.keywharf.testing.ForkedS3Server;
import io.github.keywharf.testing.aws.AwsKeys;
import io.github.keywharf.testing.aws.FakeAppFlow;
import io.github.keywharf.testing.aws.FakeRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.sync.ResponseTransformer;

/**
 * A run of a flow, 10 million rows of 20 columns in several Parquet files of a local S3 server, read with all columns and with
 * three: beside the SDK's download and parquet-java's example reader, and beside DuckDB on the downloaded files, which only
 * adds up what we hand over. On request, a folder of 100,000 objects is searched for a run.
 */
public final class FlowReadBench {
    /** Our time to the peer's. */
    public static final Map<String, Double> GOALS = Map.of(
            "all columns, sdk and parquet-example",
            0.2,
            "all columns, download and duckdb",
            1.0,
            "3 columns, duckdb",
            1.5);

    private static final int ROWS = 10_000_000;
    private static final int OBJECTS = 100_000;
    private static final int RUNS = 3;
    private static final String BUCKET = "flows";
    private static final String RUN = "run-1";

    private final AWSManager aws;
    private final FlowData data;
    private final Path downloads;

    private FlowReadBench(AWSManager aws, FlowData data, Path downloads) {
        this.aws = aws;
        this.data = data;
        this.downloads = downloads;
    }

    /** Runs it; words may be a number of rows, and {@code list} for the search in a folder. */
    public static Map<String, Object> run(List<String> words) throws Exception {
        int rows = words.stream()
                .filter(word -> word.matches("\\d+"))
                .mapToInt(Integer::parseInt)
                .findFirst()
                .orElse(ROWS);
        Path directory = Files.createTempDirectory("appflow-read");
        try (ForkedS3Server s3 = ForkedS3Server.start(directory)) {
            s3.createBucket(BUCKET);
            AwsKeys keys = new AwsKeys().issue(s3.accessKey(), s3.secretKey(), "");
            FakeAppFlow flows = new FakeAppFlow(keys, InstantSource.system());
            Instant begun = Instant.now();
            flows.define("wide", "OnDemand", flow -> destination(flow).put("bucketName", BUCKET));
            flows.add("wide", FakeRun.of(RUN, "Successful", begun).with("Successful", rows, 0, ""));
            flows.define("many", "OnDemand", FlowReadBench::withoutIds);
            flows.add("many", FakeRun.of(RUN, "Successful", begun).with("Successful", 1, 0, ""));
            try (FakeServer appFlow = FakeServer.start(flows);
                    AWSManager aws = AWSManager.builder()
                            .credentials(s3.accessKey(), Secret.of(s3.secretKey()))
                            .region(FakeAppFlow.REGION)
                            .endpoint(s3.endpoint())
                            .endpoint(AwsService.APPFLOW, appFlow.uri())
                            .pathStyle(true)
                            .connect()) {
                FlowRunData.write(aws.store(BUCKET), "contact/" + RUN + "/part-", rows);
                FlowData data = aws.flow("wide").data();
                Path downloads = Files.createDirectory(directory.resolve("downloads"));
                Map<String, Object> result = new FlowReadBench(aws, data, downloads).read(rows);
                if (words.contains("list")) {
                    result.put("detail", Map.of("a run among 100,000 objects", list(aws, directory)));
                }
                return result;
            }
        } finally {
            Trees.delete(directory);
        }
    }

    private static ObjectNode destination(ObjectNode flow) {
        return (ObjectNode) flow.at("/destinationFlowConfigList/0/destinationConnectorProperties/S3");
    }

    private static void withoutIds(ObjectNode flow) {
        ObjectNode destination = destination(flow).put("bucketName", BUCKET).put("bucketPrefix", "many");
        ((ObjectNode) destination.get("s3OutputFormatConfig")).remove("prefixConfig");
    }

    private Map<String, Object> read(int rows) throws Exception {
        List<String> few =
                FlowRunData.SCHEMA.select(List.of("id", "amount", "city")).names();
        List<String> all = FlowRunData.SCHEMA.names();
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            long expected = (long) rows * (rows - 1) / 2;
            SideBySide race = new SideBySide();
            for (List<String> columns : List.of(all, few)) {
                String of = columns == all ? "all columns, " : "3 columns, ";
                add(race, of + "keywharf", () -> check(expected, ours(columns, pool)));
                add(race, of + "sdk and parquet-example", () -> {
                    download();
                    long sum = 0;
                    for (Path file : files()) {
                        sum += ExampleParquet.sum(file, columns);
                    }
                    check(expected, sum);
                });
                add(race, of + "download and duckdb", () -> {
                    download();
                    check(expected, duckdb(columns));
                });
                add(race, of + "duckdb", () -> check(expected, duckdb(columns)));
            }
            race.run(1, RUNS);
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("name", "appflow-read");
            result.put("rows", rows);
            result.put(
                    "bytes", data.files().stream().mapToLong(StoredObject::size).sum());
            result.put("files", data.files().size());
            Map<String, Double> ratios = new LinkedHashMap<>();
            for (String of : List.of("all columns, ", "3 columns, ")) {
                for (String peer : List.of("sdk and parquet-example", "download and duckdb", "duckdb")) {
                    ratios.put(of + peer, SideBySide.rounded(race.ratio(of + "keywharf", of + peer)));
                }
            }
            result.put("ratios", ratios);
            result.put("heap_mb", race.heap("all columns, keywharf").used());
            result.put("runs", RUNS);
            result.put("seconds", race.medians());
            return result;
        } finally {
            pool.shutdown();
        }
    }

    /** Each begins when what the one before downloaded is on the disk, which else is written at the cost of the next one. */
    private static void add(SideBySide race, String name, SideBySide.Work work) {
        race.add(name, () -> new ProcessBuilder("sync").start().waitFor(), work, () -> {});
    }

    private static void check(long expected, long sum) {
        if (sum != expected) {
            throw new IllegalStateException("The ids add up to " + sum + ", not to " + expected);
        }
    }

    private long ours(List<String> columns, ExecutorService pool) {
        long sum = 0;
        try (Rows rows =
                data.columns(columns.toArray(String[]::new)).executor(pool).rows()) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                LongVector ids = (LongVector) batch.column("id");
                for (int row = 0; row < batch.size(); row++) {
                    sum += ids.longAt(row);
                }
            }
        }
        return sum;
    }

    private List<Path> files() {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < data.files().size(); i++) {
            files.add(downloads.resolve("part-" + i));
        }
        return files;
    }

    private void download() throws IOException {
        for (int i = 0; i < data.files().size(); i++) {
            Path file = downloads.resolve("part-" + i);
            Files.deleteIfExists(file);
            String key = data.files().get(i).key();
            aws.unwrap().getObject(request -> request.bucket(BUCKET).key(key), ResponseTransformer.toFile(file));
        }
    }

    /** Looks at each value of the columns, and gives only sums and the largest ones away. */
    private long duckdb(List<String> columns) throws Exception {
        Properties settings = new Properties();
        settings.setProperty("threads", "2");
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        String rest = columns.stream()
                .filter(name -> !name.equals("id"))
                .map(name -> ", max(" + name + ")")
                .collect(Collectors.joining());
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:", settings);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT sum(id)::BIGINT" + rest + " FROM read_parquet('"
                        + downloads.resolve("part-*") + "')")) {
            result.next();
            return result.getLong(1);
        }
    }

    private static String list(AWSManager aws, Path directory) throws IOException {
        Path folder = Files.createDirectories(
                directory.resolve("objects").resolve(BUCKET).resolve("many"));
        for (int i = 0; i < OBJECTS; i++) {
            String name = String.format(Locale.ROOT, "2026-%05d-%s", i, i % 10_000 == 0 ? RUN : "run-" + (i + 2));
            Files.createFile(folder.resolve(name));
        }
        try (HeapWatch watch = HeapWatch.start()) {
            long begun = System.nanoTime();
            int found = aws.flow("many").data().files().size();
            double seconds = (System.nanoTime() - begun) / 1e9;
            if (found != OBJECTS / 10_000) {
                throw new IllegalStateException("The run has " + found + " objects");
            }
            return String.format(
                    Locale.ROOT,
                    "%.1f s, heap %d MB at most, %d MB after a collection",
                    seconds,
                    watch.peak().used(),
                    watch.peak().afterCollection());
        }
    }
}
