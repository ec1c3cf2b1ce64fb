package io.github.keywharf.salesforce;

import java.util.ArrayList;
import java.util.List;

/** Takes a SOQL text apart as far as binding and its select list need it. */
final class SoqlTokens {

    /** What a piece of the text is. */
    enum Kind {
        /** A keyword, a name or a path of names with dots. */
        WORD,
        /** A number, a date, or a date and time. */
        NUMBER,
        /** Text in single quotes. */
        TEXT,
        /** {@code :name}. */
        PARAMETER,
        /** Any other character. */
        SYMBOL
    }

    /**
     * A piece of the text.
     *
     * @param text as it is written, the colon of a parameter included
     * @param start where it begins in the whole
     */
    record Token(Kind kind, String text, int start) {
        int end() {
            return start + text.length();
        }

        boolean is(String word) {
            return kind != Kind.TEXT && text.equalsIgnoreCase(word);
        }
    }

    private final String soql;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private SoqlTokens(String soql) {
        this.soql = soql;
    }

    /** The pieces without blanks and comments; SOQL has no comments, but a parameter's name in one is still not one. */
    static List<Token> of(String soql) {
        SoqlTokens reader = new SoqlTokens(soql);
        while (reader.at < soql.length()) {
            reader.piece();
        }
        return reader.tokens;
    }

    private void piece() {
        char c = soql.charAt(at);
        if (Character.isWhitespace(c)) {
            at++;
        } else if (soql.startsWith("/*", at)) {
            int end = soql.indexOf("*/", at + 2);
            at = end < 0 ? soql.length() : end + 2;
        } else if (soql.startsWith("//", at)) {
            int end = soql.indexOf('\n', at);
            at = end < 0 ? soql.length() : end + 1;
        } else if (c == '\'') {
            add(Kind.TEXT, endOfText());
        } else if (c == ':' && at + 1 < soql.length() && isNameStart(soql.charAt(at + 1))) {
            add(Kind.PARAMETER, endOf(at + 1, false));
        } else if (isNameStart(c)) {
            add(Kind.WORD, endOf(at, true));
        } else if (isDigit(c)) {
            add(Kind.NUMBER, endOfNumber());
        } else {
            add(Kind.SYMBOL, at + 1);
        }
    }

    private void add(Kind kind, int end) {
        tokens.add(new Token(kind, soql.substring(at, end), at));
        at = end;
    }

    private int endOfText() {
        for (int i = at + 1; i < soql.length(); i++) {
            char c = soql.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '\'') {
                return i + 1;
            }
        }
        throw new IllegalArgumentException("The text in quotes that begins at character " + (at + 1)
                + " of the query does not end; bind texts as :names, which are escaped");
    }

    private int endOf(int start, boolean path) {
        int end = start;
        while (end < soql.length() && (isNamePart(soql.charAt(end)) || (path && soql.charAt(end) == '.'))) {
            end++;
        }
        return end;
    }

    /** A date and time has colons, which are followed by digits. */
    private int endOfNumber() {
        int end = at;
        while (end < soql.length()) {
            char c = soql.charAt(end);
            boolean colon = c == ':' && end + 1 < soql.length() && isDigit(soql.charAt(end + 1));
            if (!isNamePart(c) && c != '.' && c != '-' && c != '+' && !colon) {
                break;
            }
            end++;
        }
        return end;
    }

    static boolean isNameStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }

    static boolean isNamePart(char c) {
        return isNameStart(c) || isDigit(c);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
