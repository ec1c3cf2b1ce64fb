package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.CassandraServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CassandraCheckpointTest {
    private static final Schema SCHEMA =
            Schema.of(Column.nullable("id", ColumnType.INT32), Column.nullable("value", ColumnType.INT32));

    private static CassandraServer server;
    private static CassandraManager cassandra;
    private static String keyspace = "";

    private final ObjectStore store = ObjectStore.inMemory();
    private final List<Event> events = new ArrayList<>();

    @BeforeAll
    static void create() {
        server = CassandraServer.shared();
        keyspace = server.createKeyspace("checkpoint");
        cassandra = CassandraManager.of(server.session()).withKeyspace(keyspace);
        server.execute("CREATE TABLE " + keyspace + ".target (id int PRIMARY KEY, value int)");
        server.execute("CREATE TABLE " + keyspace + ".hits (id int PRIMARY KEY, value counter)");
    }

    @BeforeEach
    void clear() {
        server.execute("TRUNCATE " + keyspace + ".target");
    }

    private CassandraSink.Builder sink(String source) {
        return cassandra
                .table("target")
                .sink()
                .windowRows(100)
                .events(events::add)
                .checkpoint(store, "loads/target", source);
    }

    /** Rows whose every hundredth has no key; they break at a row, or do not for a negative one. */
    private static Rows rows(int count, int breaksAt) {
        return BulkRows.generated(SCHEMA, count, 50, row -> {
            if (row == breaksAt) {
                throw new IllegalStateException("the source broke");
            }
            return new @Nullable Object[] {row % 100 == 99 ? null : row, row};
        });
    }

    private static List<Row> stored() {
        return server.session()
                .execute("SELECT id, value, writetime(value) FROM " + keyspace + ".target")
                .all();
    }

    private static long timestamp(int id) {
        return Objects.requireNonNull(server.session()
                        .execute("SELECT writetime(value) FROM " + keyspace + ".target WHERE id = " + id)
                        .one())
                .getLong(0);
    }

    private List<String> notes() {
        try (Stream<StoredObject> objects = store.list("")) {
            return objects.map(StoredObject::key).toList();
        }
    }

    @Test
    void broken_load_goes_on_where_it_was_with_the_same_timestamps() {
        List<RejectedRow> rejected = new ArrayList<>();
        assertThatThrownBy(() -> sink("file 1").build().write(rows(2_000, 1_234), rejected::add))
                .hasMessage("the source broke");
        long before = timestamp(0);
        // Whoever writes meanwhile is newer than what was loaded, and stays.
        server.execute("UPDATE " + keyspace + ".target SET value = -1 WHERE id = 3");

        WriteReport report = sink("file 1").build().write(rows(2_000, -1), rejected::add);
        assertThat(report.read()).isEqualTo(2_000);
        assertThat(report.written()).isEqualTo(1_980);
        assertThat(report.rejected()).isEqualTo(20);
        assertThat(report.bytes()).isEqualTo(1_980 * 8);
        assertThat(stored()).hasSize(1_980);
        assertThat(timestamp(0)).isEqualTo(before);
        assertThat(timestamp(1_998)).isEqualTo(before + 1_998);
        assertThat(rejected.stream().map(RejectedRow::position).distinct()).hasSize(20);
        assertThat(rejected).allSatisfy(row -> assertThat(row.source()).isEqualTo("file 1"));
        assertThat(events)
                .filteredOn(event -> event.name().equals("cassandra.load.resumed"))
                .flatExtracting(Event::facts)
                .anySatisfy(rows -> assertThat(rows.value()).isBetween(900L, 1_200L));
        assertThat(notes()).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void finished_load_reads_nothing_and_returns_the_first_report() {
        WriteReport first = sink("file 1").build().write(rows(500, -1), row -> {});
        WriteReport second = sink("file 1").build().write(rows(500, 0), row -> {});
        assertThat(second.read()).isEqualTo(500);
        assertThat(second.written()).isEqualTo(first.written());
        assertThat(second.rejected()).isEqualTo(5);
        assertThat(second.took().toMillis()).isEqualTo(first.took().toMillis());
    }

    @Test
    void finished_load_reports_the_rows_that_were_left_out_before_it() {
        for (int run = 0; run < 2; run++) {
            WriteReport report =
                    sink("file 1").build().write(rows(500, -1).filter(Condition.lt("value", 490)), row -> {});
            assertThat(report.read()).isEqualTo(500);
            assertThat(report.written()).isEqualTo(486);
            assertThat(report.leftOut()).isEqualTo(LeftOut.byRejection(4).plus(LeftOut.byFilter(10)));
        }
    }

    @Test
    void another_source_starts_over_after_a_finished_one_only() {
        assertThatThrownBy(() -> sink("file 1").build().write(rows(500, 300), row -> {}))
                .hasMessage("the source broke");
        assertThatThrownBy(() -> sink("file 2").build().write(rows(500, -1), row -> {}))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("cassandra.checkpoint_other"))
                .hasMessageContaining("'file 1'")
                .hasMessageContaining("'file 2'");
        sink("file 1").build().write(rows(500, -1), row -> {});
        long before = timestamp(0);
        assertThat(sink("file 2").build().write(rows(100, -1), row -> {}).read())
                .isEqualTo(100);
        assertThat(timestamp(0)).isGreaterThan(before);
    }

    @Test
    void other_columns_or_settings_are_refused() {
        assertThatThrownBy(() -> sink("file 1").build().write(rows(500, 300), row -> {}))
                .hasMessage("the source broke");
        assertThatThrownBy(() ->
                        sink("file 1").nulls(CassandraSink.Nulls.NULL).build().write(rows(500, -1), row -> {}))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("cassandra.checkpoint_other"))
                .hasMessageContaining("settings");
    }

    @Test
    void source_that_became_shorter_is_refused() {
        assertThatThrownBy(() -> sink("file 1").build().write(rows(2_000, 1_900), row -> {}))
                .hasMessage("the source broke");
        assertThatThrownBy(() -> sink("file 1").build().write(rows(50, -1), row -> {}))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("cassandra.checkpoint_other"))
                .hasMessageContaining("has only 50 rows");
    }

    @Test
    void unreadable_note_and_note_of_another_load_are_reported() {
        store.createIfAbsent("loads/target/00000000000000000007.json", new byte[] {'x'});
        assertThatThrownBy(() -> sink("file 1").build().write(rows(5, -1), row -> {}))
                .isInstanceOfSatisfying(
                        KeywharfException.class,
                        e -> assertThat(e.code()).isEqualTo("cassandra.checkpoint_unreadable"));

        BulkNotes mine = new BulkNotes(store, "other");
        BulkNote note = new BulkNote(
                "t",
                "s",
                "f",
                1,
                1,
                0,
                BulkTotals.NONE,
                BulkTotals.NONE,
                java.util.Map.of("n", "1"),
                false,
                java.time.Duration.ZERO,
                null);
        mine.write(note);
        assertThatThrownBy(() -> new BulkNotes(store, "other")
                        .write(new BulkNote(
                                "t",
                                "s2",
                                "f",
                                1,
                                1,
                                0,
                                BulkTotals.NONE,
                                BulkTotals.NONE,
                                java.util.Map.of(),
                                false,
                                java.time.Duration.ZERO,
                                null)))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("cassandra.checkpoint_taken"));
        assertThat(new BulkNotes(store, "other").latest()).contains(note);
    }

    @Test
    void counters_cannot_go_on_from_a_checkpoint() {
        assertThatThrownBy(() -> cassandra
                        .table("hits")
                        .sink()
                        .checkpoint(store, "x", "y")
                        .build()
                        .write(rows(1, -1)))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("cassandra.counter_checkpoint"));
    }
}
