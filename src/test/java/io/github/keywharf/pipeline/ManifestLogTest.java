package io.github.keywharf.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchFile;
import io.github.keywharf.pipeline.zone.BatchKind;
import io.github.keywharf.pipeline.zone.BatchRejects;
import io.github.keywharf.pipeline.zone.FedTable;
import io.github.keywharf.pipeline.zone.IngestionFormat;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

public class ManifestLogTest {

    private static final SnapshotPosition POSITION =
            new SnapshotPosition("7/1", "10:20:10,12", LocalDateTime.of(2024, 5, 20, 12, 10, 3, 998_000_000));

    private final ObjectStore store = ObjectStore.inMemory();
    private final ManifestLog<Batch> log = ManifestLog.ofBatches(store);

    static Batch batch(long number, String key) {
        return batch(number, key, FedTable.of("16400/16405", null));
    }

    private static Batch batch(long number, String key, FedTable fed) {
        Schema schema =
                Schema.of(Column.required("id", ColumnType.INT32), Column.nullable("price", ColumnType.decimal(10, 2)));
        return new Batch(
                number,
                BatchKind.INCREMENT,
                POSITION,
                IngestionFormat.PARQUET,
                List.of(new BatchFile("sales_order", key, 3, 456, true, false, schema)),
                Map.of("sales_order", POSITION),
                Map.of("design", "column 'x' is missing"),
                Optional.of("0/15D6A30"),
                Map.of("sales_order", fed, "design", FedTable.of("16410/16415", "801")),
                Optional.of(POSITION.time()),
                Map.of("payment", new BatchRejects(2, "payment_id", List.of(5, 7), true)),
                Map.of("department", 8L),
                java.util.Set.of("payment"));
    }

    @Test
    void a_manifest_is_read_as_it_was_written() {
        log.commit(1, batch(1, "k"));

        assertThat(log.newest()).contains(batch(1, "k"));
        assertThat(log.find(1)).contains(batch(1, "k"));
        assertThat(log.find(2)).isEmpty();

        Batch whole = batch(2, "k", FedTable.of("16400/16405", null).readFrom(POSITION));
        log.commit(2, whole);
        assertThat(log.newest()).contains(whole);
    }

    @Test
    void a_batch_prints_its_counts_in_the_right_number_and_its_time_with_the_zone() {
        assertThat(batch(8, "k")).hasToString("Batch 8 (increment, 1 file, 3 rows, up to 2024-05-20T12:10:03 UTC)");
    }

    @Test
    void the_newest_comes_first_and_none_is_skipped() {
        for (int number = 1; number <= 120; number++) {
            log.commit(number, batch(number, "k" + number));
        }
        assertThat(log.newest().orElseThrow().number()).isEqualTo(120);
        try (var all = log.newestFirst()) {
            assertThat(all.map(Batch::number).limit(3)).containsExactly(120L, 119L, 118L);
        }
    }

    @Test
    void a_number_is_given_once() {
        log.commit(1, batch(1, "mine"));

        assertThatThrownBy(() -> log.commit(1, batch(1, "theirs")))
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("run again");
        assertThat(log.find(1)).contains(batch(1, "mine"));
    }

    @Test
    void a_commit_whose_answer_was_lost_can_be_repeated() {
        log.commit(1, batch(1, "mine"));
        log.commit(1, batch(1, "mine"));
        assertThat(log.newest()).isPresent();
    }

    @Test
    void rubbish_and_later_versions_are_refused_clearly() {
        store.createIfAbsent(log.key(1), "not json".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> log.find(1))
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("manifest");
        store.createIfAbsent(log.key(2), "{\"version\": 9}".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> log.find(2))
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("version 9");
    }
}
