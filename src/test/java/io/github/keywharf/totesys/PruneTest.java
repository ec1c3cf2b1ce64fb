package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.pipeline.PruneReport;
import io.github.keywharf.pipeline.ZonePlaces;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchFile;
import io.github.keywharf.store.ObjectStore;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PruneTest extends PipelineTestCase {

    private static final LocalDateTime EVER = LocalDateTime.of(9999, 1, 1, 0, 0);

    private final ObjectStore ingestion = ObjectStore.inMemory();
    private final ObjectStore processed = ObjectStore.inMemory();

    private TotesysPipeline pipeline() {
        return fixture.pipeline(builder -> builder.ingestion(ingestion).processed(processed));
    }

    /** Batches 1 to 7, of which 3 and 5 are complete readings. */
    private TotesysPipeline history() {
        TotesysPipeline pipeline = pipeline();
        pipeline.run();
        sell(3, 1);
        pipeline.run();
        pipeline.reconcile();
        sell(3, 2);
        pipeline.run();
        pipeline.reconcile();
        sell(4, 3);
        pipeline.run();
        sell(5, 4);
        pipeline.run();
        return pipeline;
    }

    private void emptyWarehouse(TotesysPipeline pipeline) {
        fixture.inWarehouse("DROP SCHEMA public CASCADE", "CREATE SCHEMA public");
        pipeline.createWarehouse();
    }

    private void assertNothingIsLeftBut(TotesysPipeline pipeline) {
        Set<String> named = new HashSet<>();
        for (Batch batch : pipeline.listBatches(100)) {
            batch.files().stream().map(BatchFile::key).forEach(named::add);
            ZonePlaces.attempts(processed, batch.number())
                    .forEach(attempt ->
                            attempt.files().stream().map(BatchFile::key).forEach(named::add));
        }
        Set<String> there = new TreeSet<>(fixture.keys(ingestion, ""));
        there.addAll(fixture.keys(processed, ""));
        there.removeIf(key -> key.startsWith("_keywharf/"));
        assertThat(named).containsAll(there);
    }

    @Test
    void a_new_warehouse_begins_with_the_last_complete_reading() throws SQLException {
        TotesysPipeline pipeline = history();

        PruneReport report = pipeline.prune(EVER);

        assertThat(report.firstKept()).isEqualTo(5);
        assertThat(report.batches()).isEqualTo(4);
        assertThat(report.files()).isGreaterThan(20);
        assertThat(pipeline.listBatches(100)).extracting(Batch::number).containsExactly(7L, 6L, 5L);
        assertNothingIsLeftBut(pipeline);
        sell(6, 5);
        assertThat(pipeline.run().loaded()).containsExactly(8L);
        assertThat(fixture.differences()).isEmpty();

        emptyWarehouse(pipeline);
        assertThat(pipeline().run().loaded()).containsExactly(5L, 6L, 7L, 8L);
        assertThat(fixture.differences()).isEmpty();
        assertThat(pipeline.prune(EVER)).isEqualTo(new PruneReport(5, 0, 0));
        assertThatThrownBy(() -> pipeline.replay(2, 2))
                .extracting(e -> ((KeywharfException) e).code())
                .isEqualTo("totesys.unknown_batch");
    }

    /** Another pipeline on the zone, or this one at another time, may be for some tables only. */
    @Test
    void a_complete_reading_of_some_tables_is_not_where_a_new_warehouse_begins() throws SQLException {
        UnaryOperator<TotesysPipeline.Builder> fed = builder -> builder.ingestion(ingestion)
                .processed(processed)
                .name(fixture.sourceName)
                .detection(ChangeDetection.LOGICAL_REPLICATION);
        TotesysPipeline pipeline = fixture.pipeline(fed);
        pipeline.run();
        fixture.pipeline(builder -> fed.apply(builder).tables(List.of("currency")))
                .reconcile();
        sell(3, 1);
        pipeline.run();

        assertThat(pipeline.prune(EVER).firstKept()).isEqualTo(1);
        emptyWarehouse(pipeline);
        fixture.pipeline(fed).run();
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void what_was_read_later_or_is_not_loaded_is_kept() {
        TotesysPipeline pipeline = history();
        LocalDateTime second = pipeline.listBatches(3).get(2).position().time();

        assertThat(pipeline.prune(second).firstKept()).isEqualTo(3);
        pipeline.reconcile();
        fixture.inWarehouse("DELETE FROM keywharf_batch WHERE batch > 6");
        assertThat(pipeline.prune(EVER).firstKept()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 9, 20, 30})
    void a_pruning_that_dies_is_completed_by_the_next(int steps) throws SQLException {
        Fuse fuse = new Fuse(() -> {});
        history();
        TotesysPipeline dying = fixture.pipeline(builder ->
                builder.ingestion(new FusedStore(ingestion, fuse)).processed(new FusedStore(processed, fuse)));
        fuse.light(steps, true);
        assertThatThrownBy(() -> dying.prune(EVER)).isInstanceOf(Fuse.Burnt.class);
        fuse.putOut();

        TotesysPipeline pipeline = pipeline();
        emptyWarehouse(pipeline);
        assertThat(pipeline.run().loaded()).startsWith(steps == 1 ? 1L : 5L);
        assertThat(fixture.differences()).isEmpty();
        pipeline.prune(EVER);
        assertThat(pipeline.listBatches(100)).extracting(Batch::number).containsAll(List.of(5L, 6L, 7L));
        assertNothingIsLeftBut(pipeline);
    }
}
