package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.LongVector;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.Batches;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.parquet.format.Encoding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that are lent fetch the next row group and decode batches ahead, whenever they come to it. */
@Timeout(60)
class ParquetReadAheadTest {

    /** How many rows a row group has. */
    private static final int GROUP = 900;

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

    /** A server's object: what is read of it, that it is not read once it is closed, and where it cannot be read. */
    private static final class ServedObject implements ObjectReader {
        private final ObjectReader bytes;
        private final long brokenFrom;
        private final List<Long> starts = Collections.synchronizedList(new ArrayList<>());
        private final AtomicLong read = new AtomicLong();
        private final AtomicBoolean closed = new AtomicBoolean();
        private final AtomicBoolean readAfterwards = new AtomicBoolean();

        ServedObject(ObjectReader bytes, long brokenFrom) {
            this.bytes = bytes;
            this.brokenFrom = brokenFrom;
        }

        @Override
        public StoredObject object() {
            return bytes.object();
        }

        @Override
        public int pieceBytes() {
            return 1024 * 1024;
        }

        @Override
        public void readFully(long position, byte[] target, int offset, int length) {
            if (closed.get()) {
                readAfterwards.set(true);
            }
            if (position >= brokenFrom && position + length < object().size()) {
                throw KeywharfException.retryable("store.replaced", "file", "another version");
            }
            starts.add(position);
            read.addAndGet(length);
            bytes.readFully(position, target, offset, length);
        }

        @Override
        public InputStream stream() {
            return bytes.stream();
        }

        @Override
        public void close() {
            closed.set(true);
        }
    }

    /** Texts that do not compress, in three row groups, the last of which is more than what is read for the footer. */
    private ServedObject served(long brokenFrom) {
        Schema texts = Schema.of(Column.required("text", ColumnType.STRING), Column.nullable("n", ColumnType.INT64));
        SplittableRandom random = new SplittableRandom(7);
        List<ColumnBatch> batches = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            BytesVector.Builder text = (BytesVector.Builder) ColumnVector.builder(ColumnType.STRING, GROUP);
            LongVector.Builder number = (LongVector.Builder) ColumnVector.builder(ColumnType.INT64, GROUP);
            for (int row = 0; row < GROUP; row++) {
                text.append(random.longs(10).mapToObj(Long::toString).collect(Collectors.joining()));
                number.append((long) i * GROUP + row);
            }
            batches.add(ColumnBatch.of(texts, List.of(text.build(), number.build())));
        }
        ParquetRoundTripTest.write(Parquet.writer(store, "served").rowGroupRows(GROUP), texts, batches);
        return new ServedObject(store.open("served"), brokenFrom);
    }

    private static List<Long> numbers(Rows rows) {
        List<Long> numbers = new ArrayList<>();
        for (ColumnBatch read = rows.next(); read != null; read = rows.next()) {
            for (int row = 0; row < read.size(); row++) {
                numbers.add(((LongVector) read.column("n")).longAt(row));
                assertThat(read.origins().orElseThrow().of(row).position()).isEqualTo(numbers.size());
            }
        }
        return numbers;
    }

    @Test
    void nothing_is_fetched_twice_or_left_out() {
        ServedObject alone = served(Long.MAX_VALUE);
        ServedObject ahead = served(Long.MAX_VALUE);
        List<Long> expected = LongStream.range(0, 3L * GROUP).boxed().toList();
        try (Rows rows = Parquet.reader(() -> alone).batchRows(30).rows()) {
            assertThat(numbers(rows)).isEqualTo(expected);
        }
        try (Rows rows = Parquet.reader(() -> ahead)
                .executor(task -> new Thread(task).start())
                .batchRows(30)
                .rows()) {
            assertThat(numbers(rows)).isEqualTo(expected);
        }
        assertThat(ahead.starts).doesNotHaveDuplicates();
        assertThat(ahead.read).hasValue(alone.read.get());
    }

    @Test
    void the_next_row_group_is_fetched_while_one_is_read() {
        ServedObject object = served(Long.MAX_VALUE);
        try (Rows rows = Parquet.reader(() -> object)
                .executor(Runnable::run)
                .batchRows(30)
                .rows()) {
            long first = object.read.get();
            assertThat(rows.next()).isNotNull();
            long both = object.read.get();
            assertThat(both).isGreaterThan(first);
            assertThat(rows.next()).isNotNull();
            assertThat(object.read).as("no further than that").hasValue(both);
        }
    }

    @Test
    void a_row_group_that_cannot_be_fetched_ahead_fails_after_the_rows_before_it() {
        for (Executor executor : List.<Executor>of(Runnable::run, task -> {}, task -> new Thread(task).start())) {
            ServedObject whole = served(Long.MAX_VALUE);
            try (Rows rows = Parquet.reader(() -> whole).rows()) {
                numbers(rows);
            }
            // The tail, then the three row groups; the second one is of another version.
            ServedObject object = served(whole.starts.get(whole.starts.size() - 2));
            try (Rows rows = Parquet.reader(() -> object)
                    .executor(executor)
                    .batchRows(GROUP / 2)
                    .rows()) {
                assertThat(rows.next()).isNotNull();
                assertThat(rows.next()).isNotNull();
                for (int i = 0; i < 2; i++) {
                    assertThatThrownBy(rows::next)
                            .isInstanceOfSatisfying(
                                    KeywharfException.class,
                                    e -> assertThat(e.code()).isEqualTo("store.replaced"));
                }
            }
        }
    }

    @Test
    void closing_early_stops_what_is_fetched_and_decoded_ahead() {
        for (int batches = 0; batches < 4; batches++) {
            ServedObject object = served(Long.MAX_VALUE);
            List<Thread> lent = Collections.synchronizedList(new ArrayList<>());
            Rows rows = Parquet.reader(() -> object)
                    .executor(task -> {
                        Thread thread = new Thread(task);
                        lent.add(thread);
                        thread.start();
                    })
                    .batchRows(30)
                    .rows();
            for (int i = 0; i < batches; i++) {
                assertThat(rows.next()).isNotNull();
            }
            rows.close();
            rows.close();
            lent.forEach(thread -> assertThatCode(thread::join).doesNotThrowAnyException());
            assertThat(object.closed).isTrue();
            assertThat(object.readAfterwards).isFalse();
        }
    }
}
