package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DeadLettersTest {

    private final ObjectStore store = ObjectStore.inMemory();
    private final DeadLetters letters = DeadLetters.in(store, "flow/rejected/");

    private static RejectedRow row(int id) {
        return new RejectedRow("clients.csv", id, "price", "'x' is not a number", Map.of("id", id, "price", "x"));
    }

    @Test
    void files_appear_by_run_and_step_and_table_when_the_step_commits() {
        try (DeadLettersWriter writer = letters.writer("2026-01-01", "load")) {
            writer.of("clients").rejected(row(17));
            writer.of("clients").rejected(row(18));
            writer.of("shop/orders").rejected(row(3));
            writer.of("untouched");
            assertThat(writer.count()).isEqualTo(3);
            assertThat(writer.count("clients")).isEqualTo(2);
            assertThat(writer.count("untouched")).isZero();
            assertThat(keys()).isEmpty();

            List<DeadLetterFile> committed = writer.commit();

            assertThat(committed).extracting(DeadLetterFile::table).containsExactly("clients", "shop/orders");
            assertThat(writer.commit()).isEqualTo(committed);
            assertThat(files()).isEqualTo(committed);
        }
        assertThat(keys())
                .containsExactly(
                        "flow/rejected/2026-01-01/load/clients.jsonl",
                        "flow/rejected/2026-01-01/load/shop/orders.jsonl");
        assertThat(letters.folder("2026-01-01", "load")).isEqualTo("flow/rejected/2026-01-01/load/");
        try (Stream<RejectedRow> rows = letters.read(letters.file("2026-01-01", "load", "clients"))) {
            assertThat(rows.map(RejectedRow::position)).containsExactly(17L, 18L);
        }
    }

    @Test
    void a_writer_that_has_ended_takes_no_more_rows() {
        DeadLettersWriter committed = letters.writer("2026-01-01", "load");
        committed.commit();
        DeadLettersWriter closed = letters.writer("2026-01-02", "load");
        closed.close();

        for (DeadLettersWriter writer : List.of(committed, closed)) {
            assertThatThrownBy(() -> writer.of("clients").rejected(row(17)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has ended");
        }
    }

    @Test
    void a_step_that_is_closed_before_it_commits_leaves_nothing() {
        try (DeadLettersWriter writer = letters.writer("1", "load")) {
            writer.of("clients").rejected(row(1));
        }
        assertThat(keys()).isEmpty();
    }

    @Test
    void a_step_without_rejected_rows_has_no_file() {
        try (DeadLettersWriter writer = letters.writer("1", "load")) {
            assertThat(writer.commit()).isEmpty();
        }
        assertThat(keys()).isEmpty();
    }

    @Test
    void another_attempt_at_a_step_replaces_the_files_of_the_first() {
        for (int id = 1; id <= 2; id++) {
            try (DeadLettersWriter writer = letters.writer("1", "load")) {
                writer.of("clients").rejected(row(id));
                writer.commit();
            }
        }
        try (Stream<RejectedRow> rows = letters.read(letters.file("1", "load", "clients"))) {
            assertThat(rows.map(RejectedRow::position)).containsExactly(2L);
        }
    }

    @Test
    void repaired_rows_are_fed_back_and_their_file_is_deleted() {
        try (DeadLettersWriter writer = letters.writer("1", "load")) {
            writer.of("clients")
                    .rejected(new RejectedRow(
                            "clients.csv", 1, "price", "was not a number", Map.of("id", 1, "price", "1.50")));
            writer.of("clients").rejected(row(2));
            writer.commit();
        }
        DeadLetterFile file = files().get(0);
        Schema schema =
                Schema.of(Column.required("id", ColumnType.INT32), Column.required("price", ColumnType.decimal(10, 2)));
        List<RejectedRow> refused = new ArrayList<>();
        try (Rows rows = letters.rows(file, schema, refused::add)) {
            assertThat(rows.stream().map(row -> row.value("id"))).containsExactly(1);
        }
        assertThat(refused)
                .singleElement()
                .satisfies(row -> assertThat(row.column()).isEqualTo("price"));

        letters.delete(file);
        letters.delete(file);
        assertThat(files()).isEmpty();
        assertThatThrownBy(() -> letters.read(file).close())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.not_found"));
    }

    @Test
    void other_objects_are_not_listed() {
        for (String key : List.of("readme", "1/load.jsonl", "1/load/clients.csv", "1/load/.jsonl", "x.jsonl")) {
            store.createIfAbsent("flow/rejected/" + key, new byte[0]);
        }
        store.createIfAbsent("flow/rejected-2/1/load/clients.jsonl", new byte[0]);
        assertThat(files()).isEmpty();
    }

    @Test
    void names_that_no_key_can_have_are_refused() {
        assertThatThrownBy(() -> letters.writer("a/b", "load")).hasMessageContaining("'a/b'");
        assertThatThrownBy(() -> letters.writer("1", "a/b")).hasMessageContaining("'a/b'");
        assertThatThrownBy(() -> letters.writer("..", "load")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> letters.file("1", "load", "../../x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DeadLetters.in(store, "../x")).isInstanceOf(IllegalArgumentException.class);
        assertThat(letters.toString()).isEqualTo("DeadLetters[memory/flow/rejected]");
    }

    private List<DeadLetterFile> files() {
        try (Stream<DeadLetterFile> files = letters.files()) {
            return files.toList();
        }
    }

    private List<String> keys() {
        try (Stream<StoredObject> all = store.list("")) {
            return all.map(StoredObject::key).toList();
        }
    }
}
