package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.pipeline.zone.BatchFile;
import io.github.keywharf.testing.CountingStore;
import io.github.keywharf.testing.GrowthCheck;
import org.junit.jupiter.api.Test;

/**
 * Runs of the pipeline ask its stores as much as ever. The full length, 10,000 runs, takes a quarter of an hour:
 * {@code -Dkeywharf.growth.last=10000}.
 */
class PipelineGrowthTest extends PipelineTestCase {
    private static final int LAST = 100;

    private final CountingStore ingestion = CountingStore.inMemory();
    private final CountingStore processed = CountingStore.inMemory();

    private GrowthCheck check(String operation) {
        return GrowthCheck.of(operation)
                .spent("ingestion", ingestion::requests)
                .spent("processed", processed::requests)
                .spent("bytes read", () -> ingestion.bytesRead() + processed.bytesRead())
                .spent("bytes written", () -> ingestion.bytesWritten() + processed.bytesWritten())
                .spent("keys listed", () -> ingestion.keysListed() + processed.keysListed())
                .last(LAST);
    }

    private TotesysPipeline pipeline() {
        return fixture.pipeline(builder -> builder.ingestion(ingestion).processed(processed));
    }

    @Test
    void runs_that_find_a_change() throws Exception {
        TotesysPipeline pipeline = pipeline();
        pipeline.run();
        check("a run").run(number -> {
            sell(3, number);
            assertThat(pipeline.run().loaded()).hasSize(1);
        });
    }

    @Test
    void runs_of_new_processes_that_find_nothing() throws Exception {
        TotesysPipeline first = pipeline();
        first.run();
        check("a change, and an idle run of a new process").run(number -> {
            sell(3, number);
            first.run();
            TotesysPipeline another =
                    fixture.builder().ingestion(ingestion).processed(processed).build();
            assertThat(another.run().loaded()).isEmpty();
        });
    }

    @Test
    void replays_of_one_batch() throws Exception {
        TotesysPipeline pipeline = pipeline();
        pipeline.run();
        GrowthCheck.of("a replay")
                .spent("requests", () -> ingestion.requests() + processed.requests())
                .last(LAST)
                .run(number -> pipeline.replay(1, 1));
    }

    @Test
    void a_reconciliation_forgets_tables_that_are_gone() throws Exception {
        TotesysPipeline pipeline = pipeline();
        fixture.inSource("CREATE TABLE passing AS SELECT 1 AS id");
        pipeline.run();
        fixture.inSource("DROP TABLE passing");
        sell(3, 4);
        assertThat(pipeline.run().ingested().get(0).positions()).containsKey("passing");
        assertThat(pipeline.reconcile().ingested().get(0).positions())
                .doesNotContainKey("passing")
                .containsKey("sales_order");

        fixture.inSource("CREATE TABLE passing AS SELECT generate_series(1, 3) AS id");
        assertThat(pipeline.run().ingested().get(0).files())
                .filteredOn(file -> file.table().equals("passing"))
                .extracting(BatchFile::rows)
                .containsExactly(3L);
    }
}
