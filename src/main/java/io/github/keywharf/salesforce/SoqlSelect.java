package io.github.keywharf.salesforce;

import io.github.keywharf.salesforce.SoqlTokens.Kind;
import io.github.keywharf.salesforce.SoqlTokens.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a query selects, and from which object. It reads the select list only, and leaves the rest to the server.
 *
 * @param object the root object, as it is written
 * @param items in the order of the select list
 * @param grouped whether its rows are of aggregates or groups
 * @param counts whether it is {@code COUNT()}, which has a size and no rows
 * @param ordered whether it has an ORDER BY
 * @param restOnly what it has that bulk jobs refuse, or empty
 */
record SoqlSelect(
        String object, List<Item> items, boolean grouped, boolean counts, boolean ordered, Optional<String> restOnly) {

    /** The kinds of items of a select list. */
    enum Shape {
        /** A field, perhaps of a parent. */
        FIELD,
        /** A function, with or without an alias. */
        FUNCTION,
        /** A subquery of child records. */
        CHILD,
        /** {@code TYPEOF … END}. */
        TYPEOF,
        /** {@code FIELDS(…)}. */
        FIELDS
    }

    /**
     * An item of the select list.
     *
     * @param name of its column
     * @param keys under which the answer has it, outermost first
     * @param functions names of functions in upper case, outermost first; of {@code FIELDS} its argument
     * @param path the field that its type follows from; empty when there is none
     */
    record Item(Shape shape, String name, List<String> keys, List<String> functions, String path) {}

    private static final Set<String> AGGREGATES =
            Set.of("COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX", "GROUPING");
    private static final Set<String> OUTPUT_FORMS = Set.of("FORMAT", "TOLABEL", "CONVERTCURRENCY");
    private static final Set<String> AFTER_OBJECT = Set.of(
            "USING", "WHERE", "WITH", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FOR", "UPDATE", "ALL", "AS");

    /**
     * Reads a query.
     *
     * @throws IllegalArgumentException when it is not {@code SELECT … FROM …}
     */
    static SoqlSelect of(String soql) {
        return new Reader(SoqlTokens.of(soql)).select();
    }

    /** The query, or empty when it cannot be read here; the server says better what is wrong with it. */
    static Optional<SoqlSelect> find(String soql) {
        try {
            return Optional.of(of(soql));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Reads tokens from the first to the last. */
    private static final class Reader {
        private final List<Token> tokens;
        private final Map<String, String> aliases = new HashMap<>();
        private int at;
        private int unnamed;
        private boolean grouped;

        Reader(List<Token> tokens) {
            this.tokens = tokens;
        }

        SoqlSelect select() {
            if (!take("SELECT")) {
                throw unreadable("does not begin with SELECT");
            }
            int from = outermost("FROM", at);
            if (from + 1 >= tokens.size() || tokens.get(from + 1).kind() != Kind.WORD) {
                throw unreadable("has no FROM with the name of an object");
            }
            String object = readFrom(from + 1);
            grouped = outermost("GROUP", from) < tokens.size() || hasAggregate(from);
            List<Item> items = new ArrayList<>();
            do {
                items.add(item(from));
            } while (take(","));
            if (at != from) {
                throw unreadable("has '" + tokens.get(at).text() + "' where a comma or FROM is expected");
            }
            boolean counts = items.size() == 1
                    && items.get(0).functions().equals(List.of("COUNT"))
                    && items.get(0).path().isEmpty();
            return new SoqlSelect(
                    object,
                    List.copyOf(items),
                    grouped,
                    counts,
                    outermost("ORDER", from) < tokens.size(),
                    restOnly(items, from));
        }

        private Optional<String> restOnly(List<Item> items, int from) {
            if (grouped) {
                return Optional.of("aggregates or GROUP BY");
            }
            for (Item item : items) {
                switch (item.shape()) {
                    case CHILD -> {
                        return Optional.of("a child subquery");
                    }
                    case TYPEOF -> {
                        return Optional.of("TYPEOF");
                    }
                    case FIELDS -> {
                        return Optional.of("FIELDS()");
                    }
                    default -> {}
                }
            }
            return outermost("OFFSET", from) < tokens.size() ? Optional.of("OFFSET") : Optional.empty();
        }

        /** Where a word stands outside of all parentheses, or the number of tokens. */
        private int outermost(String word, int start) {
            int depth = 0;
            for (int i = start; i < tokens.size(); i++) {
                Token token = tokens.get(i);
                depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
                if (depth == 0 && token.is(word)) {
                    return i;
                }
            }
            return tokens.size();
        }

        private boolean hasAggregate(int from) {
            int depth = 0;
            for (int i = at; i + 1 < from; i++) {
                if (tokens.get(i).is("(") && tokens.get(i + 1).is("SELECT")) {
                    depth = skipped(i);
                    i = depth - 1;
                } else if (tokens.get(i).kind() == Kind.WORD
                        && tokens.get(i + 1).is("(")
                        && AGGREGATES.contains(upper(i))) {
                    return true;
                }
            }
            return false;
        }

        /** Reads {@code Contact c, c.Account a} and returns the root object. */
        private String readFrom(int start) {
            String object = tokens.get(start).text();
            int i = start;
            while (i < tokens.size() && tokens.get(i).kind() == Kind.WORD) {
                String path = i == start ? "" : resolved(tokens.get(i).text());
                i++;
                if (i < tokens.size() && tokens.get(i).is("AS")) {
                    i++;
                }
                if (i < tokens.size() && tokens.get(i).kind() == Kind.WORD && !AFTER_OBJECT.contains(upper(i))) {
                    aliases.put(tokens.get(i).text().toLowerCase(Locale.ROOT), path);
                    i++;
                }
                if (i >= tokens.size() || !tokens.get(i).is(",")) {
                    break;
                }
                i++;
            }
            aliases.putIfAbsent(object.toLowerCase(Locale.ROOT), "");
            return object;
        }

        /** The path from the root object, without the object's own name or an alias before it. */
        private String resolved(String path) {
            int dot = path.indexOf('.');
            String before = dot < 0 ? null : aliases.get(path.substring(0, dot).toLowerCase(Locale.ROOT));
            if (before == null) {
                return path;
            }
            return before.isEmpty() ? path.substring(dot + 1) : before + path.substring(dot);
        }

        private Item item(int from) {
            if (tokens.get(at).is("(")) {
                return child();
            }
            if (tokens.get(at).is("TYPEOF") && at + 1 < from) {
                String path = resolved(tokens.get(at + 1).text());
                while (at < from && !take("END")) {
                    at++;
                }
                return new Item(Shape.TYPEOF, path, List.of(path.split("\\.")), List.of(), "");
            }
            if (tokens.get(at).kind() != Kind.WORD) {
                throw unreadable("has '" + tokens.get(at).text() + "' where a field is expected"
                        + (tokens.get(at).is("*")
                                ? ", and SOQL has no *: name the fields, or write FIELDS(STANDARD)"
                                : ""));
            }
            return at + 1 < from && tokens.get(at + 1).is("(") ? function(from) : field(from);
        }

        private Item field(int from) {
            String path = resolved(tokens.get(at++).text());
            if (at < from && tokens.get(at).kind() == Kind.WORD) {
                String alias = tokens.get(at++).text();
                return new Item(Shape.FIELD, alias, List.of(alias), List.of(), path);
            }
            // The rows of an aggregate query are flat: Account.Name is under Name.
            List<String> keys =
                    grouped ? List.of(path.substring(path.lastIndexOf('.') + 1)) : List.of(path.split("\\."));
            return new Item(Shape.FIELD, path, keys, List.of(), path);
        }

        private Item child() {
            int end = skipped(at);
            int inner = at + 1;
            int depth = 0;
            for (int i = inner; i < end; i++) {
                depth += tokens.get(i).is("(") ? 1 : tokens.get(i).is(")") ? -1 : 0;
                if (depth == 0 && tokens.get(i).is("FROM") && i + 1 < end) {
                    String path = tokens.get(i + 1).text();
                    String name = path.substring(path.lastIndexOf('.') + 1);
                    at = end;
                    return new Item(Shape.CHILD, name, List.of(name), List.of(), "");
                }
            }
            throw unreadable("has a subquery without FROM");
        }

        /** The token behind the parenthesis that closes this one. */
        private int skipped(int open) {
            int depth = 0;
            for (int i = open; i < tokens.size(); i++) {
                depth += tokens.get(i).is("(") ? 1 : tokens.get(i).is(")") ? -1 : 0;
                if (depth == 0) {
                    return i + 1;
                }
            }
            throw unreadable("has a parenthesis that is not closed");
        }

        private Item function(int from) {
            int end = skipped(at + 1);
            List<String> functions = new ArrayList<>();
            String path = "";
            for (int i = at; i < end && path.isEmpty(); i++) {
                if (tokens.get(i).kind() == Kind.WORD) {
                    if (i + 1 < end && tokens.get(i + 1).is("(")) {
                        functions.add(upper(i));
                    } else {
                        path = resolved(tokens.get(i).text());
                    }
                }
            }
            at = end;
            if (functions.get(0).equals("FIELDS")) {
                return new Item(Shape.FIELDS, "", List.of(), List.of(path.toUpperCase(Locale.ROOT)), "");
            }
            if (at < from && tokens.get(at).kind() == Kind.WORD) {
                String alias = tokens.get(at++).text();
                return new Item(Shape.FUNCTION, alias, List.of(alias), List.copyOf(functions), path);
            }
            if (OUTPUT_FORMS.containsAll(functions) && !grouped) {
                return new Item(Shape.FUNCTION, path, List.of(path.split("\\.")), List.copyOf(functions), path);
            }
            String name = "expr" + unnamed++;
            return new Item(Shape.FUNCTION, name, List.of(name), List.copyOf(functions), path);
        }

        private boolean take(String word) {
            if (at < tokens.size() && tokens.get(at).is(word)) {
                at++;
                return true;
            }
            return false;
        }

        private String upper(int position) {
            return tokens.get(position).text().toUpperCase(Locale.ROOT);
        }

        private static IllegalArgumentException unreadable(String problem) {
            return new IllegalArgumentException(
                    "The query " + problem + "; typed rows need SELECT items FROM object, records() sends it as it is");
        }
    }
}
