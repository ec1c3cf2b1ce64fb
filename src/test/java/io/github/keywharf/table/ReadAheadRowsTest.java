package io.github.keywharf.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywharf.testing.Batches;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows that are read ahead end as the rows below do, however these end, and leave no thread. */
@Timeout(60)
class ReadAheadRowsTest {

    private static final Schema SCHEMA = Schema.of(List.of(Column.required("n", ColumnType.INT32)));

    /** Rows without end until {@code last}, which then fail if there is a failure. */
    private static final class Numbers implements Rows {
        private final int last;
        private final Runnable failure;
        private final AtomicInteger read = new AtomicInteger();
        private volatile boolean closed;

        Numbers(int last, Runnable failure) {
            this.last = last;
            this.failure = failure;
        }

        @Override
        public Schema schema() {
            return SCHEMA;
        }

        @Override
        public @Nullable ColumnBatch next() {
            if (read.get() == last) {
                failure.run();
                return null;
            }
            return Batches.build(SCHEMA, List.of(List.of(read.getAndIncrement())));
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static void fail(Throwable thrown, boolean interrupt) {
        if (interrupt) {
            Thread.currentThread().interrupt();
        }
        ReadAheadRowsTest.<RuntimeException>sneak(thrown);
    }

    @SuppressWarnings("unchecked") // throws what is not declared, as other languages do
    private static <E extends Throwable> void sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }

    private static boolean readerRuns() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("keywharf-read-ahead"));
    }

    @Test
    void closing_while_the_reader_waits_for_room_ends_it_soon() {
        Numbers numbers = new Numbers(Integer.MAX_VALUE, () -> {});
        Rows rows = numbers.readAhead(1);
        assertThat(rows.next()).isNotNull();
        long begun = System.nanoTime();
        rows.close();
        rows.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
        assertThat(numbers.closed).isTrue();
        assertThatThrownBy(rows::next).isInstanceOf(IllegalStateException.class);
        await("the reader's thread has ended").until(() -> !readerRuns());
    }

    @Test
    void failures_of_any_kind_come_after_the_rows_before_them() {
        for (Throwable thrown :
                List.of(new IllegalStateException("x"), new OutOfMemoryError("x"), new Exception("x"))) {
            for (boolean interrupt : new boolean[] {false, true}) {
                Numbers numbers = new Numbers(3, () -> fail(thrown, interrupt));
                try (Rows rows = numbers.readAhead(1)) {
                    for (int i = 0; i < 3; i++) {
                        assertThat(rows.next()).isNotNull();
                    }
                    assertThatThrownBy(rows::next)
                            .satisfies(e -> assertThat(e == thrown || e.getCause() == thrown)
                                    .isTrue());
                    assertThat(rows.next()).isNull();
                }
                assertThat(numbers.closed).isTrue();
            }
        }
    }

    @Test
    void a_failure_after_closing_is_nobodys() {
        Numbers numbers = new Numbers(2, () -> fail(new IllegalStateException("late"), false));
        Rows rows = numbers.readAhead(1);
        rows.close();
        assertThatThrownBy(rows::next).isInstanceOf(IllegalStateException.class);
        assertThat(numbers.closed).isTrue();
    }

    @Test
    void rows_that_are_read_to_their_end_leave_no_thread() {
        Numbers numbers = new Numbers(5, () -> {});
        try (Rows rows = numbers.readAhead(2)) {
            int count = 0;
            while (rows.next() != null) {
                count++;
            }
            assertThat(count).isEqualTo(5);
        }
        assertThat(numbers.closed).isTrue();
        await("the reader's thread has ended").until(() -> !readerRuns());
    }
}
