package io.github.keywharf.dictionary;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.HtmlPage;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Data dictionary of a database, read at one time: keyspaces with their tables, views, columns, indexes, types and functions,
 * the visible rights of roles, and notes of users.
 *
 * <pre>{@code
 * DataDictionary dictionary = cassandra.dictionary().read();
 * dictionary.write(Path.of("dictionary.html"));
 * }</pre>
 *
 * <p>Immutable. {@link #toJson()} creates a snapshot and {@link #parse} reads it; {@link DictionaryDiff} compares two.
 *
 * @param cluster name of the cluster
 * @param version version of the server; empty if it is not known
 * @param read time of reading
 * @param scope visible part of the cluster
 * @param keyspaces keyspaces, sorted by name
 * @param roles visible roles, sorted by name
 * @param grants visible grants, sorted by role and resource
 * @param notes newest note on each path, sorted by path
 */
public record DataDictionary(
        String cluster,
        @JsonProperty("server") String version,
        Instant read,
        DictionaryScope scope,
        List<DictionaryKeyspace> keyspaces,
        List<DictionaryRole> roles,
        List<DictionaryGrant> grants,
        List<DictionaryNote> notes) {

    /** Longest JSON for {@link #parse}, in characters: some hundred thousand columns. */
    public static final int MAX_JSON = 64 * 1024 * 1024;

    /** Longest search, in characters: a sentence. */
    public static final int MAX_SEARCH = 1_000;

    /** Copies and sorts. */
    public DataDictionary {
        keyspaces = keyspaces.stream()
                .sorted(Comparator.comparing(DictionaryKeyspace::name))
                .toList();
        roles = roles.stream()
                .sorted(Comparator.comparing(DictionaryRole::name))
                .toList();
        grants = grants.stream()
                .sorted(Comparator.comparing(DictionaryGrant::role).thenComparing(DictionaryGrant::resource))
                .toList();
        notes = notes.stream()
                .sorted(Comparator.comparing(DictionaryNote::path))
                .toList();
    }

    /** Returns the keyspace of that name, if there is one. */
    public Optional<DictionaryKeyspace> findKeyspace(String name) {
        return keyspaces.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst();
    }

    /**
     * Returns the keyspace of that name.
     *
     * @throws KeywharfException with code {@code dictionary.no_keyspace}
     */
    public DictionaryKeyspace keyspace(String name) {
        return findKeyspace(name)
                .orElseThrow(() -> Texts.absent(
                        "dictionary.no_keyspace",
                        cluster,
                        name,
                        keyspaces.stream().map(DictionaryKeyspace::name)));
    }

    /** Returns the table or view of that keyspace and name, if there is one. */
    public Optional<DictionaryTable> findTable(String keyspace, String table) {
        return findKeyspace(keyspace).flatMap(found -> found.findTable(table));
    }

    /**
     * Returns the table or view of that keyspace and name.
     *
     * @throws KeywharfException with code {@code dictionary.no_keyspace} or {@code dictionary.no_table}
     */
    public DictionaryTable table(String keyspace, String table) {
        return keyspace(keyspace).table(table);
    }

    /** Returns the tables and views of all keyspaces. */
    public List<DictionaryTable> tables() {
        return keyspaces.stream()
                .flatMap(keyspace -> keyspace.tables().stream())
                .toList();
    }

    /** Returns true if nothing is hidden; see {@link DictionaryScope#complete()}. */
    public boolean complete() {
        return scope.complete();
    }

    /** Returns the note on a path, such as {@code shop.orders.email}, if there is one. */
    public Optional<DictionaryNote> findNote(String path) {
        return notes.stream().filter(note -> note.path().equals(path)).findFirst();
    }

    /** Returns the notes on paths that are not in this dictionary, such as a dropped column. */
    public List<DictionaryNote> strayNotes() {
        Map<String, DictionaryNote> stray = notesByPath();
        for (DictionaryKeyspace keyspace : keyspaces) {
            stray.remove(keyspace.name());
            for (DictionaryTable table : keyspace.tables()) {
                stray.remove(table.path());
                table.columns().forEach(column -> stray.remove(table.path() + "." + column.name()));
            }
        }
        return List.copyOf(stray.values());
    }

    Map<String, DictionaryNote> notesByPath() {
        Map<String, DictionaryNote> byPath = new LinkedHashMap<>();
        notes.forEach(note -> byPath.put(note.path(), note));
        return byPath;
    }

    /**
     * Finds the objects that have each of the words in their name, type, comment, note or path, best first. Case is ignored. A
     * whole name ranks before its beginning, that before a word inside it; and a name before a type, that before a comment or
     * a note.
     *
     * @param words words separated by spaces, at most {@value #MAX_SEARCH} characters; no word finds nothing
     */
    public List<DictionaryHit> search(String words) {
        if (words.length() > MAX_SEARCH) {
            throw new IllegalArgumentException(
                    "A search has at most " + MAX_SEARCH + " characters, and this has " + words.length());
        }
        return DictionarySearch.in(DictionaryFacts.of(this), words);
    }

    /** Returns the differences to a later dictionary. */
    public DictionaryDiff diff(DataDictionary later) {
        return DictionaryDiff.between(this, later);
    }

    /** Returns the dictionary as JSON, described in {@code docs/reference/dictionary.md}; {@link #parse} reads it. */
    public String toJson() {
        return JsonDictionary.write(this);
    }

    /**
     * Reads a dictionary from JSON.
     *
     * @throws KeywharfException with code {@code dictionary.bad_json} if the JSON is not a dictionary, is longer than {@value
     *     #MAX_JSON} characters, or is of a version that this library does not support
     */
    public static DataDictionary parse(String json) {
        return JsonDictionary.parse(json);
    }

    /** Returns the dictionary as Markdown, for a repository or a wiki. */
    public String toMarkdown() {
        return MarkdownDictionary.render(this);
    }

    /**
     * Returns the dictionary as one HTML page with a search and a diagram. It contains {@link #toJson} and draws it in the
     * browser by JavaScript; it loads nothing and runs only its own script, whatever names, comments and notes contain.
     */
    public String toHtml() {
        return HtmlPage.of(DataDictionary.class, "dictionary.html").with(toJson());
    }

    /**
     * Writes a file as JSON, Markdown or HTML, according to the extension {@code .json}, {@code .md} or {@code .html}. The file
     * is written atomically, and replaces one of that name.
     *
     * @return the file
     * @throws IllegalArgumentException if the extension is another
     * @throws KeywharfException if the file cannot be written
     */
    public Path write(Path file) {
        Path name = file.getFileName();
        if (name == null) {
            throw new IllegalArgumentException("'" + file + "' names no file");
        }
        DictionaryFiles.write(file, rendered(name.toString()));
        return file;
    }

    /**
     * Writes an object as JSON, Markdown or HTML, according to the extension of its key, like {@link #write(Path)}.
     *
     * @throws IllegalArgumentException if the extension is another
     * @throws KeywharfException if the store fails
     */
    public StoredObject write(ObjectStore store, String key) {
        return DictionaryFiles.write(store, key, rendered(key));
    }

    private String rendered(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".json")) {
            return toJson();
        }
        if (lower.endsWith(".md")) {
            return toMarkdown();
        }
        if (lower.endsWith(".html")) {
            return toHtml();
        }
        throw new IllegalArgumentException("'" + name + "' does not end with .json, .md or .html");
    }

    /** Returns the number of objects of each kind: {@code 2 keyspaces, 14 tables, 2 views, 1 type}. */
    public String summary() {
        int views = (int) tables().stream().filter(DictionaryTable::isView).count();
        List<String> parts = new ArrayList<>();
        parts.add(Texts.count(keyspaces.size(), "keyspace"));
        parts.add(Texts.count(tables().size() - views, "table"));
        addCount(parts, views, "view");
        addCount(parts, total(keyspaces.stream().map(DictionaryKeyspace::types)), "type");
        addCount(parts, total(tables().stream().map(DictionaryTable::indexes)), "index");
        addCount(parts, total(keyspaces.stream().map(DictionaryKeyspace::functions)), "function");
        addCount(parts, total(keyspaces.stream().map(DictionaryKeyspace::aggregates)), "aggregate");
        addCount(parts, notes.size(), "note");
        return String.join(", ", parts);
    }

    private static void addCount(List<String> parts, int number, String noun) {
        if (number > 0) {
            parts.add(Texts.count(number, noun));
        }
    }

    private static int total(Stream<? extends List<?>> lists) {
        return lists.mapToInt(List::size).sum();
    }

    @Override
    public String toString() {
        return Texts.line("DataDictionary[" + cluster + ", " + summary() + ", read " + read + ", " + scope + "]");
    }
}
