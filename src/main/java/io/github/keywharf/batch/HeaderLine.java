package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.Csv;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The first line of a text file, which names its columns. */
final class HeaderLine {
    private static final String COLUMNS = "columns";

    private HeaderLine() {}

    /** Why a file whose header should have these names, and these only, may not be sent. */
    static Optional<Refusal> refusal(List<String> expected, String name, Path file) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!lower.endsWith(".csv") && !lower.endsWith(".tsv")) {
            return Optional.empty();
        }
        String beginning = beginning(expected, file);
        if (beginning.isEmpty()) {
            return Optional.empty();
        }
        String allowed = "the header " + String.join(", ", expected);
        try {
            List<String> found = names(name, beginning, lower.endsWith(".tsv") ? '\t' : ',');
            return found.equals(expected)
                    ? Optional.empty()
                    : Optional.of(new Refusal(COLUMNS, String.join(", ", found), allowed));
        } catch (KeywharfException e) {
            return Optional.of(new Refusal(COLUMNS, "no header that can be read", allowed));
        }
    }

    /**
     * As much of the file as a header with these names can have, so that one that is cut is another. Bytes that are not
     * UTF-8 are replaced: those of a name make it another, those behind the header are the app's to judge.
     */
    private static String beginning(List<String> expected, Path file) {
        // A character has up to 4 bytes, and a quote is doubled; two quotes and a separator come to each name.
        int most = 16
                + expected.stream().mapToInt(column -> 8 * column.length() + 3).sum();
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return new String(in.readNBytes(most), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new KeywharfException(
                    "format.read_failed", file.toString(), "could not be read: " + e.getMessage(), e);
        }
    }

    private static List<String> names(String source, String text, char separator) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (Rows rows = Csv.reader(source, () -> new ByteArrayInputStream(bytes))
                .header(false)
                .separator(separator)
                .batchRows(1)
                .rows()) {
            ColumnBatch first = rows.next();
            List<String> names = new ArrayList<>();
            for (int i = 0; first != null && i < rows.schema().size(); i++) {
                Object name = first.column(i).value(0);
                names.add(name == null ? "" : name.toString());
            }
            return names;
        }
    }
}
