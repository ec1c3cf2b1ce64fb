package io.github.keywharf.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keywharf.Organisation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IngestStatisticsTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private int number;

    private IngestedFile file(String tenant, FileState state, Duration took, long rows) {
        number++;
        Instant received = NOW.minusSeconds(10_000L - number);
        boolean ended = state.hasEnded();
        return new IngestedFile(
                String.format("%032x", number),
                Organisation.of(tenant),
                "file-" + number + ".csv",
                1_000,
                "00",
                state,
                1,
                received,
                ended || state == FileState.RUNNING ? Optional.of(received.plusSeconds(1)) : Optional.empty(),
                ended ? Optional.of(received.plusSeconds(1).plus(took)) : Optional.empty(),
                rows,
                rows,
                rows / 10,
                state == FileState.FAILED || state == FileState.REFUSED ? "it is \"bad\"\nfor <b>us</b>" : "");
    }

    private List<IngestedFile> files() {
        List<IngestedFile> files = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            files.add(file("customer-1", FileState.DONE, Duration.ofMillis(i * 10L), 100));
        }
        files.add(file("customer-2", FileState.DONE, Duration.ofSeconds(4), 1_000));
        files.add(file("customer-2", FileState.FAILED, Duration.ofSeconds(90), 0));
        files.add(file("customer-2", FileState.REFUSED, Duration.ZERO, 0));
        files.add(file("customer-2", FileState.RECEIVED, Duration.ZERO, 0));
        files.add(file("customer-2", FileState.RECEIVED, Duration.ZERO, 0));
        files.add(file("customer-2", FileState.RUNNING, Duration.ZERO, 0));
        files.add(file("customer-2", FileState.DUPLICATE, Duration.ZERO, 0));
        Collections.shuffle(files, new Random(1));
        return files;
    }

    @Test
    void each_tenant_has_its_numbers_and_the_platform_their_sum() {
        IngestStatistics statistics = IngestStatistics.of(files(), NOW);

        IngestNumbers first = statistics.tenants().get(Organisation.of("customer-1"));
        assertThat(first.count(FileState.DONE)).isEqualTo(200);
        assertThat(first.count(FileState.FAILED)).isZero();
        assertThat(first.rows()).isEqualTo(20_000);
        assertThat(first.rejected()).isEqualTo(2_000);
        assertThat(first.bytes()).isEqualTo(200_000);
        assertThat(first.spent()).isEqualTo(Duration.ofSeconds(201));
        assertThat(first.rowsPerSecond()).isCloseTo(20_000 / 201.0, within(1e-9));
        assertThat(first.average()).isEqualTo(Duration.ofMillis(1_005));
        assertThat(first.median()).isEqualTo(Duration.ofSeconds(1));
        assertThat(first.percentile95()).isEqualTo(Duration.ofMillis(1_900));
        assertThat(first.percentile99()).isEqualTo(Duration.ofMillis(1_980));
        assertThat(first.oldestWaiting()).isEmpty();
        IngestNumbers second = statistics.tenants().get(Organisation.of("customer-2"));
        assertThat(second.files())
                .containsEntry(FileState.DONE, 1L)
                .containsEntry(FileState.FAILED, 1L)
                .containsEntry(FileState.REFUSED, 1L)
                .containsEntry(FileState.RECEIVED, 2L)
                .containsEntry(FileState.RUNNING, 1L)
                .containsEntry(FileState.DUPLICATE, 1L);
        assertThat(second.rowsPerSecond()).as("failed files do not count").isEqualTo(250);
        assertThat(second.median()).isEqualTo(second.percentile99()).isEqualTo(Duration.ofSeconds(4));
        assertThat(second.oldestWaiting()).contains(Duration.ofSeconds(10_000 - 204));
        assertThat(statistics.platform().rows()).isEqualTo(21_000);
        assertThat(statistics.platform().count(FileState.DONE)).isEqualTo(201);
        assertThat(statistics.failures())
                .extracting(IngestedFile::state)
                .as("the newest first")
                .containsExactly(FileState.FAILED, FileState.REFUSED);
    }

    @Test
    void nothing_gives_zeros() {
        IngestStatistics statistics = IngestStatistics.of(List.of(), NOW);

        assertThat(statistics.platform().rowsPerSecond()).isZero();
        assertThat(statistics.platform().average()).isZero();
        assertThat(statistics.platform().percentile99()).isZero();
        assertThat(statistics.tenants()).isEmpty();
        assertThat(statistics.toString()).contains("all");
    }

    @Test
    void only_the_latest_failures_are_listed() {
        List<IngestedFile> files = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            files.add(file("customer-1", FileState.FAILED, Duration.ofSeconds(1), 0));
        }
        Collections.shuffle(files, new Random(2));

        List<IngestedFile> failures = IngestStatistics.of(files, NOW).failures();

        assertThat(failures).hasSize(IngestStatistics.MAX_FAILURES);
        assertThat(failures.get(0).name()).isEqualTo("file-100.csv");
        assertThat(failures.get(19).name()).isEqualTo("file-81.csv");
    }

    @Test
    void json_has_all_numbers_under_stable_names() throws IOException {
        JsonNode json =
                new ObjectMapper().readTree(IngestStatistics.of(files(), NOW).toJson());

        assertThat(json.get("at").asText()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(json.get("tenants").fieldNames()).toIterable().containsExactly("customer-1", "customer-2");
        JsonNode numbers = json.at("/tenants/customer-2");
        assertThat(numbers.fieldNames())
                .toIterable()
                .containsExactly(
                        "files",
                        "rows",
                        "rejected",
                        "bytes",
                        "rows_per_second",
                        "seconds",
                        "average_seconds",
                        "median_seconds",
                        "percentile_95_seconds",
                        "percentile_99_seconds",
                        "oldest_waiting_seconds");
        assertThat(numbers.at("/files/received").asLong()).isEqualTo(2);
        assertThat(numbers.at("/rows_per_second").asDouble()).isEqualTo(250);
        assertThat(json.at("/tenants/customer-1/oldest_waiting_seconds").isNull())
                .isTrue();
        assertThat(json.at("/platform/rows").asLong()).isEqualTo(21_000);
        assertThat(json.at("/failures/0/tenant").asText()).isEqualTo("customer-2");
        assertThat(json.at("/failures/0/state").asText()).isEqualTo("failed");
        assertThat(json.at("/failures/0/reason").asText()).isEqualTo("it is \"bad\"?for <b>us</b>");
    }

    @Test
    void the_table_has_a_line_for_each_tenant() {
        List<String> lines =
                IngestStatistics.of(files(), NOW).toString().lines().toList();

        assertThat(lines).hasSize(13).allMatch(line -> line.length() <= 80);
        assertThat(lines.get(0)).isEqualTo("At 2026-01-02T03:04:05Z");
        assertThat(lines.get(2)).startsWith("customer-1   200 ");
        assertThat(lines.get(8)).startsWith("all ").contains("21,000");
        assertThat(lines.get(10)).startsWith("customer-1 ").endsWith("-");
        for (int table = 1; table < 13; table += 4) {
            int width = lines.get(table).length();
            assertThat(lines.subList(table, table + 4)).as("in columns").allMatch(line -> line.length() == width);
        }
    }
}
