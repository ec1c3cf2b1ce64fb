package io.github.keywharf.query.duckdb;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Statements that hide a COPY from whoever reads comments, literals, blanks or letters in another way than DuckDB does. */
final class LexerTricks {

    private static final String COPY = "COPY (SELECT 1 AS a) TO '{object}' (FORMAT parquet)";
    private static final String INSERT = "INSERT INTO own VALUES (1)";

    /** Beginnings that are a comment to some lexers, whole or in part. */
    private static final List<String> COMMENTS = List.of(
            "--\n",
            "-- \r",
            "--\u2028",
            "--\u2029",
            "--\u0085",
            "--\f",
            "--\u000b",
            "--\u0000",
            "-- INSERT \r\n",
            "--/*\n",
            "--*/\n",
            "/**/",
            "/* */ /* */",
            "/* /* */",
            "/* /* */ */",
            "/*/**/",
            "/*/*/",
            "/*/**/*/",
            "/* -- */",
            "/* ' */",
            "/* \" */",
            "/* $$ */",
            "/*! */",
            "/*!50000 */",
            "/*+ INSERT */",
            "/* INSERT */",
            "# INSERT\n",
            "// INSERT\n",
            "\\ INSERT\n",
            "{INSERT}",
            "<!-- INSERT -->");

    /** What may end one statement and begin another. */
    private static final List<String> SEPARATORS = List.of(
            ";",
            ";;",
            "\n;\n",
            ";--\n",
            ";/**/",
            "/**/;/**/",
            "--\n;",
            "--\r;",
            "/*/**/;*/",
            "/* /* */; */",
            "\uff1b",
            "\u037e",
            "\u061b",
            "\u0000",
            "\u001a",
            "\\;",
            "\\g\n",
            "\nGO\n",
            "\n/\n",
            "\n.\n",
            "\u2028",
            "\n\n");

    /** Literals and names that some lexers end early, and some late; what follows is out of them for DuckDB, or within. */
    private static final List<String> QUOTES = List.of(
            "'\\'",
            "'\\''",
            "'\\\\'",
            "''''",
            "'''",
            "E'\\'",
            "e'\\''",
            "E'\\\\'",
            "E'\\x27'",
            "E'\\047'",
            "E'\\u0027'",
            "U&'\\0027'",
            "u&'\\0027' UESCAPE '\\'",
            "U&\"\\0022\"",
            "X'27'",
            "B'0'",
            "N'\\'",
            "r'\\'",
            "'a' 'b'",
            "'a'\n'b'",
            "\"\"\"\"",
            "\"\\\"",
            "$$'$$",
            "$$;$$",
            "$a$ $$ $a$",
            "$a$ $A$ $a$",
            "$1$'$1$",
            "$\u00e4$'$\u00e4$",
            "a$$'",
            "1$$'$$",
            "`'`",
            "['\\'']",
            "'\u2019'",
            "\u2018'\u2019");

    private static final List<String> BLANKS = List.of(
            "\t", "\r", "\f", "\u000b", "\u0000", "\u001c", "\u0085", "\u00a0", "\u1680", "\u180e", "\u2003", "\u2007",
            "\u200b", "\u2028", "\u202e", "\u202f", "\u205f", "\u2060", "\u3000", "\ufeff");

    /** Beginnings that are no blank, and that a lexer may skip. */
    private static final List<String> LEADS = List.of(
            "(", "((", "[", "{", "+", "-", "1 ", "1.", "'' ", "\"\" ", "$$$$", "::", ":", "?", "@", "\\", "|>", "=>");

    private static final List<String> LETTERS = List.of(
            "\uff23OPY",
            "\uff23\uff2f\uff30\uff39",
            "C\u041ePY",
            "cOpY",
            "C\u00adOPY",
            "C/**/OPY",
            "C\\u004fPY",
            "U&\"COPY\"",
            "\"COPY\"",
            "'COPY'",
            "CO\nPY",
            "COPY\u0000");

    private LexerTricks() {}

    static List<String> all() {
        Set<String> tricks = new LinkedHashSet<>();
        String with = "WITH x AS (" + COPY + ") SELECT 1";
        for (String comment : COMMENTS) {
            tricks.add(comment + COPY);
            tricks.add(comment + with);
            tricks.add(comment + COPY + " --\nINSERT");
            tricks.add(comment + "ANALYZE " + COPY);
            tricks.add("WITH" + comment + " x AS (" + comment + COPY + ")" + comment + " SELECT 1");
            tricks.add(INSERT + comment + ";" + COPY);
        }
        for (String separator : SEPARATORS) {
            tricks.add(INSERT + separator + COPY);
            tricks.add("SELECT 1" + separator + COPY);
            tricks.add("SELECT 1) AS a" + separator + COPY + separator + "SELECT * FROM (SELECT 1");
            tricks.add("COMMENT ON TABLE own IS 'x'" + separator + COPY);
        }
        for (String quote : QUOTES) {
            tricks.add("INSERT INTO own SELECT length(" + quote + "); " + COPY + " --'");
            tricks.add("SELECT " + quote + "; " + COPY + "; --'");
            tricks.add("SELECT " + quote + ") AS a; " + COPY + "; SELECT * FROM (SELECT 1 --'");
            tricks.add("WITH x AS (SELECT " + quote + "), y AS (" + COPY + ") SELECT 1 --'");
            tricks.add(quote + COPY);
        }
        for (String blank : BLANKS) {
            tricks.add(blank + COPY);
            tricks.add(with.replace(" ", blank));
            tricks.add("INSERT" + blank + "INTO own VALUES (1);" + blank + COPY);
            tricks.add("TRUNCATE" + blank + "own;" + blank + COPY);
            tricks.add(COPY.replace(" ", blank));
        }
        for (String lead : LEADS) {
            tricks.add(lead + COPY);
            tricks.add(lead + with);
            tricks.add(lead + "INSERT " + COPY);
        }
        for (String letters : LETTERS) {
            tricks.add(COPY.replace("COPY", letters));
            tricks.add(with.replace("COPY", letters));
        }
        return new ArrayList<>(tricks);
    }
}
