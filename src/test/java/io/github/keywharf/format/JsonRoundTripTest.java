package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.testing.Batches;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** What was written comes back, whatever it was. */
class JsonRoundTripTest {

    @Provide
    Arbitrary<ColumnBatch> batches() {
        return Batches.of(Batches.types());
    }

    @Property(tries = 200, shrinking = ShrinkingMode.BOUNDED)
    void any_batch_comes_back(@ForAll("batches") ColumnBatch batch) {
        MapStore store = new MapStore();
        JsonLines.writer(store, "a.jsonl").sink().write(Rows.of(batch.schema(), List.of(batch)));

        List<List<Object>> read =
                JsonLines.reader(store, "a.jsonl")
                        .schema(batch.schema())
                        .batchRows(64)
                        .rows()
                        .toTable()
                        .batches()
                        .stream()
                        .flatMap(part -> Batches.values(part).stream())
                        .toList();
        assertThat(read).isEqualTo(Batches.values(batch));
        assertThat(store.text("a.jsonl").lines()).hasSize(batch.size());
        assertThat(store.open).isZero();
    }
}
