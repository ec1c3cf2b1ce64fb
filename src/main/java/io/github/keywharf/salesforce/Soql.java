package io.github.keywharf.salesforce;

import io.github.keywharf.internal.Cut;
import io.github.keywharf.salesforce.SoqlTokens.Kind;
import io.github.keywharf.salesforce.SoqlTokens.Token;
import io.github.keywharf.table.BytesVector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Builds SOQL and SOSL texts from values that others chose, so that a value never becomes part of the statement.
 *
 * <pre>{@code
 * Soql.bind("SELECT Id FROM Contact WHERE LastName = :name AND CreatedDate >= :since",
 *         Map.of("name", "O'Hara", "since", Instant.parse("2026-01-01T00:00:00Z")));
 * // SELECT Id FROM Contact WHERE LastName = 'O\'Hara' AND CreatedDate >= 2026-01-01T00:00:00Z
 * }</pre>
 */
public final class Soql {

    /** The most characters of a statement that Salesforce takes, values included. */
    public static final int MAX_CHARACTERS = 100_000;

    /** The most characters of a search text: Salesforce drops the logical operators of longer ones. */
    public static final int MAX_SEARCH_CHARACTERS = 4_000;

    private static final java.util.regex.Pattern NAME =
            java.util.regex.Pattern.compile("[A-Za-z](?:[A-Za-z0-9_]*[A-Za-z0-9])?");
    private static final java.util.regex.Pattern COUNTED_DAYS =
            java.util.regex.Pattern.compile("(?i)(?:LAST|NEXT)_N_\\w+|N_\\w+_AGO");
    private static final int MAX_NAME = 255;
    private static final String SEARCH_RESERVED = "?&|!{}[]()^~*:\\\"'+-";

    private Soql() {}

    /**
     * A pattern for {@code LIKE} in which the caller's text stands for itself; bound like any other value. A plain text that is
     * bound after {@code LIKE} keeps {@code %} and {@code _} as wildcards.
     */
    public static final class Pattern {
        private final String literal;

        private Pattern(String before, String text, String after) {
            String escaped = SoqlLiterals.escaped(text).replace("%", "\\%").replace("_", "\\_");
            literal = "'" + before + escaped + after + "'";
        }

        String literal() {
            return literal;
        }

        @Override
        public String toString() {
            return literal;
        }
    }

    /** A pattern for {@code LIKE}: texts that begin with this one. */
    public static Pattern startsWith(String text) {
        return new Pattern("", text, "%");
    }

    /** A pattern for {@code LIKE}: texts that end with this one. */
    public static Pattern endsWith(String text) {
        return new Pattern("%", text, "");
    }

    /** A pattern for {@code LIKE}: texts that have this one in them. */
    public static Pattern contains(String text) {
        return new Pattern("%", text, "%");
    }

    /**
     * The statement with each {@code :name} replaced by its value as a literal. Names in quoted text are left alone. Taken are
     * texts, numbers, booleans, null, {@link java.time.LocalDate}, {@link java.time.LocalTime}, {@link java.time.Instant} and
     * times with an offset (up to milliseconds), enum constants by name, {@link Pattern}, and collections of these for
     * {@code IN}. {@code LAST_N_DAYS:name} takes a whole number.
     *
     * @throws IllegalArgumentException when a name has no value, a value has no name, a value has no form in SOQL, or the
     *     statement has more than {@value #MAX_CHARACTERS} characters
     */
    public static String bind(String soql, Map<String, ?> values) {
        checkLength(soql.length());
        StringBuilder bound = new StringBuilder(soql.length());
        Map<String, @Nullable Object> unused = new HashMap<>(values);
        List<Token> tokens = SoqlTokens.of(soql);
        int from = 0;
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.kind() == Kind.PARAMETER) {
                bound.append(soql, from, token.start());
                String name = token.text().substring(1);
                if (!values.containsKey(name)) {
                    throw new IllegalArgumentException("The query has no value for :" + name + "; there are values for "
                            + new TreeSet<>(values.keySet()));
                }
                unused.remove(name);
                append(bound, i == 0 ? null : tokens.get(i - 1), token, values.get(name));
                checkLength(bound.length());
                from = token.end();
            }
        }
        if (!unused.isEmpty()) {
            throw new IllegalArgumentException("The query has no :" + new TreeSet<>(unused.keySet()).first()
                    + " for the value of that name; remove the value, or correct its name");
        }
        bound.append(soql, from, soql.length());
        checkLength(bound.length());
        return bound.toString();
    }

    private static void append(StringBuilder bound, @Nullable Token before, Token parameter, @Nullable Object value) {
        String name = parameter.text().substring(1);
        if (before != null && before.kind() == Kind.WORD && before.end() == parameter.start()) {
            if (COUNTED_DAYS.matcher(before.text()).matches()) {
                if (!(value instanceof Integer || value instanceof Long)) {
                    throw new IllegalArgumentException("Parameter :" + name + " after " + before.text()
                            + " takes a whole number as Integer or Long, not " + value);
                }
                bound.append(':');
            } else {
                bound.append(' ');
            }
        }
        bound.append(SoqlLiterals.of(name, value));
    }

    private static void checkLength(int characters) {
        if (characters > MAX_CHARACTERS) {
            throw new IllegalArgumentException("The query has more than " + MAX_CHARACTERS
                    + " characters, the most that Salesforce takes; split a long list of values over several queries");
        }
    }

    /** A text as a literal: in quotes, with what SOQL gives a meaning escaped. */
    public static String text(String value) {
        return SoqlLiterals.text(value);
    }

    /**
     * The name of an object, a field or a path such as {@code Account.Owner.Name}, which cannot be bound, once it is known to
     * be nothing else.
     *
     * @throws IllegalArgumentException when it is not names of letters, digits and underscores with dots between them
     */
    public static String identifier(String name) {
        for (String part : name.split("\\.", -1)) {
            if (part.length() > MAX_NAME || !NAME.matcher(part).matches()) {
                throw new IllegalArgumentException("'" + Cut.printable(name, 80)
                        + "' is not the name of an object or field; letters, digits and underscores are allowed, a"
                        + " letter first, with dots between the names of a path");
            }
        }
        return name;
    }

    /**
     * A text for the braces of SOSL's {@code FIND {…}}, in which nothing has a meaning: reserved characters are escaped, the
     * wildcards {@code *} and {@code ?} included. The words {@code AND}, {@code OR} and {@code NOT} are operators all the same,
     * unless the text is in double quotes: {@code FIND {"…"}}.
     *
     * @throws IllegalArgumentException when it is blank or has more than {@value #MAX_SEARCH_CHARACTERS} characters
     */
    public static String searchText(String text) {
        if (!BytesVector.isWellFormed(text)) {
            throw new IllegalArgumentException(
                    "The search text has half of a surrogate pair, which has no form in UTF-8; correct the text");
        }
        StringBuilder escaped = new StringBuilder(text.length() + 8);
        for (char c : text.toCharArray()) {
            if (SEARCH_RESERVED.indexOf(c) >= 0) {
                escaped.append('\\');
            }
            escaped.append(Character.isISOControl(c) ? ' ' : c);
        }
        if (text.isBlank() || escaped.length() > MAX_SEARCH_CHARACTERS) {
            throw new IllegalArgumentException("A search text of " + escaped.length() + " characters is refused; 1 to "
                    + MAX_SEARCH_CHARACTERS + " are allowed, not only blanks");
        }
        return escaped.toString();
    }
}
