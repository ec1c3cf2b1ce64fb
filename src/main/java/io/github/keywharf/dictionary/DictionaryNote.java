package io.github.keywharf.dictionary;

import io.github.keywharf.internal.Cut;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What a person wrote about a keyspace, a table or a column.
 *
 * @param path what it is about: {@code shop}, {@code shop.orders}, {@code shop.orders.email}; the names as they are, and
 *     the column's may hold dots itself
 * @param text at most {@value #MAX_TEXT} characters; empty where a note was taken back
 * @param by who wrote it, at most {@value #MAX_BY} characters
 * @param at when
 */
public record DictionaryNote(String path, String text, String by, Instant at) {

    /** The longest note, in characters: two pages; longer texts belong in a document that the note names. */
    public static final int MAX_TEXT = 4_000;

    /** The longest name of a writer, in characters. */
    public static final int MAX_BY = 200;

    private static final Pattern TAG = Pattern.compile("(?<![\\w&])#([\\p{L}][\\p{L}\\p{N}_-]{0,49})");

    /** Checks the lengths. */
    public DictionaryNote {
        check("path", path, 1, 1_000);
        check("text", text, 0, MAX_TEXT);
        check("by", by, 1, MAX_BY);
    }

    private static void check(String what, String text, int least, int most) {
        if (text.length() < least || text.length() > most || (least > 0 && text.isBlank())) {
            throw new IllegalArgumentException("The " + what + " of a note has " + text.length() + " characters ('"
                    + Cut.to(Texts.line(text), 60) + "'); give " + least + " to " + most);
        }
    }

    /** The words of the text that begin with {@code #}, without it, in lower case: {@code #gdpr} is {@code gdpr}. */
    public List<String> tags() {
        return TAG.matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1).toLowerCase(Locale.ROOT))
                .distinct()
                .toList();
    }

    @Override
    public String toString() {
        return Texts.line(path + ": " + text + " (" + by + ", " + at + ")");
    }
}
