package io.github.keywharf.sharing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.GoldenCopies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Usage that version 0.1.0 logged, in its spool and in its table, is read; the spool's is added up under today's names. */
class GoldenUsageTest {
    private static final String[] ROWS = {
        "customer_1 %s BatchEvent.FileChanged info bytes bytes 1099511627781",
        "customer_1 %s BatchEvent.FileChanged info events count 2",
        "customer_1 %s BatchEvent.FileChanged info rows count 1000",
        "customer_1 %s BatchEvent.FileChanged info took nanoseconds 3000000",
        "customer_1 %s BatchEvent.PlatformTrouble warning events count 1",
        "globex %s CassandraLoadEvent.Finished info events count 1",
        "globex %s CassandraLoadEvent.Finished info rows count 7",
        "globex %s com.example.Host.Own ü error events count 1"
    };

    private static List<String> expected(String hour) {
        return Stream.of(ROWS).map(row -> row.formatted(hour)).toList();
    }

    private static List<String> rows(ObjectStore store) {
        return DeltaTable.at(store, "table").rows().stream()
                .map(row -> Stream.of(
                                "client_space_uid", "period_start", "activity", "level", "measure", "unit", "amount")
                        .map(row::value)
                        .map(String::valueOf)
                        .reduce((a, b) -> a + " " + b)
                        .orElseThrow())
                .sorted()
                .toList();
    }

    @Test
    void a_table_is_read_and_what_waits_in_a_spool_is_added_to_it(@TempDir Path spool) throws IOException {
        ObjectStore store = GoldenCopies.store("usage/store");
        assertThat(rows(store)).isEqualTo(expected("2026-11-23T12:00:00Z"));

        try (Stream<Path> files = Files.list(GoldenCopies.path("usage/spool"))) {
            for (Path file : files.toList()) {
                Files.copy(file, spool.resolve(file.getFileName()));
            }
        }
        try (UsageLog log = UsageLog.builder()
                .table(DeltaTable.at(store, "table"))
                .spool(spool)
                .every(Duration.ofDays(1))
                .open()) {
            assertThat(log.flush()).isEqualTo(ROWS.length);
        }
        assertThat(rows(store))
                .hasSize(2 * ROWS.length)
                .containsAll(expected("2026-11-23T12:00:00Z"))
                .containsAll(expected("2026-11-23T13:00:00Z").stream()
                        .map(row -> row.replace("CassandraLoadEvent.Finished", "cassandra.load.finished"))
                        .toList());
    }
}
