package io.github.keywharf.query.duckdb;

import java.util.Locale;

/**
 * The type as which a result's column is read, by the type that DuckDB gives it: itself, a wider one of ours, or text where
 * ours have none.
 */
final class ReadableTypes {

    private final String text;
    private int at;

    private ReadableTypes(String text) {
        this.text = text;
    }

    /** The type to cast to, as it stands in a statement; the same when nothing is to be done. */
    static String of(String type) {
        return new ReadableTypes(type).type();
    }

    private String type() {
        String name = word();
        String readable = switch (name.toUpperCase(Locale.ROOT)) {
            case "BOOLEAN",
                    "INTEGER",
                    "BIGINT",
                    "FLOAT",
                    "DOUBLE",
                    "VARCHAR",
                    "JSON",
                    "BLOB",
                    "UUID",
                    "DATE",
                    "TIMESTAMP WITH TIME ZONE",
                    "TIME",
                    "TIMESTAMP" -> name;
            case "TINYINT", "SMALLINT", "UTINYINT", "USMALLINT" -> "INTEGER";
            case "UINTEGER" -> "BIGINT";
            case "UBIGINT" -> "DECIMAL(20,0)";
            case "HUGEINT", "UHUGEINT" -> "DECIMAL(38,0)";
            case "TIMESTAMP_S", "TIMESTAMP_MS" -> "TIMESTAMP";
            case "DECIMAL" -> name + skipBrackets();
            case "STRUCT" -> name + fields();
            case "MAP" -> name + keyAndValue();
            default -> {
                skipBrackets();
                yield "VARCHAR";
            }
        };
        StringBuilder lists = new StringBuilder(readable);
        while (at < text.length() && text.charAt(at) == '[') {
            at = text.indexOf(']', at) + 1;
            lists.append("[]");
        }
        return lists.toString();
    }

    /** A type's name, of several words perhaps. */
    private String word() {
        int start = at;
        if (at < text.length() && text.charAt(at) == '"') {
            skipQuoted('"');
        } else {
            while (at < text.length() && "([,)".indexOf(text.charAt(at)) < 0) {
                at++;
            }
        }
        return text.substring(start, at);
    }

    private String keyAndValue() {
        at++;
        String key = type();
        at += ", ".length();
        String value = type();
        at++;
        return "(" + key + ", " + value + ")";
    }

    private String fields() {
        StringBuilder all = new StringBuilder("(");
        do {
            at++;
            if (text.charAt(at) == ' ') {
                at++;
            }
            int start = at;
            if (text.charAt(at) == '"') {
                skipQuoted('"');
            } else {
                at = text.indexOf(' ', at);
            }
            String name = text.substring(start, at);
            at++;
            all.append(all.length() > 1 ? ", " : "")
                    .append(name.startsWith("\"") ? name : '"' + name + '"')
                    .append(' ')
                    .append(type());
        } while (text.charAt(at) == ',');
        at++;
        return all.append(')').toString();
    }

    /** Skips what stands in parentheses, if anything does, and returns it. */
    private String skipBrackets() {
        int start = at;
        int depth = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\'' || c == '"') {
                skipQuoted(c);
                continue;
            }
            if (depth == 0 && c != '(') {
                break;
            }
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            at++;
        }
        return text.substring(start, at);
    }

    private void skipQuoted(char quote) {
        at++;
        while (at < text.length()) {
            boolean doubled = text.startsWith(String.valueOf(quote).repeat(2), at);
            if (text.charAt(at) == quote && !doubled) {
                at++;
                return;
            }
            at += doubled ? 2 : 1;
        }
    }
}
