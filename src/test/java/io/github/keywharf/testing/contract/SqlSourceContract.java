package io.github.keywharf.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.sql.Increment;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.sql.SourceTable;
import io.github.keywharf.sql.SqlSource;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link SqlSource} promises. Extend it, give a source whose only tables are {@code item (id int primary key,
 * name text, last_updated timestamp)}, empty before each test, and {@code _hidden}, and a way to write to it.
 */
public abstract class SqlSourceContract {

    private static final LocalDateTime NOON = LocalDateTime.of(2024, 5, 20, 12, 0);

    /** For implementations. */
    protected SqlSourceContract() {}

    /** The source under test. */
    protected abstract SqlSource source();

    /** Writes an item, new or not, and commits. */
    protected abstract void write(int id, String name, LocalDateTime lastUpdated);

    /** Whether positions show which rows were written since; sources that cannot give all rows. */
    protected boolean comparesPositions() {
        return true;
    }

    @Test
    void tables_are_listed_with_their_columns_and_key_and_hidden_ones_are_not() {
        assertThat(source().listTables()).hasSize(1);
        SourceTable item = source().listTables().get(0);
        assertThat(item.name()).isEqualTo("item");
        assertThat(item.schema().names()).containsExactly("id", "name", "last_updated");
        assertThat(item.schema().column("last_updated").type()).isEqualTo(ColumnType.TIMESTAMP);
        assertThat(item.key()).containsExactly("id");
    }

    @Test
    void a_snapshot_sees_what_was_committed_before_it_and_nothing_after() {
        write(1, "before", NOON);
        try (SourceSnapshot snapshot = source().snapshot()) {
            write(2, "after", NOON);
            write(1, "changed", NOON);
            assertThat(names(snapshot, ReadRequest.all("item"))).containsExactly("before");
            assertThat(names(snapshot, ReadRequest.all("item")))
                    .as("read again")
                    .containsExactly("before");
        }
    }

    @Test
    void chosen_columns_come_in_the_order_asked_for() {
        write(1, "one", NOON);
        try (SourceSnapshot snapshot = source().snapshot();
                Rows rows = snapshot.read(new ReadRequest("item", List.of("name", "id"), Increment.everything()))) {
            assertThat(rows.schema().names()).containsExactly("name", "id");
            assertThat(rows.toTable().row(0).toMap().values()).containsExactly("one", 1);
        }
    }

    @Test
    void what_was_written_since_a_position_is_found_whatever_its_time_stamp() {
        write(1, "old", NOON);
        SnapshotPosition before = position();
        write(2, "new", NOON.minusYears(1));
        write(3, "newer", NOON.plusYears(1));
        try (SourceSnapshot snapshot = source().snapshot()) {
            List<String> found = names(snapshot, new ReadRequest("item", List.of(), new Increment.Since(before)));
            assertThat(found).contains("new", "newer");
            if (comparesPositions()) {
                assertThat(found).doesNotContain("old");
            }
            assertThat(snapshot.unchangedSince(before)).isFalse();
        }
    }

    @Test
    void a_position_of_another_system_gives_everything() {
        write(1, "old", NOON);
        SnapshotPosition here = position();
        SnapshotPosition elsewhere = new SnapshotPosition(here.system() + "-other", here.snapshot(), here.time());
        try (SourceSnapshot snapshot = source().snapshot()) {
            assertThat(snapshot.unchangedSince(elsewhere)).isFalse();
            assertThat(names(snapshot, new ReadRequest("item", List.of(), new Increment.Since(elsewhere))))
                    .containsExactly("old");
        }
    }

    @Test
    void a_window_has_its_start_and_not_its_end() {
        write(1, "start", NOON);
        write(2, "within", NOON.plusMinutes(5));
        write(3, "end", NOON.plusMinutes(10));
        try (SourceSnapshot snapshot = source().snapshot()) {
            Increment window = new Increment.Window("last_updated", NOON, NOON.plusMinutes(10));
            assertThat(names(snapshot, new ReadRequest("item", List.of(), window)))
                    .containsExactlyInAnyOrder("start", "within");
        }
    }

    @Test
    void the_time_of_a_position_is_cut_off_to_milliseconds_and_never_goes_back() {
        LocalDateTime first = position().time();
        LocalDateTime second = position().time();
        assertThat(first.getNano() % 1_000_000).isZero();
        assertThat(second).isAfterOrEqualTo(first);
    }

    @Test
    void a_plan_is_a_statement_that_names_the_table() {
        try (SourceSnapshot snapshot = source().snapshot()) {
            assertThat(snapshot.sql(ReadRequest.all("item"))).contains("item");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "item; DROP TABLE item", "\"item\"", "_hidden", ""})
    void a_table_that_is_not_listed_is_refused(String table) {
        try (SourceSnapshot snapshot = source().snapshot()) {
            assertThatThrownBy(() -> snapshot.read(ReadRequest.all(table)))
                    .isInstanceOf(KeywharfException.class)
                    .extracting(e -> ((KeywharfException) e).code())
                    .isEqualTo("sql.unknown_table");
            assertThatThrownBy(() -> snapshot.read(new ReadRequest("item", List.of("id; --"), Increment.everything())))
                    .isInstanceOf(KeywharfException.class)
                    .extracting(e -> ((KeywharfException) e).code())
                    .isEqualTo("sql.unknown_column");
        }
    }

    @Test
    void closing_twice_and_before_the_end_is_harmless() {
        write(1, "one", NOON);
        SourceSnapshot snapshot = source().snapshot();
        Rows rows = snapshot.read(ReadRequest.all("item"));
        rows.close();
        rows.close();
        snapshot.close();
        snapshot.close();
        assertThat(source().listTables()).isNotEmpty();
    }

    private SnapshotPosition position() {
        try (SourceSnapshot snapshot = source().snapshot()) {
            return snapshot.position();
        }
    }

    private static List<String> names(SourceSnapshot snapshot, ReadRequest request) {
        Table table = snapshot.read(request).toTable();
        return table.rows().stream().map(row -> row.string("name")).toList();
    }
}
