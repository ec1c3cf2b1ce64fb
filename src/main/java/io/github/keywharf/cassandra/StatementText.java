package io.github.keywharf.cassandra;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What can be known of a CQL text without a parser: its first word, and whether it may hold a password.
 *
 * @param cql the text
 * @param verb its first word in upper case, empty when there is none
 * @param secret whether neither it nor what a server says about it may be quoted
 */
record StatementText(String cql, String verb, boolean secret) {
    /** The most characters of a statement, 1,048,576: far above what people write, below what a server takes. */
    static final int MAX_CHARS = 1 << 20;

    private static final Set<String> PREPARED = Set.of("SELECT", "INSERT", "UPDATE", "DELETE");
    private static final Pattern ROLE =
            Pattern.compile("(CREATE|ALTER)\\s+(ROLE|USER)\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern PASSWORD = Pattern.compile("pas{1,2}w|\\bpwd\\b", Pattern.CASE_INSENSITIVE);

    static StatementText of(String cql) {
        if (cql.length() > MAX_CHARS) {
            throw new IllegalArgumentException("The statement has " + cql.length() + " characters; at most " + MAX_CHARS
                    + " are taken: bind values rather than writing them into the text");
        }
        int start = start(cql);
        int end = start;
        while (end < cql.length() && Character.isLetter(cql.charAt(end))) {
            end++;
        }
        String verb = cql.substring(start, end).toUpperCase(Locale.ROOT);
        return new StatementText(cql, verb, ROLE.matcher(cql.substring(start)).matches() || isPasswordWritten(cql));
    }

    /** Also in a statement that is misspelt: the server quotes what it does not understand. */
    private static boolean isPasswordWritten(String cql) {
        Matcher password = PASSWORD.matcher(cql);
        return password.find() && (cql.indexOf('\'', password.end()) >= 0 || cql.indexOf('$', password.end()) >= 0);
    }

    /** Behind blanks and comments. */
    private static int start(String cql) {
        int position = 0;
        while (position < cql.length()) {
            if (Character.isWhitespace(cql.charAt(position))) {
                position++;
            } else if (cql.startsWith("--", position) || cql.startsWith("//", position)) {
                int line = cql.indexOf('\n', position);
                position = line < 0 ? cql.length() : line + 1;
            } else if (cql.startsWith("/*", position)) {
                int close = cql.indexOf("*/", position + 2);
                position = close < 0 ? cql.length() : close + 2;
            } else {
                break;
            }
        }
        return position;
    }

    /** Whether it is worth preparing, and can take values. */
    boolean isPrepared() {
        return PREPARED.contains(verb);
    }

    /** Whether it only reads. */
    boolean isRead() {
        return verb.equals("SELECT");
    }

    /** Whether a batch takes it. */
    boolean isWrite() {
        return isPrepared() && !isRead();
    }
}
