package io.github.keywharf.format;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.OnePass;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.Origins;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows of one CSV file: fields go from the parser's characters straight into vectors. */
final class CsvRows implements Rows {

    /** Ends a batch of long rows before it has all its rows, as those who read hold several batches at a time. */
    private static final int MAX_BATCH_CHARACTERS = 8 * 1024 * 1024;

    /** What the parser's buffer holds besides a field: twice what it reads at a time. */
    private static final long READ_AHEAD = 2 * 8_192;

    private final CsvReader options;
    private final CharacterReader reader;
    private final CsvRecord record;
    private final CloseableIterator<CsvRecord> records;
    private final String source;
    private final Origins.Builder origins;
    private boolean replay;
    private OnePass state = OnePass.OPEN;
    private long rejected;
    private boolean ended;
    private CsvLayout layout;
    private List<ColumnVector.Builder> builders;
    private FieldParser[] parsers;
    private int[] fields;

    /**
     * The parser is set to accept text behind a closing quote, because it cannot go on once it has refused some;
     * {@link CsvRecord} finds such text and the record is rejected.
     */
    @SuppressWarnings({
        "NullAway.Init", // the layout is set by open, before anybody sees the rows
        "removal" // nothing replaces the option
    })
    private CsvRows(CsvReader options, InputStream stream) {
        this.options = options;
        source = options.source.name();
        origins = Origins.builder(source);
        reader = new CharacterReader(stream, options.charset);
        record = new CsvRecord(Csv.QUOTE, options.maxFields, options.maxRecordLength);
        records = de.siegmar.fastcsv.reader.CsvReader.builder()
                .fieldSeparator(options.separator)
                .quoteCharacter(Csv.QUOTE)
                .commentStrategy(CommentStrategy.NONE)
                .skipEmptyLines(false)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowExtraCharsAfterClosingQuote(true)
                .allowUnclosedQuote(false)
                .maxBufferSize((int) Math.min(Integer.MAX_VALUE - 8L, options.maxRecordLength + READ_AHEAD))
                .build(record, reader)
                .iterator();
    }

    static CsvRows open(CsvReader options) {
        InputStream stream = options.source.open();
        CsvRows rows = new CsvRows(options, stream);
        try {
            rows.begin();
            return rows;
        } catch (RuntimeException e) {
            rows.close();
            throw e;
        }
    }

    private void begin() {
        boolean found = advance();
        if (found && record.problem() != null && options.header) {
            throw CsvLayout.badHeader(source, "is not a header line: it " + record.problem());
        }
        layout = CsvLayout.of(options, found ? record : null);
        replay = found && !options.header;
        fields = layout.fields().stream().mapToInt(Integer::intValue).toArray();
        builders = ColumnBatch.builders(layout.schema(), Math.min(options.batchRows, 1 << 12));
        parsers = builders.stream().map(options.values::parser).toArray(FieldParser[]::new);
    }

    @Override
    public Schema schema() {
        return layout.schema();
    }

    @Override
    public @Nullable ColumnBatch next() {
        state.requireOpen();
        int[] good = new int[options.batchRows];
        while (!ended || replay) {
            int size = 0;
            int taken = 0;
            int characters = 0;
            while (size < options.batchRows && characters < MAX_BATCH_CHARACTERS && advance()) {
                if (!isWhole()) {
                    continue;
                }
                origins.add(record.line());
                if (append()) {
                    good[taken++] = size;
                }
                size++;
                characters += record.end();
            }
            ColumnBatch batch = ColumnBatch.build(layout.schema(), builders).withOrigins(origins.build());
            if (taken > 0) {
                return taken == size ? batch : batch.gather(good, taken);
            }
        }
        return null;
    }

    /** Whether the record has a value for each column; rejects it unless it is a blank line that means nothing. */
    private boolean isWhole() {
        if (record.isBlank()) {
            return layout.width() == 1;
        }
        String problem = record.problem();
        if (problem == null && record.fields() != layout.width()) {
            problem = "has " + record.fields() + " fields instead of " + layout.width();
        }
        if (problem != null) {
            reject("", problem);
        }
        return problem == null;
    }

    /** Appends the record to every builder; false when one of its values was refused, with null in its place. */
    private boolean append() {
        char[] text = record.text();
        boolean good = true;
        for (int i = 0; i < parsers.length; i++) {
            int field = fields[i];
            if (isNull(field)) {
                builders.get(i).appendNull();
                Column column = layout.schema().column(i);
                if (good && !column.nullable()) {
                    good = false;
                    reject(column.name(), "has no value, but one is required");
                }
            } else if (!parsers[i].append(text, record.begin(field), record.length(field))) {
                builders.get(i).appendNull();
                if (good) {
                    Column column = layout.schema().column(i);
                    reject(
                            column.name(),
                            "'" + Rejects.clipped(record.string(field)) + "' is not a valid " + column.type());
                }
                good = false;
            }
        }
        return good;
    }

    private boolean isNull(int field) {
        return isNullText(field) || options.values.isNull(record.text(), record.begin(field), record.length(field));
    }

    private boolean isNullText(int field) {
        String nullText = options.nullText;
        int length = nullText.length();
        if (record.isQuoted(field) || record.length(field) != length) {
            return false;
        }
        int begin = record.begin(field);
        for (int i = 0; i < length; i++) {
            if (record.text()[begin + i] != nullText.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void reject(String column, String reason) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (int i = 0; i < record.fields(); i++) {
            row.put(layout.name(i), isNull(i) ? null : record.string(i));
        }
        rejected++;
        options.rejects.rejected(new RejectedRow(source, record.line(), column, reason, row));
    }

    /** Moves on to the next record; one whose quote is never closed is rejected here, as nothing follows it. */
    private boolean advance() {
        if (replay) {
            replay = false;
            return true;
        }
        if (ended) {
            return false;
        }
        try {
            if (records.hasNext()) {
                records.next();
                return true;
            }
            ended = true;
            return false;
        } catch (CsvParseException e) {
            ended = true;
            if (e.getCause() instanceof KeywharfException cause) {
                throw cause;
            }
            return unclosed(e);
        } catch (UncheckedIOException e) {
            ended = true;
            throw e.getCause() instanceof CharacterCodingException
                    ? new KeywharfException(
                            "format.bad_charset",
                            source,
                            "is not " + options.charset + " at or after line " + record.line() + "; set charset(...)",
                            e)
                    : options.source.failed(e);
        }
    }

    private boolean unclosed(CsvParseException cause) {
        if (!reader.isAtEnd()) {
            throw new KeywharfException(
                    "format.field_too_long",
                    source + ":" + record.line(),
                    "begins a field of more than " + options.maxRecordLength
                            + " characters; look for a quote that is never closed, or raise maxRecordLength(...)",
                    cause);
        }
        String problem = "opens a quote that is never closed, so that the rest of the file belongs to it";
        if (layout == null) {
            throw CsvLayout.badHeader(source, problem);
        }
        reject("", problem);
        return false;
    }

    @Override
    public LeftOut leftOut() {
        return LeftOut.byRejection(rejected);
    }

    @Override
    public void close() {
        state = OnePass.CLOSED;
        ended = true;
        replay = false;
        try {
            records.close();
        } catch (IOException e) {
            throw options.source.failed(e);
        }
    }

    @Override
    public String toString() {
        return "Rows[" + schema() + "]";
    }
}
