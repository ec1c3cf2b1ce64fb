package io.github.keywharf.format;

import io.github.keywharf.store.ObjectStore;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Comma-separated values, as RFC 4180 has them, with PostgreSQL's convention for absent ones: an unquoted empty field is
 * null, {@code ""} is empty text.
 *
 * <p>How values look, which is what {@code COPY … (FORMAT csv)} of PostgreSQL writes and reads too:
 *
 * <ul>
 *   <li>booleans {@code true} and {@code false}; {@code t} and {@code f} are read as well
 *   <li>numbers plain, decimals with all digits of their scale; floating point as Java prints it
 *   <li>dates {@code 2024-05-20}, times {@code 12:10:03.998}, timestamps {@code 2024-05-20 12:10:03.998}: the fraction
 *       without its trailing zeros, none when it is zero; read with 0 to 6 digits, with a blank or {@code T}
 *   <li>points in time the same with {@code +00}; read with any offset or {@code Z}
 *   <li>bytes {@code \x} and hexadecimal digits, UUIDs in their canonical form, lists, maps and structs as JSON
 * </ul>
 *
 * <pre>{@code
 * try (Rows rows = Csv.reader(Path.of("payments.csv")).schema(schema).rejects(rejected::add).rows()) {
 *     Csv.writer(store, "clean/payments.csv").sink().write(rows);
 * }
 * }</pre>
 */
public final class Csv {
    /** Code of an error about text that cannot be fetched, whatever is in it. */
    public static final String READ_FAILED = "format.read_failed";

    static final char QUOTE = '"';

    private static final String UNFIT_SEPARATORS = "\"\\+-.:";

    private Csv() {}

    /** Reads an object of a store. The store stays open. */
    public static CsvReader reader(ObjectStore store, String key) {
        return new CsvReader(TextSource.of(store, key));
    }

    /** Reads a file. */
    public static CsvReader reader(Path path) {
        return new CsvReader(TextSource.of(path));
    }

    /**
     * Reads any stream.
     *
     * @param name what messages and rejected rows call it
     * @param stream opens the stream; called once for each {@link CsvReader#rows()}, whose closing closes it
     */
    public static CsvReader reader(String name, Supplier<InputStream> stream) {
        return new CsvReader(new TextSource(Objects.requireNonNull(name, "name"), stream));
    }

    /** Writes an object of a store. The store stays open. */
    public static CsvWriter writer(ObjectStore store, String key) {
        return new CsvWriter(key, () -> store.create(key));
    }

    /** Writes a file; its directory must be there, and a file of that name is replaced by the commit. */
    public static CsvWriter writer(Path path) {
        return new CsvWriter(path.toString(), () -> new FileObjectWriter(path));
    }

    static char checkedSeparator(char character) {
        if (character != '\t'
                && (character <= ' '
                        || character > '~'
                        || UNFIT_SEPARATORS.indexOf(character) >= 0
                        || Character.isLetterOrDigit(character))) {
            throw new IllegalArgumentException(
                    "'" + character + "' (" + (int) character
                            + ") cannot separate fields, as values hold it; use a comma, a semicolon, a tab, a bar or the like");
        }
        return character;
    }

    static String checkedNullText(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == QUOTE || text.charAt(i) == '\n' || text.charAt(i) == '\r') {
                throw new IllegalArgumentException("'" + text + "' cannot stand for null: it must not need quotes");
            }
        }
        return text;
    }

    static void checkTogether(String nullText, char separator) {
        if (nullText.indexOf(separator) >= 0) {
            throw new IllegalArgumentException(
                    "nullText '" + nullText + "' holds the separator '" + separator + "', so it could never be read");
        }
    }
}
