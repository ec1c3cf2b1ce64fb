package io.github.keywharf.sharing.server;

import io.github.keywharf.sharing.server.HintColumns.Literal;
import io.github.keywharf.sharing.server.HintColumns.Operator;
import io.github.keywharf.sharing.server.Hints.Part;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A predicate as SQL: comparisons of a column and a constant, IN, IS NULL, BETWEEN, AND, OR, NOT and parentheses, and casts that
 * change nothing, such as Spark adds. All else makes the whole predicate unknown.
 */
final class SqlHint {

    /** Deeper than people and programs nest. */
    private static final int MAX_DEPTH = 100;

    /** What a parenthesis holds is found by trying. */
    private static final int MAX_STEPS = 10_000;

    private static final int MAX_CHARACTERS = 64 * 1024;

    private static final Pattern TOKEN = Pattern.compile("\\s*(?:(?<name>[A-Za-z_][A-Za-z0-9_]*|`[^`]*`)"
            + "|(?<number>-?[0-9]+(?![0-9.eE])[LlSsYy]?)"
            + "|'(?<text>(?:[^'\\\\]++|'')*+)'"
            + "|(?<sign><=|>=|<>|!=|==|[=<>(),.]))");

    private static final Map<String, Operator> OPERATORS = Map.of(
            "=", Operator.EQ,
            "==", Operator.EQ,
            "<>", Operator.NE,
            "!=", Operator.NE,
            "<", Operator.LT,
            "<=", Operator.LE,
            ">", Operator.GT,
            ">=", Operator.GE);

    private enum TokenKind {
        NAME,
        NUMBER,
        TEXT,
        SIGN,
        END
    }

    private record Token(TokenKind kind, String text) {}

    /**
     * A side of a comparison.
     *
     * @param column its name, or null for a constant
     * @param literal what the constant is, or null for a column
     * @param text of the constant
     */
    private record Operand(
            @Nullable String column, @Nullable Literal literal, String text) {}

    /** Says that the text is beyond this parser. */
    private static final class NotUnderstood extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotUnderstood() {
            super("not understood", null, false, false);
        }
    }

    private final List<Token> tokens;
    private final HintColumns columns;
    private int at;
    private int depth;
    private int steps;

    private SqlHint(List<Token> tokens, HintColumns columns) {
        this.tokens = tokens;
        this.columns = columns;
    }

    /** What is understood of it. */
    static Part parse(String text, HintColumns columns) {
        try {
            require(text.length() <= MAX_CHARACTERS);
            SqlHint hint = new SqlHint(tokens(text), columns);
            Part part = hint.or();
            return hint.peek().kind() == TokenKind.END ? part : Part.UNKNOWN;
        } catch (NotUnderstood e) {
            return Part.UNKNOWN;
        }
    }

    private static List<Token> tokens(String text) {
        List<Token> tokens = new ArrayList<>();
        String trimmed = text.strip();
        Matcher matcher = TOKEN.matcher(trimmed);
        int end = 0;
        while (end < trimmed.length()) {
            matcher.region(end, trimmed.length());
            if (!matcher.lookingAt()) {
                throw new NotUnderstood();
            }
            end = matcher.end();
            if (matcher.group("name") != null) {
                tokens.add(new Token(TokenKind.NAME, matcher.group("name")));
            } else if (matcher.group("number") != null) {
                tokens.add(new Token(TokenKind.NUMBER, matcher.group("number").replaceAll("[LlSsYy]", "")));
            } else if (matcher.group("text") != null) {
                tokens.add(new Token(TokenKind.TEXT, matcher.group("text").replace("''", "'")));
            } else {
                tokens.add(new Token(TokenKind.SIGN, matcher.group("sign")));
            }
        }
        tokens.add(new Token(TokenKind.END, ""));
        return tokens;
    }

    private Token peek() {
        return tokens.get(at);
    }

    private boolean takes(TokenKind kind, String text) {
        Token token = peek();
        boolean same = token.kind() == kind && token.text().equalsIgnoreCase(text);
        if (same) {
            at++;
        }
        return same;
    }

    private boolean word(String word) {
        return takes(TokenKind.NAME, word);
    }

    private boolean sign(String sign) {
        return takes(TokenKind.SIGN, sign);
    }

    private static void require(boolean understood) {
        if (!understood) {
            throw new NotUnderstood();
        }
    }

    private Part or() {
        require(++depth <= MAX_DEPTH && ++steps <= MAX_STEPS);
        List<Part> parts = new ArrayList<>(List.of(and()));
        while (word("or")) {
            parts.add(and());
        }
        depth--;
        return parts.size() == 1 ? parts.get(0) : Part.or(parts);
    }

    private Part and() {
        List<Part> parts = new ArrayList<>(List.of(not()));
        while (word("and")) {
            parts.add(not());
        }
        return parts.size() == 1 ? parts.get(0) : Part.and(parts);
    }

    private Part not() {
        boolean negated = false;
        while (word("not")) {
            negated = !negated;
        }
        Part part = primary();
        return negated ? part.negated() : part;
    }

    private Part primary() {
        int start = at;
        int depthBefore = depth;
        if (sign("(")) {
            // Parentheses hold a predicate, or one side of a comparison.
            try {
                Part part = or();
                if (sign(")") && endsPredicate()) {
                    return part;
                }
            } catch (NotUnderstood e) {
                require(steps <= MAX_STEPS);
            }
            at = start;
            depth = depthBefore;
        }
        return comparison();
    }

    private boolean endsPredicate() {
        Token token = peek();
        return token.kind() == TokenKind.END
                || (token.kind() == TokenKind.SIGN && token.text().equals(")"))
                || (token.kind() == TokenKind.NAME && token.text().matches("(?i)and|or"));
    }

    private Part comparison() {
        Operand left = operand();
        if (word("is")) {
            boolean negated = word("not");
            require(word("null") && left.column() != null);
            Part isNull = columns.isNull(String.valueOf(left.column()));
            return negated ? isNull.negated() : isNull;
        }
        boolean negated = word("not");
        if (word("in")) {
            require(sign("("));
            List<Part> parts = new ArrayList<>();
            do {
                parts.add(compared(left, Operator.EQ, operand()));
            } while (sign(","));
            require(sign(")"));
            return negated ? Part.or(parts).negated() : Part.or(parts);
        }
        if (word("between")) {
            Part from = compared(left, Operator.GE, operand());
            require(word("and"));
            Part between = Part.and(List.of(from, compared(left, Operator.LE, operand())));
            return negated ? between.negated() : between;
        }
        require(!negated && peek().kind() == TokenKind.SIGN);
        Operator operator = OPERATORS.get(tokens.get(at++).text());
        require(operator != null);
        return compared(left, java.util.Objects.requireNonNull(operator), operand());
    }

    private Part compared(Operand left, Operator operator, Operand right) {
        if (left.column() != null && right.literal() != null) {
            return columns.compare(left.column(), operator, right.literal(), right.text());
        }
        if (right.column() != null && left.literal() != null) {
            return columns.compare(right.column(), operator.flipped(), left.literal(), left.text());
        }
        return Part.UNKNOWN;
    }

    private Operand operand() {
        require(++depth <= MAX_DEPTH && ++steps <= MAX_STEPS);
        Operand operand = sign("(") ? parenthesized() : simple();
        depth--;
        return operand;
    }

    private Operand parenthesized() {
        Operand operand = operand();
        require(sign(")"));
        return operand;
    }

    private Operand simple() {
        Token token = tokens.get(at);
        require(token.kind() != TokenKind.END);
        at++;
        switch (token.kind()) {
            case NUMBER -> {
                return new Operand(null, Literal.INTEGER, token.text());
            }
            case TEXT -> {
                return new Operand(null, Literal.TEXT, token.text());
            }
            case NAME -> {
                return name(token.text());
            }
            default -> throw new NotUnderstood();
        }
    }

    private Operand name(String name) {
        if (name.equalsIgnoreCase("true") || name.equalsIgnoreCase("false")) {
            return new Operand(null, Literal.BOOLEAN, name);
        }
        if (name.equalsIgnoreCase("date") && peek().kind() == TokenKind.TEXT) {
            return new Operand(null, Literal.DATE, tokens.get(at++).text());
        }
        if (name.equalsIgnoreCase("cast") && sign("(")) {
            return cast();
        }
        require(!name.matches("(?i)null|not|and|or|is|in|between"));
        StringBuilder whole = new StringBuilder(unquoted(name));
        while (sign(".")) {
            Token part = tokens.get(at++);
            require(part.kind() == TokenKind.NAME);
            whole.append('.').append(unquoted(part.text()));
        }
        // What has parentheses is a function.
        require(!(peek().kind() == TokenKind.SIGN && peek().text().equals("(")));
        return new Operand(whole.toString(), null, "");
    }

    /** A cast of a column to the type that it has; of a constant nothing is known. */
    private Operand cast() {
        Operand inner = operand();
        require(word("as") && peek().kind() == TokenKind.NAME);
        String type = tokens.get(at++).text().toLowerCase(Locale.ROOT);
        require(sign(")") && inner.column() != null);
        Optional<Kind> kind =
                columns.find(String.valueOf(inner.column())).map(Column::type).map(of -> of.kind());
        boolean same = kind.map(known -> switch (known) {
                    case STRING -> type.equals("string");
                    case INT32 ->
                        type.equals("int") || type.equals("integer") || type.equals("bigint") || type.equals("long");
                    case INT64 -> type.equals("bigint") || type.equals("long");
                    case DATE -> type.equals("date");
                    case BOOLEAN -> type.equals("boolean");
                    default -> false;
                })
                .orElse(false);
        require(same);
        return inner;
    }

    private static String unquoted(String name) {
        return name.startsWith("`") ? name.substring(1, name.length() - 1) : name;
    }
}
