package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.CassandraServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Loads into a server that refuses what Amazon Keyspaces refuses: batches above 30 rows, and timestamps of clients. */
class CassandraRestrictedTest {
    private static final int MOST = 30;
    private static final Schema SCHEMA = Schema.of(
            Column.nullable("part", ColumnType.INT32),
            Column.required("id", ColumnType.INT32),
            Column.nullable("value", ColumnType.INT32),
            Column.nullable("items", ColumnType.list(ColumnType.INT32)));

    private static CassandraServer server;
    private static CqlSession restricted;
    private static String keyspace = "";
    private static final AtomicInteger LARGEST = new AtomicInteger();

    @BeforeAll
    static void create() {
        server = CassandraServer.shared();
        keyspace = server.createKeyspace("restricted");
        restricted = SessionProxy.of(server.session(), (method, arguments, real) -> {
            if (method.equals("prepareAsync") && text(arguments[0]).contains("TIMESTAMP")) {
                return refused("Client-side timestamps are disabled");
            }
            if (method.equals("executeAsync") && arguments[0] instanceof BatchStatement batch) {
                LARGEST.accumulateAndGet(batch.size(), Math::max);
                if (batch.size() > MOST) {
                    return refused("Too many statements");
                }
            }
            return real.call(arguments);
        });
    }

    private static String text(Object statement) {
        return statement instanceof String text ? text : SessionProxy.cql(statement);
    }

    /** What the proxied method returns, whose type the proxy does not know. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private static Object refused(String reason) {
        Node node =
                server.session().getMetadata().getNodes().values().iterator().next();
        return CompletableFuture.failedFuture(new InvalidQueryException(node, reason));
    }

    private static CassandraSink.Builder sink(String table) {
        return CassandraManager.of(restricted).table(keyspace + "." + table).sink();
    }

    @Test
    void the_last_row_of_a_key_wins_in_batches_of_the_size_and_without_the_timestamps_that_are_refused() {
        server.execute("CREATE TABLE " + keyspace
                + ".item (part int, id int, value int, items list<int>, PRIMARY KEY (part, id))");
        int count = 6_000;
        assertThatThrownBy(() -> sink("item").build().write(BulkRows.generated(SCHEMA, 1, 1, row -> row(row))))
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("timestamps are disabled");

        List<RejectedRow> rejected = new ArrayList<>();
        WriteReport report = sink("item")
                .serverTimestamps(true)
                .batchRows(MOST)
                .windowRows(1_000)
                .timeToLive(Duration.ofDays(1))
                .build()
                .write(BulkRows.generated(SCHEMA, count, 300, CassandraRestrictedTest::row), rejected::add);

        Map<Integer, @Nullable Object[]> last = new HashMap<>();
        for (int row = 0; row < count; row++) {
            @Nullable Object[] values = row(row);
            if (values[0] != null) {
                @Nullable Object[] merged = last.computeIfAbsent((Integer) values[1], id -> new Object[4]);
                for (int i = 0; i < 4; i++) {
                    merged[i] = values[i] == null ? merged[i] : values[i];
                }
            }
        }
        assertThat(report.written()).isEqualTo(count - rejected.size());
        assertThat(rejected).hasSize(count / 1_000);
        List<Row> stored = server.session()
                .execute("SELECT part, id, value, items, ttl(value) FROM " + keyspace + ".item")
                .all();
        assertThat(stored).hasSize(last.size());
        assertThat(stored).allSatisfy(row -> {
            @Nullable Object[] expected = Objects.requireNonNull(last.get(row.getInt("id")));
            assertThat(row.getInt("value")).isEqualTo(expected[2]);
            assertThat(row.getList("items", Integer.class)).isEqualTo(expected[3]);
            assertThat(row.getInt(4)).isPositive();
        });
        assertThat(LARGEST).hasValue(MOST);
    }

    /** Most ids are met several times, near and far; the greater values come first. */
    private static @Nullable Object[] row(int row) {
        int id = row % 3 == 0 ? row % 400 : 1_000 + row % 997;
        Object value = row % 2 == 0 || row < 3_000 ? 1_000_000 - row : null;
        return new @Nullable Object[] {row % 1_000 == 999 ? null : id % 7, id, value, List.of(row, 1)};
    }

    @Test
    void the_last_row_of_a_partition_wins_for_its_static_values() {
        server.execute(
                "CREATE TABLE " + keyspace + ".site (part int, id int, name int STATIC, PRIMARY KEY (part, id))");
        Schema schema = Schema.of(
                Column.required("part", ColumnType.INT32),
                Column.required("id", ColumnType.INT32),
                Column.required("name", ColumnType.INT32));
        sink("site").serverTimestamps(true).build().write(BulkRows.generated(schema, 300, 100, row ->
                new Object[] {row % 3, row, 1_000 - row}));
        assertThat(server.session()
                        .execute("SELECT part, name FROM " + keyspace + ".site")
                        .all())
                .hasSize(300)
                .allSatisfy(row -> assertThat(row.getInt("name")).isEqualTo(1_000 - 297 - row.getInt("part")));
    }

    @Test
    void timestamps_of_the_server_and_of_the_caller_exclude_each_other() {
        assertThatIllegalStateException()
                .isThrownBy(() -> sink("item")
                        .serverTimestamps(true)
                        .timestamp(Instant.EPOCH)
                        .build())
                .withMessageContaining("timestamp(1970")
                .withMessageContaining("serverTimestamps");
        assertThatIllegalStateException()
                .isThrownBy(() -> sink("item")
                        .serverTimestamps(true)
                        .resendWindow(Duration.ofSeconds(3))
                        .build())
                .withMessageContaining("resendWindow(PT3S)")
                .withMessageContaining("serverTimestamps");
    }
}
