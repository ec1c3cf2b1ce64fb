package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.servererrors.InvalidConfigurationInQueryException;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.uuid.Uuids;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.dictionary.DictionaryNote;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Notes in a table of Cassandra: a row for each time that someone wrote one, so that the newest counts and the others are
 * history. An empty text takes the note back.
 */
final class DictionaryNotes {
    static final String DENIED = "dictionary.notes_denied";

    static final String TABLE = "keywharf_dictionary_note";

    private static final String COLUMNS = "keyspace_name, table_name, column_name, written_at, note, written_by";

    private final CassandraContext context;
    private final String keyspace;
    private final String table;

    DictionaryNotes(CassandraContext context, String keyspace) {
        this.context = context;
        this.keyspace = keyspace;
        this.table = CqlIdentifier.fromInternal(keyspace).asCql(false) + "." + TABLE;
    }

    void create() {
        run("CREATE TABLE IF NOT EXISTS " + table
                + " (keyspace_name text, table_name text, column_name text, written_at timestamp, id timeuuid, note text,"
                + " written_by text, PRIMARY KEY (keyspace_name, table_name, column_name, written_at, id))"
                + " WITH CLUSTERING ORDER BY (table_name ASC, column_name ASC, written_at DESC, id DESC)"
                + " AND comment = 'Notes of people about keyspaces, tables and columns; the newest counts'");
    }

    /** The newest note of each path, without those that were taken back. */
    List<DictionaryNote> newest(Optional<String> only) {
        String grouped = " GROUP BY keyspace_name, table_name, column_name";
        List<Row> rows = only.isPresent()
                ? run("SELECT " + COLUMNS + " FROM " + table + " WHERE keyspace_name = ?" + grouped, only.get())
                : run("SELECT " + COLUMNS + " FROM " + table + grouped);
        return notes(rows).stream().filter(note -> !note.text().isEmpty()).toList();
    }

    /** All there ever were about a path, newest first; those that took one back have no text. */
    List<DictionaryNote> history(DictionaryPath path) {
        return notes(run(
                "SELECT " + COLUMNS + " FROM " + table
                        + " WHERE keyspace_name = ? AND table_name = ? AND column_name = ?",
                path.keyspace(),
                path.table(),
                path.column()));
    }

    DictionaryNote add(DictionaryPath path, String text, String by) {
        Instant at = context.clock().instant().truncatedTo(ChronoUnit.MILLIS);
        DictionaryNote note =
                new DictionaryNote(DictionaryPath.of(path.keyspace(), path.table(), path.column()), text, by, at);
        run(
                "INSERT INTO " + table + " (" + COLUMNS + ", id) VALUES (?, ?, ?, ?, ?, ?, ?)",
                path.keyspace(),
                path.table(),
                path.column(),
                at,
                text,
                by,
                Uuids.timeBased());
        return note;
    }

    /** Rows that others wrote past this library are cut to size, or left out when they are about nothing. */
    private static List<DictionaryNote> notes(List<Row> rows) {
        List<DictionaryNote> notes = new ArrayList<>();
        for (Row row : rows) {
            String path = DictionaryPath.of(
                    DictionaryCql.text(row, "keyspace_name"),
                    DictionaryCql.text(row, "table_name"),
                    DictionaryCql.text(row, "column_name"));
            Instant at = row.getInstant("written_at");
            if (path.length() <= DictionaryPath.MAX && !path.isBlank() && at != null) {
                String by = cut(row.getString("written_by"), DictionaryNote.MAX_BY);
                notes.add(new DictionaryNote(
                        path, cut(row.getString("note"), DictionaryNote.MAX_TEXT), by.isBlank() ? "unknown" : by, at));
            }
        }
        return notes;
    }

    private static String cut(@Nullable String text, int most) {
        return text == null ? "" : text.length() <= most ? text : text.substring(0, most);
    }

    private List<Row> run(String cql, Object... values) {
        try {
            return Waiting.on(
                    context.prepared()
                            .prepare(Optional.empty(), cql)
                            .thenCompose(
                                    prepared -> context.session().executeAsync(context.prepare(prepared.bind(values))))
                            .thenCompose(AllPages::of),
                    CompletionException::new);
        } catch (CompletionException e) {
            throw failed(e);
        }
    }

    private KeywharfException failed(CompletionException e) {
        Throwable cause = CassandraErrors.unwrapped(e);
        String message = String.valueOf(cause.getMessage());
        if (CassandraErrors.isDenied(cause)) {
            return new KeywharfException(
                    DENIED,
                    table,
                    "This session may not do that with the notes: " + message + "; grant SELECT to read them, MODIFY to"
                            + " write them, and CREATE on the keyspace to make the table",
                    cause);
        }
        boolean absent = message.contains("does not exist")
                || message.contains("doesn't exist")
                || message.contains("unconfigured table");
        if (absent
                && (cause instanceof InvalidQueryException || cause instanceof InvalidConfigurationInQueryException)) {
            return new KeywharfException(
                    "dictionary.no_notes",
                    table,
                    "There is no table of notes; createNotes(\"" + keyspace
                            + "\") makes one, in a keyspace that is there",
                    cause);
        }
        return CassandraErrors.of(table, "The notes cannot be reached", e);
    }
}
