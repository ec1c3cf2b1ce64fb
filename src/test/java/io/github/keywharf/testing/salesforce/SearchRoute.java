package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code FIND {…} [IN … FIELDS] [RETURNING Object(fields …), …]} over the words of text fields (SOQL and SOSL Reference, "SOSL
 * Syntax" and "FIND {SearchQuery}"). Reserved characters without a backslash are MALFORMED_SEARCH; * and ? are wildcards.
 */
final class SearchRoute {
    private static final Pattern SYNTAX = Pattern.compile(
            "(?is)\\s*FIND\\s*\\{((?:\\\\.|[^}\\\\])*)}\\s*(?:IN\\s+(?:ALL|NAME|EMAIL|PHONE|SIDEBAR)\\s+FIELDS)?"
                    + "\\s*(?:RETURNING\\s+(.*?))?\\s*");
    private static final Pattern OBJECT = Pattern.compile("(?s)\\s*([A-Za-z0-9_]+)\\s*(?:\\((.*)\\))?\\s*");
    private static final Pattern TAIL = Pattern.compile("(?i)\\s(WHERE|ORDER\\s+BY|LIMIT|OFFSET)\\s");
    private static final String RESERVED = "&|!{}[]()^~:'+-";

    private final FakeOrg org;

    SearchRoute(FakeOrg org) {
        this.org = org;
    }

    HttpResponse answer(String sosl, String root) {
        Matcher parts = SYNTAX.matcher(sosl);
        if (!parts.matches()) {
            throw malformed("No search term found. The search term must be enclosed in braces.");
        }
        List<Pattern> words = words(parts.group(1));
        List<String> returning = new ArrayList<>();
        if (parts.group(2) == null) {
            org.objects().forEach(object -> returning.add("SELECT Id FROM " + object.name()));
        } else {
            split(parts.group(2)).forEach(each -> returning.add(soql(each)));
        }
        ObjectNode answer = Json.object();
        ArrayNode records = answer.putArray("searchRecords");
        for (String soql : returning) {
            SoqlRun run = SoqlRun.of(org, SoqlParser.parse(soql), false);
            for (FakeRecord row : run.rows()) {
                if (words.stream().allMatch(word -> has(row, word))) {
                    records.add(run.json(row, root, (any, rows) -> Json.object()));
                }
            }
        }
        return Json.response(200, answer);
    }

    private static Refusal malformed(String message) {
        return new Refusal(400, "MALFORMED_SEARCH", message);
    }

    private static List<Pattern> words(String text) {
        List<Pattern> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean phrase = false;
        int length = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : ' ';
            if (c == '\\' && i + 1 < text.length()) {
                word.append(Pattern.quote(text.substring(i + 1, i + 2)));
                length++;
                i++;
            } else if (c == '"') {
                phrase = !phrase;
            } else if (RESERVED.indexOf(c) >= 0) {
                throw malformed("Invalid search term: the character " + c + " has no backslash before it");
            } else if (c == '*' || c == '?') {
                word.append(c == '*' ? "\\S*" : "\\S");
                length++;
            } else if (!Character.isWhitespace(c) || (phrase && i < text.length())) {
                word.append(Pattern.quote(String.valueOf(c)));
                length++;
            } else if (length > 0) {
                if (length == 1) {
                    throw malformed("search term must be longer than one character: " + text);
                }
                words.add(Pattern.compile(
                        "(?<![\\p{L}\\p{N}])" + word + "(?![\\p{L}\\p{N}])",
                        Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE));
                word.setLength(0);
                length = 0;
            }
        }
        if (words.isEmpty() || phrase) {
            throw malformed("search term must be longer than one character: " + text);
        }
        return words;
    }

    private static boolean has(FakeRecord row, Pattern word) {
        return row.object().fields().stream()
                .filter(field -> field.isText() && field.length() != 18)
                .map(field -> row.value(field.name()))
                .anyMatch(
                        value -> value != null && word.matcher(value.toString()).find());
    }

    /** Splits at the commas outside of parentheses. */
    private static List<String> split(String list) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i <= list.length(); i++) {
            char c = i < list.length() ? list.charAt(i) : ',';
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                parts.add(list.substring(from, i));
                from = i + 1;
            }
        }
        return parts;
    }

    private static String soql(String returning) {
        Matcher parts = OBJECT.matcher(returning);
        if (!parts.matches()) {
            throw malformed("unexpected token: " + returning.trim());
        }
        String inner = parts.group(2) == null ? "Id" : parts.group(2);
        Matcher tail = TAIL.matcher(inner);
        int end = tail.find() ? tail.start() : inner.length();
        return "SELECT " + inner.substring(0, end) + " FROM " + parts.group(1) + inner.substring(end);
    }
}
