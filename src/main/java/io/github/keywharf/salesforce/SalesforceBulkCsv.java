package io.github.keywharf.salesforce;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.Csv;
import io.github.keywharf.format.TextValues;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the CSV of results. An empty field is null: Salesforce has no empty text. */
final class SalesforceBulkCsv {
    /** The most bytes of a header, 1 MiB: 5,000 fields with the longest names have less. */
    private static final int MAX_HEADER = 1 << 20;

    private static final TextValues VALUES =
            TextValues.STANDARD.withNulls(Set.of("")).withTimes("HH:mm:ss[.SSS]['Z']");

    private SalesforceBulkCsv() {}

    /**
     * The rows of a page. Its first line is its header if it has the names of the columns, in any order and case; otherwise
     * it is a row like the others, with the columns in their order.
     */
    static Rows rows(Path file, Schema schema, String subject) {
        try {
            byte[] head = head(file);
            List<String> names = new ArrayList<>();
            int length = firstRecord(head, names);
            int[] order = order(names, schema);
            int skipped = order == null ? 0 : length;
            Schema inFile = order == null
                    ? schema
                    : Schema.of(Arrays.stream(order).mapToObj(schema::column).toList());
            Rows rows = Csv.reader(subject, () -> from(file, skipped))
                    .header(false)
                    .schema(inFile)
                    .values(VALUES)
                    .rejects(row -> {
                        throw new KeywharfException(
                                "salesforce.bad_record",
                                subject,
                                "A result has in line " + row.position()
                                        + (row.column().isEmpty() ? "" : " for " + row.column())
                                        + " what was not expected: " + row.reason()
                                        + "; compare the columns with describe(object)");
                    })
                    .rows();
            return inFile.equals(schema) ? rows : rows.map(schema, batch -> batch.select(schema.names()));
        } catch (IOException e) {
            throw SalesforceBulkDownload.unusable(file, e);
        }
    }

    /** Whether the first line of a page has the names of the columns; a page of nothing has all of its lines right. */
    static boolean isHeaded(Path file, Schema schema) {
        try {
            List<String> names = new ArrayList<>();
            firstRecord(head(file), names);
            return names.isEmpty() || order(names, schema) != null;
        } catch (IOException e) {
            throw SalesforceBulkDownload.unusable(file, e);
        }
    }

    /** The rows of a result by its own header, every column text. */
    static Rows texts(Path file, String subject) {
        try {
            List<String> names = new ArrayList<>();
            int length = firstRecord(head(file), names);
            if (names.isEmpty()) {
                return Rows.empty(Schema.of(List.of()));
            }
            return Csv.reader(subject, () -> from(file, length))
                    .header(false)
                    .schema(Schema.of(names.stream()
                            .map(name -> Column.nullable(name, io.github.keywharf.table.ColumnType.STRING))
                            .toList()))
                    .rows();
        } catch (IllegalArgumentException e) {
            throw new KeywharfException(
                    "salesforce.bad_answer", subject, "The header of the results is not valid: " + e.getMessage(), e);
        } catch (IOException e) {
            throw SalesforceBulkDownload.unusable(file, e);
        }
    }

    private static byte[] head(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            return stream.readNBytes(MAX_HEADER);
        }
    }

    private static InputStream from(Path file, int skipped) {
        try {
            InputStream stream = new BufferedInputStream(Files.newInputStream(file), 64 * 1024);
            stream.skipNBytes(skipped);
            return stream;
        } catch (IOException e) {
            throw SalesforceBulkDownload.unusable(file, e);
        }
    }

    /** Splits the first line into its fields; how many bytes it has with its end. */
    static int firstRecord(byte[] head, List<String> fields) {
        int at = head.length >= 3 && head[0] == (byte) 0xEF && head[1] == (byte) 0xBB && head[2] == (byte) 0xBF ? 3 : 0;
        if (at == head.length) {
            return at;
        }
        String text = new String(head, at, head.length - at, StandardCharsets.UTF_8);
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        int i = 0;
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else if (c == '\n' && !quoted) {
                break;
            } else if (c != '\r' || quoted) {
                field.append(c);
            }
        }
        fields.add(field.toString());
        String line = text.substring(0, Math.min(text.length(), i + 1));
        return at + line.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Which column each field of a header is; null when it is not the header. */
    private static int @Nullable [] order(List<String> fields, Schema schema) {
        if (fields.size() != schema.size()) {
            return null;
        }
        List<String> names = schema.names().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .toList();
        int[] order = fields.stream()
                .mapToInt(field -> names.indexOf(field.toLowerCase(Locale.ROOT)))
                .toArray();
        return Arrays.stream(order).filter(i -> i >= 0).distinct().count() == names.size() ? order : null;
    }
}
