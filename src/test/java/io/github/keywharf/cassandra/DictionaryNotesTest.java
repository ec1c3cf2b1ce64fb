package io.github.keywharf.cassandra;

import static io.github.keywharf.cassandra.DictionaryFixture.as;
import static io.github.keywharf.cassandra.DictionaryFixture.dictionary;
import static io.github.keywharf.cassandra.DictionaryFixture.session;
import static io.github.keywharf.cassandra.DictionaryFixture.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.dictionary.DataDictionary;
import io.github.keywharf.dictionary.DictionaryHit;
import io.github.keywharf.dictionary.DictionaryNote;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DictionaryNotesTest {
    private static String keyspace;
    private static String home;
    private static DictionaryManager notes;

    @BeforeAll
    static void make() {
        keyspace = DictionaryFixture.keyspace();
        home = DictionaryFixture.SERVER.createKeyspace("governance");
        notes = dictionary().createNotes(home);
    }

    @Test
    void the_newest_note_counts_and_the_others_are_history() {
        String path = keyspace + ".orders.email";
        notes.note(path, "Personal data", "Ada");
        notes.note(path, "Personal data, kept 30 days #gdpr", "Grace");

        assertThat(notes.read().findNote(path)).hasValueSatisfying(note -> {
            assertThat(note.text()).isEqualTo("Personal data, kept 30 days #gdpr");
            assertThat(note.by()).isEqualTo("Grace");
            assertThat(note.tags()).containsExactly("gdpr");
        });
        assertThat(notes.search("gdpr")).extracting(DictionaryHit::path).contains(path);

        notes.removeNote(path, "Ada");

        assertThat(notes.read().findNote(path)).isEmpty();
        assertThat(notes.noteHistory(path))
                .extracting(DictionaryNote::text)
                .containsExactly("", "Personal data, kept 30 days #gdpr", "Personal data");
        assertThat(session()
                        .execute("SELECT count(*) FROM " + home + ".keywharf_dictionary_note"
                                + " WHERE keyspace_name = '" + keyspace
                                + "' AND table_name = 'orders' AND column_name = 'email'")
                        .one()
                        .getLong(0))
                .isEqualTo(3);
    }

    @Test
    void keyspaces_tables_and_columns_of_any_name_take_notes() {
        String hostile = "</p><script>alert(1)</script> | it's";
        notes.note(keyspace, "all of it", "Ada");
        notes.note(keyspace + ".Client", hostile, hostile);
        notes.note(keyspace + ".Client.eMail <b>|x", "odd", "Ada");

        DataDictionary read = notes.read();

        assertThat(read.findNote(keyspace + ".Client").get().text()).isEqualTo(hostile);
        assertThat(read.findNote(keyspace + ".Client.eMail <b>|x")).isPresent();
        assertThat(read.toHtml()).doesNotContain("<script>alert(1)");
        assertThat(dictionary().read().notes()).isEmpty();
    }

    @Test
    void a_note_about_what_is_not_there_is_refused() {
        assertThatThrownBy(() -> notes.note(keyspace + ".orders.gone", "x", "Ada"))
                .extracting(DictionaryFixture::code)
                .isEqualTo("dictionary.no_column");
        assertThatThrownBy(() -> notes.note(keyspace + ".gone", "x", "Ada"))
                .extracting(DictionaryFixture::code)
                .isEqualTo("dictionary.no_table");
        assertThatThrownBy(() -> notes.note("gone", "x", "Ada"))
                .extracting(DictionaryFixture::code)
                .isEqualTo("dictionary.no_keyspace");
        assertThatThrownBy(() -> notes.note(keyspace + ".", "x", "Ada"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a path");
        assertThatThrownBy(() -> notes.note(keyspace, " ", "Ada")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> notes.note(keyspace, "x".repeat(4_001), "Ada"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4001 characters");
        assertThatThrownBy(() -> notes.note(keyspace, "x", "")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_note_about_a_column_that_was_dropped_is_reported() {
        session().execute("ALTER TABLE " + keyspace + ".hits ADD later counter");
        notes.note(keyspace + ".hits.later", "soon", "Ada");
        session().execute("ALTER TABLE " + keyspace + ".hits DROP later");

        assertThat(notes.read().strayNotes()).extracting(DictionaryNote::path).contains(keyspace + ".hits.later");
    }

    @Test
    void rows_that_others_wrote_past_this_library_break_nothing() {
        session()
                .execute(
                        "INSERT INTO " + home + ".keywharf_dictionary_note (keyspace_name, table_name, column_name,"
                                + " written_at, id, note) VALUES (?, 'hits', '', toTimestamp(now()), now(), ?)",
                        keyspace,
                        "x".repeat(10_000));

        assertThat(notes.read().findNote(keyspace + ".hits")).hasValueSatisfying(note -> {
            assertThat(note.text()).hasSize(DictionaryNote.MAX_TEXT);
            assertThat(note.by()).isEqualTo("unknown");
        });
    }

    @Test
    void notes_are_shown_and_written_as_far_as_rights_go() {
        notes.note(keyspace + ".orders.total", "with tax", "Ada");
        String other = DictionaryFixture.SERVER.createKeyspace("hidden");
        notes.note(other, "not for everyone", "Ada");
        user("reader_of_notes", "SELECT ON TABLE " + keyspace + ".orders", "SELECT ON KEYSPACE " + home);
        user("no_reader", "SELECT ON TABLE " + keyspace + ".orders");
        try (CassandraManager reader = as("reader_of_notes");
                CassandraManager none = as("no_reader")) {
            DataDictionary seen = reader.dictionary().withNotesIn(home).read();

            assertThat(seen.findNote(keyspace + ".orders.total")).isPresent();
            assertThat(seen.notes()).noneMatch(note -> note.path().startsWith(other));
            assertThat(none.dictionary().withNotesIn(home).read().notes()).isEmpty();
            assertThatThrownBy(() -> reader.dictionary().withNotesIn(home).note(keyspace + ".orders", "x", "Eve"))
                    .extracting(DictionaryFixture::code)
                    .isEqualTo("dictionary.notes_denied");
        }
    }

    @Test
    void notes_that_are_nowhere_are_missed_with_the_way_out() {
        assertThatThrownBy(() -> dictionary().withNotesIn(keyspace).read())
                .hasMessageContaining("createNotes(\"" + keyspace + "\")")
                .extracting(DictionaryFixture::code)
                .isEqualTo("dictionary.no_notes");
        assertThatThrownBy(() -> dictionary().createNotes("nowhere"))
                .extracting(DictionaryFixture::code)
                .isEqualTo("dictionary.no_notes");
        assertThatThrownBy(() -> dictionary().note(keyspace, "x", "Ada"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("withNotesIn");
    }
}
