package io.github.keywharf.dictionary;

import io.github.keywharf.internal.Cut;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Note of a user on a keyspace, a table or a column.
 *
 * @param path path of the subject: {@code shop}, {@code shop.orders}, {@code shop.orders.email}; names are without quotes, and
 *     that of the column may contain dots
 * @param text text, at most {@value #MAX_TEXT} characters; empty if the note was removed
 * @param by name of the author, at most {@value #MAX_BY} characters
 * @param at time of writing
 */
public record DictionaryNote(String path, String text, String by, Instant at) {

    /** Longest note, in characters: two pages; longer texts belong in a document that the note refers to. */
    public static final int MAX_TEXT = 4_000;

    /** Longest name of an author, in characters. */
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

    /** Returns the words of the text after a {@code #}, in lower case: {@code gdpr} for {@code #GDPR}. */
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
