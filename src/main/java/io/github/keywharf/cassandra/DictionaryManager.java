package io.github.keywharf.cassandra;

import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.dictionary.DataDictionary;
import io.github.keywharf.dictionary.DictionaryHit;
import io.github.keywharf.dictionary.DictionaryKeyspace;
import io.github.keywharf.dictionary.DictionaryNote;
import io.github.keywharf.dictionary.DictionaryTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lists what a Cassandra cluster holds: keyspaces, tables, views, columns, indexes, types, functions, rights, and notes that
 * people left.
 *
 * <pre>{@code
 * DictionaryManager dictionary = cassandra.dictionary();
 * dictionary.listKeyspaces();                              // [delpha_actions, delpha_analytics]
 * dictionary.listTables();                                 // [delpha_actions.actions_conv_by_user, ...]
 * System.out.println(dictionary.describe("delpha_actions", "actions_conv_by_user"));
 * dictionary.search("email").forEach(System.out::println);
 * dictionary.read().write(Path.of("dictionary.html"));
 * }</pre>
 *
 * <p>Every call asks the server again, so a table that someone else has just made is there. All parts of one answer are of
 * one state of the schema, as one node has it. Before that, nodes that do not agree on the schema are given time to.
 *
 * <p>The server shows its whole schema to everyone who can log in. This shows a session only what its roles, those they are
 * members of included, have some right on; {@link DataDictionary#scope()} says so. A session that may list everyone's rights,
 * such as a superuser's, is shown all, and so is everyone when the server enforces no rights. This hides and does not lock:
 * who holds the session can still ask the server itself.
 *
 * <p>What an older program knew as {@code manager.list_tables} gave the names of keyspaces: that is {@link #listKeyspaces()}.
 *
 * <p>Immutable and thread-safe: the methods that set something give another manager of the same session, which ends with the
 * {@link CassandraManager}. By itself a manager hides system and virtual keyspaces, filters by grants, leaves internals out
 * of CQL, and knows of no notes.
 */
public final class DictionaryManager {

    /** How often a dictionary is read when the schema changes meanwhile, 5 times: such changes are seconds apart. */
    public static final int READ_ATTEMPTS = 5;

    private final CassandraManager cassandra;
    private final CassandraContext context;
    private final DictionarySettings settings;

    private DictionaryManager(CassandraManager cassandra, DictionarySettings settings) {
        this.cassandra = cassandra;
        this.context = cassandra.context();
        this.settings = settings;
    }

    /** The dictionary of what a manager is connected to. It shares the session and closes nothing. */
    public static DictionaryManager of(CassandraManager cassandra) {
        return new DictionaryManager(cassandra, new DictionarySettings(false, false, true, false, Optional.empty()));
    }

    /** One that also shows the server's own keyspaces on disk, such as {@code system_auth}, or does not. */
    @CheckReturnValue
    public DictionaryManager withSystem(boolean include) {
        return with(settings.with(include, settings.virtual()));
    }

    /** One that also shows the keyspaces that the server makes up, such as {@code system_views}, or does not. */
    @CheckReturnValue
    public DictionaryManager withVirtual(boolean include) {
        return with(settings.with(settings.system(), include));
    }

    /** One that shows only what the session's roles have a right on, or all that the server shows. */
    @CheckReturnValue
    public DictionaryManager withGrantFilter(boolean filter) {
        return with(new DictionarySettings(
                settings.system(), settings.virtual(), filter, settings.internals(), settings.notes()));
    }

    /** One whose {@link #recreate()} also gives what only the server can know, such as the ids of tables, or does not. */
    @CheckReturnValue
    public DictionaryManager withInternals(boolean include) {
        return with(new DictionarySettings(
                settings.system(), settings.virtual(), settings.filter(), include, settings.notes()));
    }

    /**
     * One that reads and writes the notes in a keyspace, where {@link #createNotes} has made the table.
     *
     * @param keyspace its name as it is, without quotes
     */
    @CheckReturnValue
    public DictionaryManager withNotesIn(String keyspace) {
        requireName(keyspace);
        return with(settings.with(Optional.of(keyspace)));
    }

    private DictionaryManager with(DictionarySettings other) {
        return new DictionaryManager(cassandra, other);
    }

    /** The names of the keyspaces, sorted. An older program's {@code list_tables} was this. */
    public List<String> listKeyspaces() {
        return schema(Optional.empty()).keyspaces().stream()
                .map(DictionaryKeyspace::name)
                .toList();
    }

    /** The tables and views of all keyspaces, as {@code keyspace.table}, sorted. */
    public List<String> listTables() {
        return schema(Optional.empty()).tables().stream()
                .map(DictionaryTable::path)
                .toList();
    }

    /**
     * The names of the tables and views of a keyspace, sorted.
     *
     * @throws KeywharfException with code {@code dictionary.no_keyspace} when it is not there, or may not be seen
     */
    public List<String> listTables(String keyspace) {
        return describeKeyspace(keyspace).tables().stream()
                .map(DictionaryTable::name)
                .toList();
    }

    /**
     * A keyspace with all that is in it. System and virtual ones are described too, whatever is set.
     *
     * @throws KeywharfException with code {@code dictionary.no_keyspace} when it is not there, or may not be seen
     */
    public DictionaryKeyspace describeKeyspace(String keyspace) {
        return named(keyspace).keyspace(keyspace);
    }

    /** {@link #describeKeyspace}, or empty. */
    public Optional<DictionaryKeyspace> findKeyspace(String keyspace) {
        return named(keyspace).findKeyspace(keyspace);
    }

    /**
     * A table or view.
     *
     * @param table {@code table} of the manager's own keyspace, or {@code keyspace.table}
     * @throws KeywharfException with code {@code dictionary.no_keyspace} or {@code dictionary.no_table} when it is not there,
     *     or may not be seen
     */
    public DictionaryTable describe(String table) {
        DictionaryPath path = qualified(table);
        return describe(path.keyspace(), path.table());
    }

    /**
     * A table or view.
     *
     * @throws KeywharfException with code {@code dictionary.no_keyspace} or {@code dictionary.no_table} when it is not there,
     *     or may not be seen
     */
    public DictionaryTable describe(String keyspace, String table) {
        requireName(table);
        return named(keyspace).table(keyspace, table);
    }

    /** {@link #describe(String)}, or empty. */
    public Optional<DictionaryTable> findTable(String table) {
        DictionaryPath path = qualified(table);
        return findTable(path.keyspace(), path.table());
    }

    /** {@link #describe(String, String)}, or empty. */
    public Optional<DictionaryTable> findTable(String keyspace, String table) {
        requireName(table);
        return named(keyspace).findTable(keyspace, table);
    }

    /** What has these words in its name, type, comment or note, best first; see {@link DataDictionary#search}. */
    public List<DictionaryHit> search(String words) {
        return dictionary(Optional.empty(), settings, false).search(words);
    }

    /**
     * All of it, with sizes, rights and notes: to be looked through, saved, compared or written as a page.
     *
     * @throws KeywharfException with code {@code dictionary.schema_changing} when the schema changed at each attempt,
     *     {@code dictionary.rights_unknown} when the server does not show what the session may see
     */
    public DataDictionary read() {
        return dictionary(Optional.empty(), settings, true);
    }

    /**
     * The CQL statements that recreate all keyspaces of users, one in each element, in an order in which they can be run.
     * Roles, rights and rows are not in them.
     */
    public List<String> recreate() {
        List<String> statements = new ArrayList<>();
        for (DictionaryKeyspace keyspace : schema(Optional.empty()).keyspaces()) {
            if (keyspace.kind() == DictionaryKeyspace.Kind.USER) {
                statements.addAll(ddl().keyspace(keyspace));
            }
        }
        return statements;
    }

    /**
     * The CQL statements that recreate a keyspace and what is in it.
     *
     * @throws KeywharfException with code {@code dictionary.no_keyspace}; with {@code dictionary.no_cql} when it is virtual, or
     *     neither the server nor the driver knows
     */
    public List<String> recreate(String keyspace) {
        return ddl().keyspace(madeByCql(describeKeyspace(keyspace)));
    }

    /**
     * The CQL statements that recreate a table with its indexes and views, or a view.
     *
     * @throws KeywharfException as {@link #recreate(String)}, and with code {@code dictionary.no_table}
     */
    public List<String> recreate(String keyspace, String table) {
        requireName(table);
        DictionaryKeyspace found = madeByCql(describeKeyspace(keyspace));
        return ddl().tableOrDriver(found, found.table(table));
    }

    private DictionaryDdl ddl() {
        return new DictionaryDdl(DictionaryRows.ofOneNode(context), settings.internals());
    }

    private static DictionaryKeyspace madeByCql(DictionaryKeyspace keyspace) {
        if (keyspace.kind() == DictionaryKeyspace.Kind.VIRTUAL) {
            throw new KeywharfException(
                    "dictionary.no_cql", keyspace.name(), "The server makes this keyspace itself; no CQL makes it");
        }
        return keyspace;
    }

    /**
     * Makes the table of notes in a keyspace that is there, unless it is made already.
     *
     * @return one that keeps its notes there, as {@link #withNotesIn} gives it
     */
    public DictionaryManager createNotes(String keyspace) {
        DictionaryManager noting = withNotesIn(keyspace);
        noting.notes().create();
        return noting;
    }

    /**
     * Leaves a note about a keyspace, a table or a column. The newest note about a thing counts; the others stay as its
     * history. Words that begin with {@code #} are its tags.
     *
     * @param path {@code keyspace}, {@code keyspace.table} or {@code keyspace.table.column}, which must be there
     * @param text at most {@value DictionaryNote#MAX_TEXT} characters, not blank
     * @param by who says so, at most {@value DictionaryNote#MAX_BY} characters; the server does not check it
     * @throws KeywharfException with code {@code dictionary.no_keyspace}, {@code dictionary.no_table} or {@code
     *     dictionary.no_column} when there is no such thing; {@code dictionary.no_notes} when there is no table of notes; {@code
     *     dictionary.notes_denied} when the session may not write it
     */
    public DictionaryNote note(String path, String text, String by) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("A note is not blank; removeNote takes one back");
        }
        DictionaryPath parsed = DictionaryPath.parse(path);
        DictionaryKeyspace keyspace = describeKeyspace(parsed.keyspace());
        if (!parsed.table().isEmpty()) {
            DictionaryTable table = keyspace.table(parsed.table());
            if (!parsed.column().isEmpty()) {
                table.column(parsed.column());
            }
        }
        return notes().add(parsed, text, by);
    }

    /**
     * Takes the note about something back, which need not be there any more. Its history stays.
     *
     * @param by who takes it back, at most {@value DictionaryNote#MAX_BY} characters
     */
    public void removeNote(String path, String by) {
        notes().add(DictionaryPath.parse(path), "", by);
    }

    /** All notes there ever were about something, newest first; one without text took the one before it back. */
    public List<DictionaryNote> noteHistory(String path) {
        return notes().history(DictionaryPath.parse(path));
    }

    private DictionaryNotes notes() {
        return new DictionaryNotes(
                context,
                settings.notes()
                        .orElseThrow(() -> new IllegalStateException(
                                "It is not said where notes are; call withNotesIn(keyspace) first")));
    }

    private DictionaryPath qualified(String table) {
        DictionaryPath path = DictionaryPath.parse(table);
        if (!path.column().isEmpty()) {
            throw new IllegalArgumentException("'" + table + "' names no table; write table or keyspace.table");
        }
        if (!path.table().isEmpty()) {
            return path;
        }
        String keyspace = cassandra
                .keyspace()
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + table + "' names no keyspace, and the manager has none; write keyspace.table"));
        return new DictionaryPath(keyspace, path.keyspace(), "");
    }

    private static void requireName(String name) {
        if (name.isEmpty() || name.length() > DictionaryPath.MAX) {
            throw new IllegalArgumentException(
                    "A name has 1 to " + DictionaryPath.MAX + " characters, and this has " + name.length());
        }
    }

    /** One keyspace, of whichever kind. */
    private DataDictionary named(String keyspace) {
        requireName(keyspace);
        return dictionary(Optional.of(keyspace), settings.with(true, true).with(Optional.empty()), true);
    }

    private DataDictionary schema(Optional<String> only) {
        return dictionary(only, settings.with(Optional.empty()), false);
    }

    private DataDictionary dictionary(Optional<String> only, DictionarySettings wanted, boolean sizes) {
        return new DictionaryReading(context, only, wanted, sizes).read();
    }

    @Override
    public String toString() {
        return "DictionaryManager[" + cassandra
                + settings.notes().map(keyspace -> ", notes in " + keyspace).orElse("") + "]";
    }
}
