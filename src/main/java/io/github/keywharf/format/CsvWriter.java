package io.github.keywharf.format;

import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Schema;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Writes CSV in UTF-8 to an object of a store, or a file. Made by {@link Csv}, which says how values look; not thread-safe.
 *
 * <p>Defaults: a header line, comma, null as an unquoted empty field, lines that end in a line feed. Text is quoted only
 * where it must be: when it holds a separator, quote or line's end, or reads like null.
 */
public final class CsvWriter {

    private final String key;
    private final Supplier<ObjectWriter> target;
    private boolean header = true;
    private char separator = ',';
    private String nullText = "";
    private String lineEnd = "\n";

    CsvWriter(String key, Supplier<ObjectWriter> target) {
        this.key = Objects.requireNonNull(key, "key");
        this.target = target;
    }

    /** Whether the first line names the columns. */
    public CsvWriter header(boolean present) {
        header = present;
        return this;
    }

    /**
     * What stands between fields.
     *
     * @throws IllegalArgumentException when values hold it: a letter, a digit, a quote, a blank
     */
    public CsvWriter separator(char character) {
        separator = Csv.checkedSeparator(character);
        return this;
    }

    /** The unquoted text that stands for an absent value; a value of that text is quoted. */
    public CsvWriter nullText(String text) {
        nullText = Csv.checkedNullText(text);
        return this;
    }

    /** Ends lines in carriage return and line feed, as RFC 4180 has them, in place of a line feed alone. */
    public CsvWriter windowsLineEnds() {
        lineEnd = "\r\n";
        return this;
    }

    /**
     * Begins the object or file.
     *
     * @throws IllegalArgumentException when {@link #nullText} could be a number, a date or the like, or holds the
     *     separator
     * @throws io.github.keywharf.KeywharfException when the store refuses; with code {@code format.unsupported_type} when
     *     a map has keys that are lists, maps or structs
     */
    public BatchWriter open(Schema schema) {
        JsonWriter.check(key, schema);
        CsvFormat format = new CsvFormat(separator, nullText, lineEnd);
        return new CsvBatchWriter(target.get(), key, schema, header, format);
    }

    /** A sink that writes all rows to the object or file, which replaces one of that name when the last row is written. */
    public RowSink sink() {
        return new BatchSink(key, this::open);
    }

    @Override
    public String toString() {
        return "CsvWriter[" + key + "]";
    }
}
