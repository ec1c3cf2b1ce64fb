package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Rejected rows kept as JSON lines, to be repaired by hand and fed back in.
 *
 * <p>Each line is an object with the keys {@code source}, {@code position}, {@code column}, {@code reason} and
 * {@code row}, the last one an object with the values by column name. Repair {@code row}, delete lines that are not
 * wanted, and read the file with {@link #rows}.
 */
public final class RejectedRows {
    /** Code of an error about a file that is not one of rejected rows. */
    public static final String BAD_REJECTS = "format.bad_rejects";

    private RejectedRows() {}

    /** A listener that writes to an object of the store, which appears on {@link RejectedRowsWriter#commit()}. */
    public static RejectedRowsWriter writer(ObjectStore store, String key) {
        return new RejectedRowsWriter(Objects.requireNonNull(store, "store"), Objects.requireNonNull(key, "key"));
    }

    /**
     * Reads rejected rows back, with numbers, booleans and text as the file has them. Close the stream.
     *
     * @throws KeywharfException with code {@code format.bad_rejects} while the stream is read, when a line is not a rejected
     *     row
     */
    public static Stream<RejectedRow> read(ObjectStore store, String key) {
        TextSource source = TextSource.of(store, key);
        LineReader lines = new LineReader(source.open(), JsonLinesReader.DEFAULT_MAX_LINE_BYTES);
        return StreamSupport.stream(new RejectedRowsSpliterator(source, lines), false)
                .onClose(() -> {
                    try {
                        lines.close();
                    } catch (IOException e) {
                        throw source.failed(e);
                    }
                });
    }

    /**
     * Reads the rows themselves, once repaired. Text that reads as the column's type is taken for it, so rows of CSV files
     * can be repaired as they are; for files that were read with formats of their own, give those.
     *
     * @param schema the columns of the rows; a row with any other key is rejected
     * @param rejects takes the rows that are still refused, with this file as their source
     */
    public static Rows rows(ObjectStore store, String key, Schema schema, RejectListener rejects) {
        return rows(store, key, schema, TextValues.STANDARD, rejects);
    }

    /**
     * The same for rows of a CSV file that was read with {@link CsvReader#values}: their text is read in the same formats.
     *
     * @param values the formats that the CSV file was read with
     */
    public static Rows rows(ObjectStore store, String key, Schema schema, TextValues values, RejectListener rejects) {
        JsonLinesReader reader = JsonLines.reader(store, key)
                .schema(schema)
                .values(values)
                .rejectUnknownKeys()
                .rejects(rejects);
        reader.within = "row";
        return reader.rows();
    }

    /**
     * The same for rows that take the way of their file again: each has the place under which it was rejected, and is
     * rejected under it again. A line without a {@code position} before its {@code row} is rejected under its own.
     *
     * @param source what the rows' origins call the file that they are from
     */
    public static Rows rows(
            ObjectStore store, String key, String source, Schema schema, TextValues values, RejectListener rejects) {
        JsonLinesReader reader = JsonLines.reader(store, key)
                .schema(schema)
                .values(values)
                .rejectUnknownKeys()
                .rejects(rejects);
        reader.within = "row";
        reader.origin = source;
        return reader.rows();
    }

    static RejectedRow parse(String subject, @Nullable Map<String, @Nullable Object> line) {
        if (line != null
                && line.get("source") instanceof String source
                && line.get("position") instanceof Number position
                && line.get("column") instanceof String column
                && line.get("reason") instanceof String reason
                && line.get("row") instanceof Map<?, ?> row) {
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            row.forEach((name, value) -> values.put(String.valueOf(name), value));
            return new RejectedRow(source, position.longValue(), column, reason, values);
        }
        throw new KeywharfException(
                BAD_REJECTS,
                subject,
                "is not a rejected row; it must be a JSON object with the keys "
                        + List.of("source", "position", "column", "reason", "row"));
    }
}
