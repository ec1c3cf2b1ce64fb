package io.github.keywharf.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An ingestor in a process of its own is killed again and again, by a signal at a random moment or by halting at a random call
 * of its ledger's store, while three tenants' files come. In the end each file is ingested once and each row is there once,
 * with the same id as in a run without kills.
 *
 * <p>{@code -Dkeywharf.kill.seeds=200} takes more seeds than the {@value #SEEDS} of every build.
 */
@Tag("each-jdk")
class KilledIngestorIT {
    private static final int SEEDS = 4;
    private static final int LIVES = 4;
    private static final int ROWS = 300;

    private static int kills;

    /** What came, by its path in the staging area. */
    private final Map<Path, String> files = new TreeMap<>();

    @TempDir
    private Path directory;

    static IntStream seeds() {
        int first = Integer.getInteger("keywharf.kill.first", 1);
        return IntStream.range(first, first + Integer.getInteger("keywharf.kill.seeds", SEEDS));
    }

    @AfterAll
    static void report() {
        System.out.println("KilledIngestorIT: " + kills + " kills");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void each_row_is_there_once_however_often_the_process_was_killed(int seed) throws Exception {
        Random random = new Random(seed);
        Map<String, Long> expected = new TreeMap<>();
        int put = 0;
        for (int life = 0; life < LIVES; life++) {
            boolean halts = random.nextBoolean();
            try (IngestorProcess process = IngestorProcess.start(
                    directory,
                    halts ? random.nextInt(60) : Integer.MAX_VALUE,
                    random.nextBoolean(),
                    IngestorProcess.ATTEMPTS)) {
                for (int i = 0; i < 2; i++) {
                    for (Organisation tenant : IngestorProcess.TENANTS) {
                        put(random, tenant, "f" + put++ + ".csv", expected);
                    }
                }
                process.answer();
                process.killAfter((long) (random.nextDouble() * TimeUnit.MILLISECONDS.toNanos(700)));
                kills++;
            }
        }
        finish(directory, IngestorProcess.ATTEMPTS);

        Map<String, Long> states = states();
        assertThat(states).as("seed " + seed).hasSize(files.size()).allSatisfy((file, count) -> {
            assertThat(file).endsWith(" DONE");
            assertThat(count).isEqualTo(1);
        });
        assertThat(rows(directory, "name", "value")).as("seed " + seed).isEqualTo(expected);
        assertThat(rows(directory, "row_id", "name", "value"))
                .as("as in one run without kills, seed " + seed)
                .isEqualTo(rows(withoutKills(), "row_id", "name", "value"));
    }

    /** Another staging area, where one process that is not killed has ingested the same files. */
    private Path withoutKills() throws IOException {
        Path other = Files.createDirectory(directory.resolve("without-kills"));
        for (Map.Entry<Path, String> file : files.entrySet()) {
            Path copy = IngestorProcess.staging(other).resolve(file.getKey());
            Files.createDirectories(copy.getParent());
            Files.writeString(copy, file.getValue());
        }
        finish(other, IngestorProcess.ATTEMPTS);
        return other;
    }

    @Test
    void a_file_that_ends_the_process_is_given_up_after_its_attempts_and_all_others_are_ingested() throws Exception {
        Map<String, Long> expected = new TreeMap<>();
        Random random = new Random(1);
        for (int i = 0; i < 3; i++) {
            for (Organisation tenant : IngestorProcess.TENANTS) {
                put(random, tenant, "f" + i + ".csv", expected);
            }
        }
        Path data = IngestorProcess.staging(directory).resolve("acme/data");
        Files.writeString(data.resolve("deadly.csv"), "name,value\npoison,1\n");
        int deaths = 0;
        for (boolean idle = false; !idle; ) {
            try (IngestorProcess process = IngestorProcess.start(directory, Integer.MAX_VALUE, false, 3)) {
                process.answer();
                idle = "idle".equals(process.answer());
            }
            deaths += idle ? 0 : 1;
            assertThat(deaths).isLessThan(10);
        }
        assertThat(deaths).isEqualTo(3);
        assertThat(states()).hasSize(10).containsEntry("acme/deadly.csv FAILED", 1L);
        assertThat(states().keySet())
                .filteredOn(state -> state.endsWith(" DONE"))
                .hasSize(9);
        assertThat(rows(directory, "name", "value")).isEqualTo(expected);
    }

    private static void finish(Path directory, int attempts) throws IOException {
        try (IngestorProcess process = IngestorProcess.start(directory, Integer.MAX_VALUE, false, attempts)) {
            assertThat(process.answer()).isEqualTo("ready");
            assertThat(process.answer()).isEqualTo("idle");
            process.answer();
        }
    }

    /** A file that comes by renaming, or one that is written in two parts where the scan sees it. */
    private void put(Random random, Organisation tenant, String name, Map<String, Long> expected) throws IOException {
        Path data = IngestorProcess.staging(directory).resolve(tenant.id()).resolve("data");
        Files.createDirectories(data);
        StringBuilder content = new StringBuilder("name,value\n");
        for (int row = 0; row < ROWS; row++) {
            String value = String.valueOf(random.nextInt());
            content.append(name)
                    .append('-')
                    .append(row)
                    .append(',')
                    .append(value)
                    .append('\n');
            expected.put(tenant + " " + name + "-" + row + " " + value, 1L);
        }
        Path written = random.nextBoolean() ? data.resolve(name + ".part") : data.resolve(name);
        Files.writeString(written, content);
        Files.move(written, data.resolve(name));
        files.put(IngestorProcess.staging(directory).relativize(data.resolve(name)), content.toString());
    }

    /** How many files there are of each tenant, name and state. */
    private Map<String, Long> states() {
        try (Ledger ledger =
                Ledger.open(IngestorProcess.ledger(directory), "test", InstantSource.system(), new Ledger.Watcher() {
                    @Override
                    public void committed(List<IngestedFile> files) {}

                    @Override
                    public void failed(KeywharfException failure, Duration pause) {}

                    @Override
                    public void stopped(KeywharfException reason) {}
                })) {
            return ledger.records().all().stream()
                    .map(file -> file.tenant() + "/" + file.name() + " " + file.state())
                    .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
        }
    }

    /** How many rows there are of each tenant and these values; and no id is there twice. */
    private static Map<String, Long> rows(Path directory, String... columns) {
        List<String> ids = new ArrayList<>();
        Map<String, Long> rows = new TreeMap<>();
        ObjectStore tables = IngestorProcess.tables(directory);
        try (Stream<StoredObject> objects = tables.list("")) {
            for (StoredObject object : objects.toList()) {
                try (Stream<Row> all = Parquet.reader(tables, object.key()).rows().stream()) {
                    all.forEach(row -> {
                        ids.add(String.valueOf(row.value("row_id")));
                        String tenant = object.key().substring(0, object.key().indexOf('/'));
                        String values = Stream.of(columns)
                                .map(column -> String.valueOf(row.value(column)))
                                .collect(Collectors.joining(" "));
                        rows.merge(tenant + " " + values, 1L, Long::sum);
                    });
                }
            }
        }
        assertThat(ids).doesNotHaveDuplicates();
        return rows;
    }
}
