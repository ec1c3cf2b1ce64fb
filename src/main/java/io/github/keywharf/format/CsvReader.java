package io.github.keywharf.format;

import io.github.keywharf.internal.Checks;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads CSV as {@link Rows}, in memory that does not grow with the file. Made by {@link Csv}; not thread-safe.
 *
 * <p>Defaults: a header line, comma, double quote, UTF-8, an unquoted empty field is null, every column text, at most
 * {@value #DEFAULT_MAX_FIELDS} fields and {@value #DEFAULT_MAX_RECORD_LENGTH} characters in a record. A byte order mark
 * is skipped. Lines end in line feed, carriage return, or both.
 *
 * <p>A row that is not what it should be (a value that its column does not take, a missing value that is required, too
 * many or too few fields, text behind a closing quote, a quote that is never closed) is handed to the
 * {@link #rejects} listener and left out; without a listener it ends the reading with {@code table.rejected}.
 */
public final class CsvReader {

    /** How many fields a record may have unless {@link #maxFields} says otherwise: what a wide export has, fourfold. */
    public static final int DEFAULT_MAX_FIELDS = 4_096;

    /** How many characters a record may have unless {@link #maxRecordLength} says otherwise; bounds the memory. */
    public static final int DEFAULT_MAX_RECORD_LENGTH = 16 * 1024 * 1024;

    final TextSource source;

    @Nullable
    Schema schema;

    boolean header = true;
    char separator = ',';
    Charset charset = StandardCharsets.UTF_8;
    String nullText = "";
    TextValues values = TextValues.STANDARD;
    int maxFields = DEFAULT_MAX_FIELDS;
    int maxRecordLength = DEFAULT_MAX_RECORD_LENGTH;
    int batchRows = ColumnBatch.DEFAULT_ROWS;
    RejectListener rejects = RejectListener.FAIL;

    CsvReader(TextSource source) {
        this.source = source;
    }

    /**
     * The columns to read and their types. With a header they are found by name, and further columns of the file are
     * left out; without one they are the fields in order.
     */
    public CsvReader schema(Schema columns) {
        schema = Objects.requireNonNull(columns, "columns");
        return this;
    }

    /** Whether the first line names the columns. Without a header and a schema they are {@code column_1} and so on. */
    public CsvReader header(boolean present) {
        header = present;
        return this;
    }

    /**
     * What stands between fields.
     *
     * @throws IllegalArgumentException when values hold it: a letter, a digit, a quote, a blank
     */
    public CsvReader separator(char character) {
        separator = Csv.checkedSeparator(character);
        return this;
    }

    /** How characters are encoded; bytes that are not so encoded end the reading with {@code format.bad_charset}. */
    public CsvReader charset(Charset encoding) {
        charset = Objects.requireNonNull(encoding, "encoding");
        return this;
    }

    /** The unquoted text that stands for an absent value. With one that is not empty, an empty field is empty text. */
    public CsvReader nullText(String text) {
        nullText = Csv.checkedNullText(text);
        return this;
    }

    /** How the text of fields is read as values: formats of days and numbers, words for booleans and absent values. */
    public CsvReader values(TextValues formats) {
        values = Objects.requireNonNull(formats, "formats");
        return this;
    }

    /**
     * The most fields a record may have.
     *
     * @throws IllegalArgumentException when it is not positive
     */
    public CsvReader maxFields(int count) {
        maxFields = Checks.positive("maxFields", count);
        return this;
    }

    /**
     * The most characters a record may have. A longer one is rejected; a single field that is longer ends the reading
     * with {@code format.field_too_long}, because its end cannot be known.
     *
     * @throws IllegalArgumentException when it is not positive
     */
    public CsvReader maxRecordLength(int characters) {
        maxRecordLength = Checks.positive("maxRecordLength", characters);
        return this;
    }

    /**
     * How many rows a batch has at most.
     *
     * @throws IllegalArgumentException when it is not positive
     */
    public CsvReader batchRows(int rows) {
        batchRows = Checks.positive("batchRows", rows);
        return this;
    }

    /** Takes the rows that are refused: {@link RejectedRow#position} is the line the row begins at, from 1. */
    public CsvReader rejects(RejectListener listener) {
        rejects = Objects.requireNonNull(listener, "listener");
        return this;
    }

    /**
     * Opens the file and reads its header.
     *
     * @return the rows; close them
     * @throws io.github.keywharf.KeywharfException with code {@code format.bad_header} when the header is missing, lacks
     *     a column of the schema, or names one twice; with another one when the file cannot be opened
     */
    public Rows rows() {
        Csv.checkTogether(nullText, separator);
        return CsvRows.open(this);
    }

    @Override
    public String toString() {
        return "CsvReader[" + source.name() + "]";
    }
}
