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
 * What a database holds, as it was read at one time: keyspaces with their tables, views, columns, indexes, types and
 * functions, the rights of roles as far as they may be seen, and notes that people left.
 *
 * <pre>{@code
 * DataDictionary dictionary = cassandra.dictionary().read();
 * dictionary.write(Path.of("dictionary.html"));
 * }</pre>
 *
 * <p>Immutable. {@link #toJson()} and {@link #parse} make a snapshot and read it back; {@link DictionaryDiff} compares two.
 *
 * @param cluster the cluster's name
 * @param version the server's version; empty if it is not known
 * @param read when it was read
 * @param scope how much of the cluster is shown
 * @param keyspaces by name
 * @param roles those that may be seen, by name
 * @param grants those that may be seen, by role and resource
 * @param notes the newest of each path, by path
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

    /** The longest JSON that {@link #parse} takes, in characters: some hundred thousand columns. */
    public static final int MAX_JSON = 64 * 1024 * 1024;

    /** The longest search, in characters: a sentence. */
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

    /** The keyspace of that name, if there is one. */
    public Optional<DictionaryKeyspace> findKeyspace(String name) {
        return keyspaces.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst();
    }

    /**
     * The keyspace of that name.
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

    /** The table or view of that keyspace and name, if there is one. */
    public Optional<DictionaryTable> findTable(String keyspace, String table) {
        return findKeyspace(keyspace).flatMap(found -> found.findTable(table));
    }

    /**
     * The table or view of that keyspace and name.
     *
     * @throws KeywharfException with code {@code dictionary.no_keyspace} or {@code dictionary.no_table}
     */
    public DictionaryTable table(String keyspace, String table) {
        return keyspace(keyspace).table(table);
    }

    /** The tables and views of all keyspaces. */
    public List<DictionaryTable> tables() {
        return keyspaces.stream()
                .flatMap(keyspace -> keyspace.tables().stream())
                .toList();
    }

    /** Whether all is shown that there is, as {@link DictionaryScope#complete()} says. */
    public boolean complete() {
        return scope.complete();
    }

    /** The note on a path, such as {@code shop.orders.email}, if there is one. */
    public Optional<DictionaryNote> findNote(String path) {
        return notes.stream().filter(note -> note.path().equals(path)).findFirst();
    }

    /** The notes about what is not in this dictionary, such as a column that was dropped since. */
    public List<DictionaryNote> strayNotes() {
        Map<String, DictionaryNote> left = notesByPath();
        for (DictionaryKeyspace keyspace : keyspaces) {
            left.remove(keyspace.name());
            for (DictionaryTable table : keyspace.tables()) {
                left.remove(table.path());
                table.columns().forEach(column -> left.remove(table.path() + "." + column.name()));
            }
        }
        return List.copyOf(left.values());
    }

    Map<String, DictionaryNote> notesByPath() {
        Map<String, DictionaryNote> byPath = new LinkedHashMap<>();
        notes.forEach(note -> byPath.put(note.path(), note));
        return byPath;
    }

    /**
     * What has all of the words in its name, type, comment or note, or in the path to it; best first. Upper and lower case
     * are the same. A whole name counts more than its beginning, that more than a word inside it, and a name more than a
     * type, and that more than a comment or a note.
     *
     * @param words words apart by spaces, at most {@value #MAX_SEARCH} characters; none finds nothing
     */
    public List<DictionaryHit> search(String words) {
        if (words.length() > MAX_SEARCH) {
            throw new IllegalArgumentException(
                    "A search has at most " + MAX_SEARCH + " characters, and this has " + words.length());
        }
        return DictionarySearch.in(DictionaryFacts.of(this), words);
    }

    /** What differs in a later dictionary. */
    public DictionaryDiff diff(DataDictionary later) {
        return DictionaryDiff.between(this, later);
    }

    /** All of it as JSON, in the shape that {@code docs/reference/dictionary.md} describes; {@link #parse} reads it. */
    public String toJson() {
        return JsonDictionary.write(this);
    }

    /**
     * A dictionary that was saved as JSON.
     *
     * @throws KeywharfException with code {@code dictionary.bad_json} when it is none, is longer than {@value #MAX_JSON}
     *     characters, or is of a version that this library does not know
     */
    public static DataDictionary parse(String json) {
        return JsonDictionary.parse(json);
    }

    /** All of it as Markdown, to be read in a repository or a wiki. */
    public String toMarkdown() {
        return MarkdownDictionary.render(this);
    }

    /**
     * One HTML page with a search and a diagram, which needs nothing else but JavaScript. It contains {@link #toJson} and draws
     * it in the browser; it loads nothing and runs no script but its own, whatever names, comments and notes hold.
     */
    public String toHtml() {
        return HtmlPage.of(DataDictionary.class, "dictionary.html").with(toJson());
    }

    /**
     * Writes a file, as JSON, Markdown or HTML by the end of its name: {@code .json}, {@code .md}, {@code .html}. It appears
     * whole or not at all, and replaces one of that name.
     *
     * @return the file
     * @throws IllegalArgumentException when the name ends otherwise
     * @throws KeywharfException when it cannot be written
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
     * Writes an object, as JSON, Markdown or HTML by the end of its key, like {@link #write(Path)}.
     *
     * @throws IllegalArgumentException when the key ends otherwise
     * @throws KeywharfException when the store refuses
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

    /** How many of each: {@code 2 keyspaces, 14 tables, 2 views, 1 type}. */
    public String summary() {
        int views = (int) tables().stream().filter(DictionaryTable::isView).count();
        List<String> parts = new ArrayList<>();
        parts.add(Texts.count(keyspaces.size(), "keyspace"));
        parts.add(Texts.count(tables().size() - views, "table"));
        counted(parts, views, "view");
        counted(parts, total(keyspaces.stream().map(DictionaryKeyspace::types)), "type");
        counted(parts, total(tables().stream().map(DictionaryTable::indexes)), "index");
        counted(parts, total(keyspaces.stream().map(DictionaryKeyspace::functions)), "function");
        counted(parts, total(keyspaces.stream().map(DictionaryKeyspace::aggregates)), "aggregate");
        counted(parts, notes.size(), "note");
        return String.join(", ", parts);
    }

    private static void counted(List<String> parts, int number, String one) {
        if (number > 0) {
            parts.add(Texts.count(number, one));
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
