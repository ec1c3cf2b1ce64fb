package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Looks at the first bytes of a file, so that a false name is reported as such and not as thousands of bad rows. */
final class FileContent {

    private static final int BYTES = 8_192;

    private FileContent() {}

    /**
     * Refuses a file whose content is plainly another one than its name says.
     *
     * @throws KeywharfException with code {@code batch.wrong_content}
     */
    static void check(Path path, String name, FileFormat format) {
        byte[] begin = begin(path, name);
        other(begin, format).ifPresent(found -> {
            throw new KeywharfException(
                    "batch.wrong_content",
                    name,
                    "The name says " + format + ", but the content " + found
                            + "; send it under the name of what it is, or convert it");
        });
    }

    private static byte[] begin(Path path, String name) {
        try (InputStream stream = Files.newInputStream(path)) {
            return stream.readNBytes(BYTES);
        } catch (IOException e) {
            throw new KeywharfException(
                    "batch.unreadable",
                    name,
                    "The content cannot be read: " + e.getClass().getSimpleName(),
                    e);
        }
    }

    private static Optional<String> other(byte[] begin, FileFormat format) {
        String text = new String(begin, StandardCharsets.ISO_8859_1);
        if (format == FileFormat.PARQUET) {
            return text.startsWith("PAR1")
                    ? Optional.empty()
                    : Optional.of(known(text).orElse("is not Parquet"));
        }
        Optional<String> known = known(text);
        if (known.isPresent() || format != FileFormat.JSON_LINES) {
            return known;
        }
        String json = (text.startsWith("\u00ef\u00bb\u00bf") ? text.substring(3) : text).stripLeading();
        String first = json.lines().findFirst().orElse("").strip();
        if (first.startsWith("[")) {
            return Optional.of("is a JSON array, not one object a line");
        }
        return first.equals("{")
                ? Optional.of("is one JSON object over several lines, not one object a line")
                : Optional.empty();
    }

    private static Optional<String> known(String text) {
        if (text.startsWith("PAR1")) {
            return Optional.of("is Parquet");
        }
        if (text.startsWith("\u001f\u008b")) {
            return Optional.of("is compressed with gzip");
        }
        if (text.startsWith("PK\u0003\u0004")) {
            return Optional.of("is a ZIP archive or a spreadsheet");
        }
        if (text.startsWith("%PDF-")) {
            return Optional.of("is a PDF document");
        }
        if (text.startsWith("\u00ff\u00fe") || text.startsWith("\u00fe\u00ff")) {
            return Optional.of("is text in UTF-16, not in UTF-8");
        }
        return text.indexOf('\0') >= 0 ? Optional.of("has zero bytes, which no text has") : Optional.empty();
    }
}
