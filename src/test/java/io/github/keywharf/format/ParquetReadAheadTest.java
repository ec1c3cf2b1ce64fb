package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Batches;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.parquet.format.Encoding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that are lent read a batch ahead, whenever they come to it. */
@Timeout(60)
class ParquetReadAheadTest {

    private final ObjectStore store = ObjectStore.inMemory();
    private final Schema schema = SampleRows.schema(Batches.types());
    private final ColumnBatch batch = new SampleRows(4).batch(schema, 500);

    private Rows rows(Executor executor) {
        ParquetRoundTripTest.write(
                Parquet.writer(store, "file").rowGroupRows(170).pageBytes(900), schema, List.of(batch));
        return Parquet.reader(store, "file").executor(executor).batchRows(40).rows();
    }

    private void assertAllRead(Executor executor) {
        try (Rows rows = rows(executor)) {
            assertThat(SampleRows.values(rows.toTable().batches())).isEqualTo(Batches.values(batch));
        }
    }

    @Test
    void rows_are_the_same_whether_threads_come_first_last_or_never() {
        assertAllRead(Runnable::run);
        assertAllRead(task -> {});
        assertAllRead(task -> {
            throw new RejectedExecutionException("busy");
        });
        Deque<Runnable> late = new ArrayDeque<>();
        assertAllRead(task -> {
            late.add(task);
            if (late.size() > 3) {
                late.remove().run();
            }
        });
        assertAllRead(task -> new Thread(task).start());
    }

    @Test
    void an_executor_may_refuse_in_words_of_its_own() {
        assertAllRead(task -> {
            throw new IllegalStateException("shut down");
        });
    }

    @Test
    void nothing_follows_a_batch_that_could_not_be_read() {
        RawParquet file = new RawParquet("required int32 n;")
                .group(4)
                .column(
                        4,
                        RawParquet.page(2, Encoding.PLAIN, new byte[3]),
                        RawParquet.page(2, Encoding.PLAIN, RawParquet.ints(3, 4)));
        store.createIfAbsent("bad", file.bytes());
        try (Rows rows = Parquet.reader(store, "bad").batchRows(2).rows()) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(rows::next)
                        .isInstanceOfSatisfying(
                                KeywharfException.class,
                                e -> assertThat(e.code()).isEqualTo("parquet.corrupt"));
            }
        }
    }

    @Test
    void nothing_is_read_after_the_rows_are_closed() {
        List<Runnable> late = new ArrayList<>();
        Rows rows = rows(late::add);
        assertThat(rows.next()).isNotNull();
        rows.close();
        late.forEach(Runnable::run);
        assertThatThrownBy(rows::next).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void what_goes_wrong_ahead_is_thrown_where_it_belongs() {
        RawParquet file = new RawParquet("required int32 n;")
                .group(3)
                .column(
                        3,
                        RawParquet.page(2, Encoding.PLAIN, RawParquet.ints(1, 2)),
                        RawParquet.page(1, Encoding.PLAIN, new byte[3]));
        store.createIfAbsent("bad", file.bytes());
        try (Rows rows = Parquet.reader(store, "bad")
                .executor(Runnable::run)
                .batchRows(2)
                .rows()) {
            assertThat(rows.next())
                    .isNotNull()
                    .satisfies(read -> assertThat(read.size()).isEqualTo(2));
            assertThatThrownBy(rows::next)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("parquet.corrupt"));
        }
    }
}
