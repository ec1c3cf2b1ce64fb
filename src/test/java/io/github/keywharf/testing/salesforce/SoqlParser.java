package io.github.keywharf.testing.salesforce;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads SOQL, and refuses with MALFORMED_QUERY what the service refuses ("SOQL SELECT Syntax", "Quoted String Escape Sequences"). */
final class SoqlParser {
    private static final Set<String> AGGREGATES = Set.of("COUNT", "COUNT_DISTINCT", "MAX", "MIN", "SUM", "AVG");
    private static final Set<String> ENDS = Set.of(
            "FROM", "WHERE", "GROUP", "ORDER", "LIMIT", "OFFSET", "ALL", "AND", "OR", "HAVING", "FOR", "WITH", "USING",
            "ASC", "DESC", "NULLS");

    private final List<Token> tokens;
    private int position;

    private SoqlParser(List<Token> tokens) {
        this.tokens = tokens;
    }

    static Soql parse(String soql) {
        SoqlParser parser = new SoqlParser(tokens(soql));
        Soql query = parser.query(false);
        if (parser.position < parser.tokens.size()) {
            throw parser.unexpected();
        }
        return query;
    }

    private record Token(char kind, String text) {
        boolean is(String word) {
            return kind != '\'' && text.equalsIgnoreCase(word);
        }
    }

    private static List<Token> tokens(String soql) {
        List<Token> tokens = new ArrayList<>();
        int i = 0;
        while (i < soql.length()) {
            char c = soql.charAt(i);
            if (Character.isWhitespace(c)) {
                i++;
            } else if (c == '\'') {
                int end = i + 1;
                while (end < soql.length() && soql.charAt(end) != '\'') {
                    end += soql.charAt(end) == '\\' ? 2 : 1;
                }
                if (end >= soql.length()) {
                    throw Refusal.malformedQuery("line 1:" + (i + 1) + " mismatched character '<EOF>' expecting '''");
                }
                tokens.add(new Token('\'', soql.substring(i + 1, end)));
                i = end + 1;
            } else if (c == '<' || c == '>' || c == '!' || c == '=') {
                int length = (i + 1 < soql.length() && soql.charAt(i + 1) == '=' && c != '=')
                                || (c == '<' && soql.startsWith("<>", i))
                        ? 2
                        : 1;
                tokens.add(new Token('o', soql.substring(i, i + length)));
                i += length;
            } else if (c == '(' || c == ')' || c == ',') {
                tokens.add(new Token('o', String.valueOf(c)));
                i++;
            } else if (isWord(c)) {
                int end = i;
                while (end < soql.length() && isWord(soql.charAt(end))) {
                    end++;
                }
                tokens.add(new Token('w', soql.substring(i, end)));
                i = end;
            } else {
                throw Refusal.malformedQuery("line 1:" + i + " no viable alternative at character '" + c + "'");
            }
        }
        return tokens;
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '-' || c == '+' || c == ':';
    }

    private Soql query(boolean inner) {
        expect("SELECT");
        List<Soql.Item> items = new ArrayList<>();
        do {
            items.add(item(inner));
        } while (accept(","));
        expect("FROM");
        String object = name();
        if (peek() != null && tokens.get(position).kind == 'w' && !ENDS.contains(upper())) {
            String alias = name();
            items = items.stream().map(item -> withoutAlias(item, alias)).toList();
        }
        Soql.Condition where = accept("WHERE") ? condition() : null;
        List<String> groupBy = new ArrayList<>();
        if (accept("GROUP")) {
            expect("BY");
            do {
                groupBy.add(name());
            } while (accept(","));
        }
        List<Soql.Order> orderBy = new ArrayList<>();
        if (accept("ORDER")) {
            expect("BY");
            do {
                orderBy.add(order());
            } while (accept(","));
        }
        int limit = accept("LIMIT") ? number() : -1;
        int offset = accept("OFFSET") ? number() : 0;
        boolean allRows = accept("ALL");
        if (allRows) {
            expect("ROWS");
        }
        Soql query = new Soql(List.copyOf(items), object, where, groupBy, orderBy, limit, offset, allRows);
        check(query);
        return query;
    }

    private static Soql.Item withoutAlias(Soql.Item item, String alias) {
        if (item instanceof Soql.Path path
                && path.path().toLowerCase(Locale.ROOT).startsWith(alias.toLowerCase(Locale.ROOT) + ".")) {
            return new Soql.Path(path.path().substring(alias.length() + 1));
        }
        return item;
    }

    private static void check(Soql query) {
        Set<String> seen = new HashSet<>();
        for (Soql.Item item : query.items()) {
            if (item instanceof Soql.Aliased && !query.isAggregate()) {
                throw Refusal.malformedQuery("only aggregate expressions use field aliasing");
            }
            if (item instanceof Soql.Path path && !seen.add(path.path().toLowerCase(Locale.ROOT))) {
                throw new Refusal(400, "INVALID_FIELD", "duplicate field selected: " + path.path());
            }
            if (item instanceof Soql.Fields && !query.groupBy().isEmpty()) {
                throw Refusal.malformedQuery("The SOQL FIELDS function is not supported with GROUP BY");
            }
            if (query.isAggregate() && item instanceof Soql.Path path && !grouped(query, path.path())) {
                throw Refusal.malformedQuery("Field must be grouped or aggregated: " + path.path());
            }
            if (query.isAggregate() && item instanceof Soql.Children) {
                throw Refusal.malformedQuery("subqueries are not allowed with aggregates");
            }
        }
        if (query.items().size() > 1 && query.aggregates().anyMatch(each -> each.path() == null)) {
            throw Refusal.malformedQuery("COUNT() must be the only element in the SELECT list");
        }
        for (Soql.Order order : query.orderBy()) {
            if (query.isAggregate() && order.item() instanceof Soql.Path path && !grouped(query, path.path())) {
                throw Refusal.malformedQuery("Ordered field must be grouped or aggregated: " + path.path());
            }
        }
        if (query.offset() > 2_000) {
            throw new Refusal(400, "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000");
        }
    }

    private static boolean grouped(Soql query, String path) {
        return query.groupBy().stream().anyMatch(path::equalsIgnoreCase);
    }

    private Soql.Item item(boolean inner) {
        if (accept("(")) {
            if (inner) {
                throw unexpected();
            }
            Soql children = query(true);
            expect(")");
            return new Soql.Children(children);
        }
        if (peek() != null && tokens.get(position).is("TYPEOF")) {
            while (!accept("END")) {
                next();
            }
            return new Soql.TypeOf();
        }
        String name = name();
        if (accept("(")) {
            String function = name.toUpperCase(Locale.ROOT);
            if (function.equals("FIELDS")) {
                String kind = name().toUpperCase(Locale.ROOT);
                expect(")");
                return new Soql.Fields(kind);
            }
            if (!AGGREGATES.contains(function)) {
                throw Refusal.malformedQuery("unexpected token: '('");
            }
            String path = accept(")") ? null : name();
            if (path != null) {
                expect(")");
            } else if (!function.equals("COUNT")) {
                throw Refusal.malformedQuery("unexpected token: ')'");
            }
            return new Soql.Aggregate(function, path, alias());
        }
        String alias = alias();
        return alias == null ? new Soql.Path(name) : new Soql.Aliased(name, alias);
    }

    private @Nullable String alias() {
        Token token = peek();
        return token != null && token.kind == 'w' && !ENDS.contains(upper()) ? name() : null;
    }

    private Soql.Order order() {
        Soql.Item item = item(true);
        boolean descending = accept("DESC");
        if (!descending) {
            accept("ASC");
        }
        boolean last = false;
        if (accept("NULLS")) {
            last = accept("LAST");
            if (!last) {
                expect("FIRST");
            }
        }
        return new Soql.Order(item, descending, last);
    }

    /** AND and OR may not be mixed without parentheses ("Condition Expression Syntax"). */
    private Soql.Condition condition() {
        List<Soql.Condition> parts = new ArrayList<>();
        parts.add(simple());
        String joined = null;
        while (peek() != null
                && (tokens.get(position).is("AND") || tokens.get(position).is("OR"))) {
            String word = upper();
            if (joined != null && !joined.equals(word)) {
                throw unexpected();
            }
            joined = word;
            position++;
            parts.add(simple());
        }
        return parts.size() == 1 ? parts.get(0) : "AND".equals(joined) ? new Soql.All(parts) : new Soql.Any(parts);
    }

    private Soql.Condition simple() {
        if (accept("NOT")) {
            return new Soql.Not(simple());
        }
        if (accept("(")) {
            Soql.Condition inner = condition();
            expect(")");
            return inner;
        }
        String path = name();
        boolean negated = accept("NOT");
        if (negated || (peek() != null && tokens.get(position).is("IN"))) {
            expect("IN");
            expect("(");
            List<Soql.Literal> literals = new ArrayList<>();
            do {
                literals.add(literal());
            } while (accept(","));
            expect(")");
            return new Soql.In(path, negated, literals);
        }
        Token operator = next();
        String text = operator.text.toUpperCase(Locale.ROOT);
        if (!Set.of("=", "!=", "<>", "<", ">", "<=", ">=", "LIKE").contains(text)) {
            position--;
            throw unexpected();
        }
        return new Soql.Compare(path, text.equals("<>") ? "!=" : text, literal());
    }

    private Soql.Literal literal() {
        Token token = next();
        if (token.kind == '\'') {
            return new Soql.Literal("string", token.text);
        }
        String text = token.text;
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
            return new Soql.Literal("boolean", text.toLowerCase(Locale.ROOT));
        }
        if (text.equalsIgnoreCase("null")) {
            return new Soql.Literal("null", "");
        }
        if (text.matches("[+-]?[0-9]*\\.?[0-9]+([eE][+-]?[0-9]+)?")) {
            return new Soql.Literal("number", text);
        }
        if (text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
            return new Soql.Literal("date", text);
        }
        if (text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,18}(Z|[+-][0-9]{2}:?[0-9]{2})")) {
            return new Soql.Literal("datetime", text);
        }
        if (text.matches("[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z?")) {
            return new Soql.Literal("time", text);
        }
        if (text.matches("(?i)TODAY|YESTERDAY|TOMORROW|(LAST|NEXT)_N_DAYS:[0-9]{1,4}")) {
            return new Soql.Literal("named", text.toUpperCase(Locale.ROOT));
        }
        position--;
        throw unexpected();
    }

    private int number() {
        String text = next().text;
        if (!text.matches("[0-9]{1,9}")) {
            position--;
            throw unexpected();
        }
        return Integer.parseInt(text);
    }

    private String name() {
        Token token = next();
        if (token.kind != 'w' || !token.text.matches("[A-Za-z][A-Za-z0-9_.]*") || token.is("FROM")) {
            position--;
            throw unexpected();
        }
        return token.text;
    }

    private @Nullable Token peek() {
        return position < tokens.size() ? tokens.get(position) : null;
    }

    private String upper() {
        return tokens.get(position).text.toUpperCase(Locale.ROOT);
    }

    private Token next() {
        if (position >= tokens.size()) {
            throw unexpected();
        }
        return tokens.get(position++);
    }

    private boolean accept(String word) {
        Token token = peek();
        if (token != null && token.is(word)) {
            position++;
            return true;
        }
        return false;
    }

    private void expect(String word) {
        if (!accept(word)) {
            throw unexpected();
        }
    }

    private Refusal unexpected() {
        Token token = peek();
        return Refusal.malformedQuery(
                token == null ? "unexpected token: '<EOF>'" : "unexpected token: '" + token.text + "'");
    }
}
