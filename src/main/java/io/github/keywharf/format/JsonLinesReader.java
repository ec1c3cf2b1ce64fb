package io.github.keywharf.format;

import io.github.keywharf.internal.Checks;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON lines as {@link Rows}, in memory that does not grow with the file. Made by {@link JsonLines}; not
 * thread-safe.
 *
 * <p>Defaults: the columns are the keys of the first line (of all lines with {@link #allKeys}), each a text column that holds a text as it is and any other
 * value as JSON; keys that are not columns are left out; a line has at most {@value #DEFAULT_MAX_LINE_BYTES} bytes. Blank
 * lines and a byte order mark are skipped; a column whose key is not there is null, and so is one whose value is the JSON
 * {@code null}, whatever its type.
 *
 * <p>A line that is not what it should be (no JSON object, a key twice or map keys that are equal as values, a value that its column does not take, a missing
 * value that is required, too many bytes) is handed to the {@link #rejects} listener and left out; without a listener it
 * ends the reading with {@code table.rejected}.
 */
public final class JsonLinesReader {

    /** How many bytes a line may have unless {@link #maxLineBytes} says otherwise; bounds the memory. */
    public static final int DEFAULT_MAX_LINE_BYTES = 16 * 1024 * 1024;

    final TextSource source;

    @Nullable
    Schema schema;

    /** The key of the object that holds the row; the line itself when null. */
    @Nullable
    String within;

    /** Calls the source of the rows, whose positions are then those of the lines' key {@code position}. */
    @Nullable
    String origin;

    TextValues values = TextValues.STANDARD;
    boolean takeUnknownKeys = true;
    boolean allKeys;
    int maxLineBytes = DEFAULT_MAX_LINE_BYTES;
    int batchRows = ColumnBatch.DEFAULT_ROWS;
    RejectListener rejects = RejectListener.FAIL;

    JsonLinesReader(TextSource source) {
        this.source = source;
    }

    /** The columns to read and their types, found by their names among the keys. */
    public JsonLinesReader schema(Schema columns) {
        schema = Objects.requireNonNull(columns, "columns");
        return this;
    }

    /**
     * Takes as columns the keys of all lines, in the order in which they are first seen, for which the file is read twice.
     * Without effect where there is a {@link #schema}.
     */
    public JsonLinesReader allKeys() {
        allKeys = true;
        return this;
    }

    /** How JSON strings are read as values of other types; JSON numbers and booleans are read as they are. */
    public JsonLinesReader values(TextValues formats) {
        values = Objects.requireNonNull(formats, "formats");
        return this;
    }

    /** Rejects lines with a key that is not a column, or not a field of a struct at any depth, in place of leaving it out. */
    public JsonLinesReader rejectUnknownKeys() {
        takeUnknownKeys = false;
        return this;
    }

    /**
     * The most bytes a line may have; a longer one is rejected.
     *
     * @throws IllegalArgumentException when it is not positive
     */
    public JsonLinesReader maxLineBytes(int bytes) {
        maxLineBytes = Checks.positive("maxLineBytes", bytes);
        return this;
    }

    /**
     * How many rows a batch has at most.
     *
     * @throws IllegalArgumentException when it is not positive
     */
    public JsonLinesReader batchRows(int rows) {
        batchRows = Checks.positive("batchRows", rows);
        return this;
    }

    /**
     * Takes the rows that are refused: {@link RejectedRow#position} is the line, from 1. The row of a line that is not a JSON
     * object is its text under the key {@code line}.
     */
    public JsonLinesReader rejects(RejectListener listener) {
        rejects = Objects.requireNonNull(listener, "listener");
        return this;
    }

    /**
     * Opens the file, and reads its first line unless there is a {@link #schema}.
     *
     * @return the rows; close them
     * @throws io.github.keywharf.KeywharfException with code {@code format.bad_header} when there is no schema and the
     *     first line is not a JSON object, or there are more than {@value CsvReader#DEFAULT_MAX_FIELDS} keys; with another
     *     one when the file cannot be opened
     */
    public Rows rows() {
        return JsonRows.open(this);
    }

    @Override
    public String toString() {
        return "JsonLinesReader[" + source.name() + "]";
    }
}
