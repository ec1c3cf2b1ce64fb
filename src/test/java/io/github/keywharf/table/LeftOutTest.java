package io.github.keywharf.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.store.ObjectStore;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class LeftOutTest {

    record Item(int id, String name) {}

    private static final List<Item> ITEMS =
            List.of(new Item(1, "a"), new Item(2, "b"), new Item(2, "c"), new Item(3, " "), new Item(4, "d"));

    private final ObjectStore store = ObjectStore.inMemory();

    private static Rows items() {
        return Rows.ofRecords(Item.class, ITEMS);
    }

    private static Rows stepped(Rows rows, RejectListener rejects) {
        return rows.through(RowStep.distinct(List.of("id")))
                .through(RowStep.trim(List.of("name")).then(RowStep.require(List.of("name"))), rejects)
                .filter(Condition.gt("id", 1))
                .limit(1);
    }

    private WriteReport write(Rows rows, RejectListener rejects) {
        return Parquet.writer(store, "items").sink().write(rows, rejects);
    }

    @Test
    void rows_that_steps_leave_out_are_in_the_report_under_their_names() {
        KeptRejects kept = RejectListener.keep(10);
        WriteReport report = write(stepped(items(), kept), kept);
        assertThat(report.read()).isEqualTo(5);
        assertThat(report.written()).isEqualTo(1);
        assertThat(report.leftOut()).isEqualTo(new LeftOut(1, 1, 1, 1, 0, 0));
        assertThat(report.rejects()).extracting(RejectedRow::column).containsExactly("name");
    }

    @Test
    void views_pass_the_counts_on() {
        LeftOut expected = new LeftOut(1, 1, 1, 1, 0, 0);
        RejectListener ignore = row -> {};
        List<Supplier<Rows>> views = List.of(
                () -> stepped(items(), ignore).peek(batch -> {}),
                () -> stepped(items(), ignore).beforeNext(() -> {}),
                () -> stepped(items(), ignore).onClose(() -> {}),
                () -> stepped(items(), ignore).readAhead(2),
                () -> stepped(items().readAhead(1), ignore),
                () -> {
                    Rows rows = stepped(items(), ignore);
                    return rows.map(rows.schema(), batch -> batch);
                },
                () -> {
                    Schema schema = items().schema();
                    return Rows.concat(schema, List.of(() -> stepped(items(), ignore), () -> Rows.empty(schema)));
                });
        for (Supplier<Rows> view : views) {
            WriteReport report = write(view.get(), ignore);
            assertThat(report.leftOut()).isEqualTo(expected);
            assertThat(report.read()).isEqualTo(5);
        }
    }

    @Test
    void a_step_that_loses_a_row_ends_the_write_and_nothing_is_stored() {
        RowStep lossy = schema -> new RowStep.Pass() {
            @Override
            public Schema schema() {
                return schema;
            }

            @Override
            public ColumnBatch apply(ColumnBatch batch, RejectListener rejects) {
                return batch.gather(new int[] {0, 1}, 2);
            }
        };
        assertThatThrownBy(() -> write(items().through(lossy), RejectListener.FAIL))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(LeftOut.COUNTS_OPEN))
                .hasMessageContaining("5 rows were read, but 2 written and 0 left out (0 rejected)");
        assertThat(store.find("items")).isEmpty();
    }

    @Test
    void a_sink_that_loses_a_row_ends_the_write() {
        RowSink lossy = (rows, rejects) -> {
            WriteCounts counts = new WriteCounts("items", rows, rejects);
            Table table = counts.rows().toTable();
            return counts.report(table.size() - 1, 0);
        };
        assertThatThrownBy(() -> lossy.write(items()))
                .hasMessageStartingWith(
                        "[items] 5 rows were read, but 4 written and 0 left out (0 rejected), so some were"
                                + " lost or written twice; compare what is there with the source, and write the rows again");
    }
}
