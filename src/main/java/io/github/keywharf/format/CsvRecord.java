package io.github.keywharf.format;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.RecordType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The fields of the record that the parser read last, as characters in one array; reused for every record. */
final class CsvRecord extends AbstractBaseCsvCallbackHandler<CsvRecord> {

    private final char quote;
    private final int maxFields;
    private final int maxLength;
    private char[] text = new char[1 << 12];
    private int[] ends = new int[64];
    private boolean[] quoted = new boolean[64];
    private int stored;
    private @Nullable String problem;

    CsvRecord(char quote, int maxFields, int maxLength) {
        this.quote = quote;
        this.maxFields = maxFields;
        this.maxLength = maxLength;
    }

    @Override
    protected void handleBegin(long line) {
        stored = 0;
        problem = null;
    }

    @Override
    protected void handleField(int index, char[] buffer, int offset, int length, boolean isQuoted) {
        if (problem != null && stored == maxFields) {
            return;
        }
        if (index == maxFields) {
            problem = "has more than " + maxFields + " fields, the most that are allowed";
            return;
        }
        int begin = begin(stored);
        if (length > maxLength - begin) {
            problem = "has more than " + maxLength + " characters, the most that are allowed";
            return;
        }
        if (isQuoted && problem == null && !endsAtItsQuote(buffer, offset, length)) {
            problem = "has text behind the quote that closes field " + (index + 1)
                    + "; a quote within a quoted field must be doubled";
        }
        if (begin + length > text.length) {
            text = Arrays.copyOf(text, Math.max(begin + length, text.length * 2));
        }
        if (stored == ends.length) {
            ends = Arrays.copyOf(ends, stored * 2);
            quoted = Arrays.copyOf(quoted, stored * 2);
        }
        System.arraycopy(buffer, offset, text, begin, length);
        quoted[stored] = isQuoted;
        ends[stored++] = begin + length;
    }

    @Override
    protected void handleEmpty() {
        quoted[0] = false;
        ends[0] = 0;
        stored = 1;
    }

    /**
     * Whether the field's closing quote is where it must be. The parser has taken one of each pair of quotes out in
     * place, so the closing one stands as many characters behind the text as there are quotes in it.
     */
    private boolean endsAtItsQuote(char[] buffer, int offset, int length) {
        int closing = offset + length;
        for (int i = offset; i < offset + length; i++) {
            closing += buffer[i] == quote ? 1 : 0;
        }
        return closing < buffer.length && buffer[closing] == quote;
    }

    @Override
    protected CsvRecord buildRecord() {
        return this;
    }

    long line() {
        return getStartingLineNumber();
    }

    boolean isBlank() {
        return getRecordType() == RecordType.EMPTY;
    }

    /** What is wrong with the record as a whole, or null. */
    @Nullable
    String problem() {
        return problem;
    }

    int fields() {
        return stored;
    }

    char[] text() {
        return text;
    }

    int begin(int field) {
        return field == 0 ? 0 : ends[field - 1];
    }

    int length(int field) {
        return ends[field] - begin(field);
    }

    /** How many characters all fields have together. */
    int end() {
        return begin(stored);
    }

    boolean isQuoted(int field) {
        return quoted[field];
    }

    String string(int field) {
        return new String(text, begin(field), length(field));
    }
}
