package io.github.keywharf.testing.salesforce;

import java.util.ArrayList;
import java.util.List;

/** CSV of bulk jobs: every value that is written is quoted ("Prepare CSV Files"). */
final class CsvText {
    private CsvText() {}

    /** The lines of a CSV; empty lines are left out. Quotes that do not end are refused. */
    static List<List<String>> parsed(String text, char delimiter) {
        List<List<String>> lines = new ArrayList<>();
        List<String> line = new ArrayList<>();
        StringBuilder value = new StringBuilder();
        boolean quoted = false;
        boolean any = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                if (c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    value.append('"');
                    i++;
                } else if (c == '"') {
                    quoted = false;
                } else {
                    value.append(c);
                }
            } else if (c == '"') {
                quoted = true;
                any = true;
            } else if (c == delimiter) {
                line.add(value.toString());
                value.setLength(0);
                any = true;
            } else if (c == '\n') {
                end(lines, line, value, any);
                line = new ArrayList<>();
                any = false;
            } else if (c != '\r') {
                value.append(c);
                any = true;
            }
        }
        if (quoted) {
            throw new IllegalArgumentException("a quote is not closed");
        }
        end(lines, line, value, any);
        return lines;
    }

    private static void end(List<List<String>> lines, List<String> line, StringBuilder value, boolean any) {
        if (any) {
            line.add(value.toString());
            lines.add(line);
        }
        value.setLength(0);
    }

    /** Whether lines end in CR LF outside of quotes. */
    static boolean hasCrLf(String text) {
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '"') {
                quoted = !quoted;
            } else if (!quoted && text.charAt(i) == '\r') {
                return true;
            }
        }
        return false;
    }

    static void line(StringBuilder target, List<String> values, BulkFormat format) {
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) {
                target.append(format.delimiter());
            }
            target.append('"').append(values.get(i).replace("\"", "\"\"")).append('"');
        }
        target.append(format.crlf() ? "\r\n" : "\n");
    }
}
