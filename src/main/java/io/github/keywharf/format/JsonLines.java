package io.github.keywharf.format;

import io.github.keywharf.store.ObjectStore;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * JSON lines: one JSON object a line, in UTF-8.
 *
 * <p>How values look: numbers as numbers, decimals with all digits of their scale, booleans as such, text as text, dates
 * and times as ISO text ({@code "2024-05-20T12:10:03.998"}, points in time with {@code Z}), bytes in Base64, UUIDs as
 * text, JSON as it is, lists as arrays, maps and structs as objects. Numbers that JSON lacks are the texts
 * {@code "NaN"}, {@code "Infinity"} and {@code "-Infinity"}. Absent values are written as {@code null}.
 *
 * <p>Reading is as generous as {@link Csv} is: a text that reads as the column's type is taken for it, and a text column
 * takes any value as its JSON text.
 */
public final class JsonLines {
    /** Code of an error about columns that a file of JSON or CSV does not show. */
    public static final String BAD_HEADER = "format.bad_header";

    private JsonLines() {}

    /** Reads an object of a store. The store stays open. */
    public static JsonLinesReader reader(ObjectStore store, String key) {
        return new JsonLinesReader(TextSource.of(store, key));
    }

    /** Reads a file. */
    public static JsonLinesReader reader(Path path) {
        return new JsonLinesReader(TextSource.of(path));
    }

    /**
     * Reads any stream.
     *
     * @param name what messages and rejected rows call it
     * @param stream opens the stream; called once for each {@link JsonLinesReader#rows()}, whose closing closes it
     */
    public static JsonLinesReader reader(String name, Supplier<InputStream> stream) {
        return new JsonLinesReader(new TextSource(Objects.requireNonNull(name, "name"), stream));
    }

    /** Writes an object of a store. The store stays open. */
    public static JsonLinesWriter writer(ObjectStore store, String key) {
        return new JsonLinesWriter(key, () -> store.create(key));
    }

    /** Writes a file; its directory must be there, and a file of that name is replaced by the commit. */
    public static JsonLinesWriter writer(Path path) {
        return new JsonLinesWriter(path.toString(), () -> new FileObjectWriter(path));
    }
}
