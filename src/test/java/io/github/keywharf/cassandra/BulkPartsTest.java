package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.NoNodeAvailableException;
import com.datastax.oss.driver.api.core.connection.ClosedConnectionException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Parts of the bulk sink that need no server. */
class BulkPartsTest {
    private static final Schema SCHEMA = Schema.of(Column.required("id", ColumnType.INT32));

    @Test
    void windows_have_their_size_whatever_the_size_of_the_batches() {
        for (int batch : new int[] {1, 7, 10, 64, 1_000}) {
            BulkReader reader = new BulkReader(BulkRows.generated(SCHEMA, 95, batch, row -> new Object[] {row}), 10);
            List<Integer> sizes = new ArrayList<>();
            int expected = 0;
            for (BulkWindow window = reader.next(); window != null; window = reader.next()) {
                sizes.add(window.size());
                assertThat(window.firstRow()).isEqualTo(expected);
                for (int row = 0; row < window.size(); row++) {
                    assertThat(window.vector(row, 0).value(window.position(row)))
                            .isEqualTo(expected++);
                }
                assertThat(window.vector(0, 0).value(window.position(0))).isEqualTo(expected - window.size());
            }
            assertThat(sizes).containsExactly(10, 10, 10, 10, 10, 10, 10, 10, 10, 5);
            assertThat(reader.read()).isEqualTo(95);
        }
    }

    @Test
    void a_window_of_large_values_ends_before_it_has_all_its_rows() {
        Schema schema = Schema.of(
                Column.required("id", ColumnType.INT32),
                Column.nullable("text", ColumnType.STRING),
                Column.nullable("parts", ColumnType.list(ColumnType.STRING)));
        String megabyte = "x".repeat(1 << 20);
        BulkReader reader = new BulkReader(
                BulkRows.generated(schema, 40, 4, row -> new Object[] {row, row % 2 == 0 ? megabyte : null, List.of()}),
                1_000);
        List<Integer> sizes = new ArrayList<>();
        for (BulkWindow window = reader.next(); window != null; window = reader.next()) {
            sizes.add(window.size());
        }
        assertThat(sizes).containsExactly(32, 8);
    }

    @Test
    void rows_passed_over_are_counted() {
        BulkReader reader = new BulkReader(BulkRows.generated(SCHEMA, 20, 7, row -> new Object[] {row}), 10);
        assertThat(reader.skip(9)).isTrue();
        BulkWindow window = reader.next();
        assertThat(window).isNotNull();
        assertThat(window.firstRow()).isEqualTo(9);
        assertThat(window.vector(0, 0).value(window.position(0))).isEqualTo(9);
        assertThat(reader.skip(21)).isFalse();
    }

    @Test
    void limit_grows_while_answers_are_quick_and_is_halved_by_overload() {
        BulkLimiter limiter = new BulkLimiter(40);
        assertThat(limiter.limit()).isEqualTo(BulkLimiter.FIRST);
        for (int i = 0; i < 10_000; i++) {
            limiter.answered(1_000);
        }
        assertThat(limiter.limit()).isEqualTo(40);
        for (int i = 0; i < 10_000; i++) {
            limiter.answered(20_000);
        }
        assertThat(limiter.limit()).isBetween(BulkLimiter.FIRST - 1, 40);
        for (int i = 0; i < 20; i++) {
            limiter.overloaded();
        }
        assertThat(limiter.limit()).isEqualTo(BulkLimiter.LEAST);
        assertThat(new BulkLimiter(5).limit()).isEqualTo(5);
    }

    private static BulkWindow window(long first, long acknowledged, int bytes) {
        BulkWindow window = new BulkWindow(first);
        window.add(
                java.util.Objects.requireNonNull(BulkRows.generated(SCHEMA, 10, 10, row -> new Object[] {row})
                        .next()),
                0,
                10,
                bytes);
        window.begin(0);
        window.requestMade(bytes);
        window.acknowledged = acknowledged;
        window.settleFor(new BulkTotals(window.endRow(), 0, bytes));
        return window;
    }

    @Test
    void acknowledged_windows_are_kept_for_a_time_and_up_to_a_size() {
        long second = Duration.ofSeconds(1).toNanos();
        BulkHistory history = new BulkHistory(Duration.ofSeconds(10), 2_500 + 2 * 1_024, BulkTotals.NONE);
        history.add(window(0, 0, 1_000), 0);
        history.add(window(10, second, 1_000), second);
        assertThat(history.settled()).isEqualTo(BulkTotals.NONE);
        assertThat(history.lacksRows(second)).isFalse();
        history.add(window(20, 2 * second, 1_000), 2 * second);
        assertThat(history.lacksRows(2 * second)).isTrue();
        assertThat(history.firstLacking(2 * second)).isZero();
        assertThat(history.endLacking()).isEqualTo(10);
        history.add(window(30, 11 * second, 1_000), 11 * second);
        assertThat(history.settled().rows()).isEqualTo(20);
        assertThat(history.lacksRows(11 * second)).isFalse();
        assertThat(history.takeAll()).extracting(BulkWindow::firstRow).containsExactly(20L, 30L);
        assertThat(history.takeAll()).isEmpty();
    }

    @Test
    void what_a_silent_node_acknowledged_is_kept_until_it_is_seen() {
        long second = Duration.ofSeconds(1).toNanos();
        BulkHistory history = new BulkHistory(Duration.ofSeconds(10), 1 << 20, BulkTotals.NONE);
        for (int i = 0; i < 100; i++) {
            history.add(window(i * 10L, i * second, 100), Math.min(i, 15) * second);
        }
        assertThat(history.settled().rows()).isEqualTo(60);
        history.add(window(1_000, 100 * second, 100), 100 * second);
        assertThat(history.settled().rows()).isEqualTo(910);
        assertThat(history.takeAll()).hasSize(10);
    }

    @Test
    void what_is_known_of_rows_that_could_not_be_kept_stays_small_while_a_node_is_waited_for() {
        long second = Duration.ofSeconds(1).toNanos();
        BulkHistory history = new BulkHistory(Duration.ofSeconds(10), 0, BulkTotals.NONE);
        for (int i = 0; i < 20_000; i++) {
            history.add(window(i * 10L, i * second, 100), 5 * second);
        }
        assertThat(history.droppedNotes()).isLessThanOrEqualTo(1_000);
        assertThat(history.settled()).isEqualTo(BulkTotals.NONE);
        assertThat(history.firstLacking(5 * second)).isZero();
        assertThat(history.endLacking()).isEqualTo(200_000);
        history.add(window(200_000, 20_000 * second, 100), 20_000 * second);
        assertThat(history.settled().rows()).isBetween(199_000L, 199_910L);
    }

    @Test
    void rows_are_on_as_many_nodes_as_acknowledge_them() {
        Map<String, String> two = Map.of("class", "NetworkTopologyStrategy", "dc1", "3", "dc2", "5/1");
        assertThat(BulkCopies.of(two, "dc1", ConsistencyLevel.LOCAL_QUORUM)).isEqualTo(2);
        assertThat(BulkCopies.of(two, "dc2", ConsistencyLevel.LOCAL_QUORUM)).isEqualTo(3);
        assertThat(BulkCopies.of(two, "dc3", ConsistencyLevel.LOCAL_QUORUM)).isEqualTo(1);
        assertThat(BulkCopies.of(two, "dc1", ConsistencyLevel.QUORUM)).isEqualTo(5);
        assertThat(BulkCopies.of(two, "dc1", ConsistencyLevel.EACH_QUORUM)).isEqualTo(5);
        assertThat(BulkCopies.of(two, "dc1", ConsistencyLevel.ALL)).isEqualTo(8);
        assertThat(BulkCopies.of(two, "dc1", ConsistencyLevel.LOCAL_ONE)).isEqualTo(1);
        Map<String, String> simple = Map.of("class", "SimpleStrategy", "replication_factor", "1");
        assertThat(BulkCopies.of(simple, "dc1", ConsistencyLevel.LOCAL_QUORUM)).isEqualTo(1);
        assertThat(BulkCopies.of(simple, "dc1", ConsistencyLevel.THREE)).isEqualTo(1);
        assertThat(BulkCopies.of(Map.of(), "", ConsistencyLevel.QUORUM)).isEqualTo(1);
    }

    @Test
    void failures_are_distinguished() {
        assertThat(BulkFailure.of(new NoNodeAvailableException())).isEqualTo(BulkFailure.NOT_SENT);
        assertThat(BulkFailure.of(new DriverTimeoutException("x"))).isEqualTo(BulkFailure.UNANSWERED);
        assertThat(BulkFailure.of(new ClosedConnectionException("x"))).isEqualTo(BulkFailure.DISCONNECTED);
        assertThat(BulkFailure.of(new IllegalStateException("x"))).isEqualTo(BulkFailure.FATAL);
        assertThat(BulkFailure.of(AllNodesFailedException.fromErrors(List.of())))
                .isEqualTo(BulkFailure.NOT_SENT);
    }

    @Test
    void lengths_of_vector_elements_are_written_as_the_server_reads_them() {
        assertThat(bytes(0)).containsExactly(0);
        assertThat(bytes(127)).containsExactly(127);
        assertThat(bytes(128)).containsExactly(0x80, 0x80);
        assertThat(bytes(16_383)).containsExactly(0xbf, 0xff);
        assertThat(bytes(16_384)).containsExactly(0xc0, 0x40, 0);
        assertThat(bytes(2_097_152)).containsExactly(0xe0, 0x20, 0, 0);
        assertThat(bytes(268_435_456)).containsExactly(0xf0, 0x10, 0, 0, 0);
    }

    private static int[] bytes(int length) {
        BulkBuffer buffer = new BulkBuffer(1).putUnsignedVint(length);
        int[] bytes = new int[buffer.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = buffer.bytes()[i] & 0xff;
        }
        return bytes;
    }

    @Test
    void shown_values_are_bounded() {
        assertThat(Unfit.shown("x".repeat(1_000))).hasSizeLessThan(90);
        assertThat(Unfit.shown(new BigDecimal("1e1000000"))).isEqualTo("a number of scale -1000000");
        assertThat(Unfit.shown(new byte[3])).isEqualTo("3 bytes");
        assertThat(Unfit.shown(null)).isEqualTo("null");
    }
}
