package io.github.keywharf.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Statement in the dialect of PostgreSQL or DuckDB whose {@code :names} and {@code $1}s are replaced by a driver's positional
 * marks.
 *
 * @param text original statement, without a semicolon at its end
 * @param sql statement with a mark in place of each parameter
 * @param parameters names of the marks, in order, with their colon or dollar; with {@link Marks#QUESTION} a name that is
 *     used several times is listed several times
 * @param firstWord first keyword in lower case; empty if the statement begins with anything else
 * @param onlyReads true if it has no parameters, begins as a query, and contains no keyword that changes data
 */
public record NamedSql(String text, String sql, List<String> parameters, String firstWord, boolean onlyReads) {

    /** Marks that a driver takes for parameters. */
    public enum Marks {
        /** A question mark for each place; those of operators are doubled. */
        QUESTION,
        /** {@code $1}, {@code $2} and so on, the same one wherever a parameter is used. */
        NUMBER
    }

    private static final Set<String> QUERIES = Set.of("select", "values", "table", "with");
    private static final Set<String> CHANGES = Set.of("insert", "update", "delete", "merge", "into");

    /** Copies the list. */
    public NamedSql {
        parameters = List.copyOf(parameters);
    }

    /** Parses a statement; literals, quoted names, comments and casts keep their colons. */
    public static NamedSql parse(String text, Marks marks) {
        String trimmed = text.stripTrailing();
        String statement = trimmed.endsWith(";") ? trimmed.substring(0, trimmed.length() - 1) : text;
        Parser parser = new Parser(statement, marks);
        parser.parse();
        boolean changes = parser.changes || !parser.parameters.isEmpty();
        boolean reads = QUERIES.contains(parser.firstWord) && !changes;
        return new NamedSql(statement, parser.sql.toString(), parser.parameters, parser.firstWord, reads);
    }

    private static boolean isStart(char c) {
        return Character.isLetter(c) || c == '_';
    }

    private static boolean isPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$';
    }

    /** Reads a statement once, from its start to its end. */
    private static final class Parser {

        private final String text;
        private final Marks marks;
        private final StringBuilder sql = new StringBuilder();
        private final List<String> parameters = new ArrayList<>();
        private int at;
        private int brackets;
        private int braces;
        private boolean begun;
        private String firstWord = "";
        private boolean changes;

        Parser(String text, Marks marks) {
            this.text = text;
            this.marks = marks;
        }

        void parse() {
            while (at < text.length()) {
                char c = text.charAt(at);
                switch (c) {
                    case '\'' -> copyTo(endOfQuoted('\'', hasEscapes() ? '\\' : '\''));
                    case '"' -> copyTo(endOfQuoted('"', '"'));
                    case '-' -> copyTo(next() == '-' ? endOfLine() : at + 1);
                    case '/' -> copyTo(next() == '*' ? endOfComment() : at + 1);
                    case '$' -> dollar();
                    case ':' -> colon();
                    case '?' -> {
                        sql.append(marks == Marks.QUESTION ? "??" : "?");
                        at++;
                    }
                    default -> copyTo(isStart(c) ? word() : bracket(c));
                }
            }
        }

        private int word() {
            int end = endOfWord();
            String word = text.substring(at, end).toLowerCase(Locale.ROOT);
            firstWord = begun ? firstWord : word;
            changes |= CHANGES.contains(word);
            begun = true;
            return end;
        }

        private int bracket(char c) {
            switch (c) {
                case '[' -> brackets++;
                case ']' -> brackets--;
                case '{' -> braces++;
                case '}' -> braces--;
                default -> {}
            }
            return at + 1;
        }

        private void dollar() {
            if (isDigit(text, at + 1)) {
                int end = at + 1;
                while (isDigit(text, end)) {
                    end++;
                }
                parameter(end);
            } else {
                copyTo(endOfDollarQuoted());
            }
        }

        private void parameter(int end) {
            String parameter = text.substring(at, end);
            if (marks == Marks.QUESTION) {
                parameters.add(parameter);
                sql.append('?');
            } else {
                if (!parameters.contains(parameter)) {
                    parameters.add(parameter);
                }
                sql.append('$').append(parameters.indexOf(parameter) + 1);
            }
            at = end;
        }

        private char next() {
            return at + 1 < text.length() ? text.charAt(at + 1) : '\0';
        }

        private char previous() {
            return at > 0 ? text.charAt(at - 1) : '\0';
        }

        private void copyTo(int end) {
            sql.append(text, at, end);
            at = end;
        }

        private void colon() {
            char following = next();
            if (following == ':' || following == '=') {
                copyTo(at + 2);
            } else if (isNameStart(following) && !isSlice() && !isField()) {
                int end = at + 1;
                while (end < text.length() && (isNameStart(text.charAt(end)) || isDigit(text, end))) {
                    end++;
                }
                parameter(end);
            } else {
                copyTo(at + 1);
            }
        }

        private static boolean isNameStart(char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        }

        private static boolean isDigit(String text, int at) {
            return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
        }

        // In a[low:high] the colon follows a value without a blank; in a[:name] or [1, :name] it does not.
        private boolean isSlice() {
            char before = previous();
            return brackets > 0 && (isPart(before) || before == ')' || before == ']' || before == '"');
        }

        // In {'a':b} the colon follows the name of a field without a blank; in {'a': :name} it does not.
        private boolean isField() {
            char before = previous();
            return braces > 0 && (isPart(before) || before == '\'' || before == '"');
        }

        /** Returns true if the literal at this position is written {@code E'…'}, in which a backslash escapes. */
        private boolean hasEscapes() {
            return (previous() == 'e' || previous() == 'E') && (at < 2 || !isPart(text.charAt(at - 2)));
        }

        /** End of quoted text, in which a quote follows another one, or {@code escape} where that is another character. */
        private int endOfQuoted(char quote, char escape) {
            for (int end = at + 1; end < text.length(); end++) {
                char c = text.charAt(end);
                boolean doubled = c == quote && end + 1 < text.length() && text.charAt(end + 1) == quote;
                if (doubled || (c == escape && c != quote)) {
                    end++;
                } else if (c == quote) {
                    return end + 1;
                }
            }
            return text.length();
        }

        private int endOfLine() {
            int end = at;
            while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
                end++;
            }
            return end;
        }

        private int endOfComment() {
            int depth = 0;
            int end = at;
            while (end < text.length()) {
                if (text.startsWith("/*", end)) {
                    depth++;
                    end += 2;
                } else if (text.startsWith("*/", end)) {
                    depth--;
                    end += 2;
                    if (depth == 0) {
                        return end;
                    }
                } else {
                    end++;
                }
            }
            return text.length();
        }

        private int endOfWord() {
            int end = at + 1;
            while (end < text.length() && isPart(text.charAt(end))) {
                end++;
            }
            return end;
        }

        private int endOfDollarQuoted() {
            int end = at + 1;
            while (end < text.length() && text.charAt(end) != '$' && isPart(text.charAt(end))) {
                end++;
            }
            boolean opens =
                    end < text.length() && text.charAt(end) == '$' && (end == at + 1 || isStart(text.charAt(at + 1)));
            if (!opens) {
                return at + 1;
            }
            String tag = text.substring(at, end + 1);
            int close = text.indexOf(tag, end + 1);
            return close < 0 ? text.length() : close + tag.length();
        }
    }
}
