package io.github.keywharf.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.format.DeadLetterFile;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchFile;
import io.github.keywharf.pipeline.zone.ProcessedBatch;
import io.github.keywharf.pipeline.zone.RejectedFile;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.StoredProgress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Zones that earlier versions wrote are read, and written no differently. */
class ZoneFormatTest {
    private static final String LETTERS = "_keywharf/rejected/9223372036854775804-3/transform-2/";
    private static final RejectedRow ROW = new RejectedRow(
            "sales_order", 17, "agreed_delivery_date", "'2024-02-30' is not a date", Map.of("sales_order_id", 5));

    private static Batch batch(long number) {
        return ManifestLogTest.batch(number, "k" + number);
    }

    private static ProcessedBatch processed(int attempt) {
        Schema schema = Schema.of(Column.required("sales_order_id", ColumnType.INT32));
        return new ProcessedBatch(
                3,
                attempt,
                List.of(new BatchFile("fact_sales_order", "f" + attempt, 3, 789, false, false, schema)),
                1,
                "_keywharf/rejected/9223372036854775804-3/transform-" + attempt + "/",
                Map.of("fact_sales_order", "1:c0ffee"));
    }

    @Test
    void the_zones_of_an_earlier_version_are_read() {
        ObjectStore store = StoredProgress.store();

        ManifestLog<Batch> batches = ManifestLog.ofBatches(store);
        assertThat(batches.newest()).contains(batch(3));
        assertThat(batches.find(2)).contains(batch(2));
        try (Stream<Batch> all = batches.newestFirst()) {
            assertThat(all).containsExactly(batch(3), batch(2), batch(1));
        }
        assertThat(ManifestLog.ofProcessed(store, 3).newest()).contains(processed(2));
        try (Stream<DeadLetterFile> files = StepRejects.letters(store).files()) {
            assertThat(files.map(Repair::named).flatMap(Optional::stream))
                    .containsExactly(
                            new RejectedFile(3, "transform-2", "fact_sales_order", LETTERS + "fact_sales_order.jsonl"));
        }
    }

    @Test
    void manifests_and_dead_letters_are_written_as_before() {
        ObjectStore store = ObjectStore.inMemory();
        for (long number = 1; number <= 3; number++) {
            ManifestLog.ofBatches(store).commit(number, batch(number));
        }
        for (int attempt = 1; attempt <= 2; attempt++) {
            ManifestLog.ofProcessed(store, 3).commit(attempt, processed(attempt));
        }
        try (StepRejects rejects = new StepRejects(store, 3, "transform-2")) {
            rejects.of("fact_sales_order").rejected(ROW);
            assertThat(rejects.commit(EventListener.NONE, Work.NONE)).isEqualTo(LETTERS);
        }
        StoredProgress.assertSame(store, "_keywharf/");
    }
}
