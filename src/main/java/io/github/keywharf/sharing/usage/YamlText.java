package io.github.keywharf.sharing.usage;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Writes maps, lists, texts, numbers and booleans as YAML 1.1. Texts that could be taken for something else are in quotes,
 * and whatever is not a letter, a digit or plain ASCII is escaped.
 */
final class YamlText {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_]*(?:[ -][A-Za-z0-9_]+)*");
    private static final Pattern WORD = Pattern.compile("y|n|yes|no|true|false|on|off|null", Pattern.CASE_INSENSITIVE);

    private YamlText() {}

    static String of(Map<?, ?> document) {
        if (document.isEmpty()) {
            return "{}\n";
        }
        StringBuilder yaml = new StringBuilder();
        map(yaml, document, 0);
        return yaml.toString();
    }

    private static void map(StringBuilder yaml, Map<?, ?> map, int indent) {
        map.forEach((key, value) -> {
            yaml.append(" ".repeat(indent)).append(text(String.valueOf(key))).append(':');
            nested(yaml, value, indent, indent + 2);
        });
    }

    private static void nested(StringBuilder yaml, Object value, int listIndent, int mapIndent) {
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            yaml.append('\n');
            map(yaml, map, mapIndent);
        } else if (value instanceof List<?> list && !list.isEmpty()) {
            yaml.append('\n');
            list(yaml, list, listIndent);
        } else {
            yaml.append(' ').append(scalar(value)).append('\n');
        }
    }

    private static void list(StringBuilder yaml, List<?> list, int indent) {
        for (Object value : list) {
            yaml.append(" ".repeat(indent)).append('-');
            if (value instanceof Map<?, ?> map && !map.isEmpty()) {
                StringBuilder entry = new StringBuilder();
                map(entry, map, indent + 2);
                yaml.append(' ').append(entry.substring(indent + 2));
            } else {
                nested(yaml, value, indent + 2, indent + 2);
            }
        }
    }

    private static String scalar(Object value) {
        if (value instanceof Map) {
            return "{}";
        }
        if (value instanceof List) {
            return "[]";
        }
        if (value instanceof Boolean || value instanceof Integer || value instanceof Double) {
            return value.toString();
        }
        if (value instanceof String text) {
            return text(text);
        }
        throw new IllegalArgumentException("YAML of " + value.getClass() + " is not written");
    }

    private static String text(String text) {
        if (PLAIN.matcher(text).matches() && !WORD.matcher(text).matches()) {
            return text;
        }
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c == '\n') {
                quoted.append("\\n");
            } else if ((c >= ' ' && c < 0x7f) || Character.isLetterOrDigit(c)) {
                quoted.appendCodePoint(c);
            } else {
                quoted.append(String.format(Locale.ROOT, c > 0xffff ? "\\U%08x" : "\\u%04x", c));
            }
        });
        return quoted.append('"').toString();
    }
}
