package io.github.keywharf.sharing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.Schema;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * A condition as the hints of a query, by which the server may leave out files. What hints cannot say is left out where the
 * rest is still true of each row that fits, so that they never lose one.
 *
 * @param json the condition as the protocol's JSON predicates have it
 * @param sql the parts that must all be true and are comparisons, for servers that know only those
 */
record ClientHints(Optional<ObjectNode> json, List<String> sql) {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /**
     * What is known of a part.
     *
     * @param exact whether the predicate is true for no other rows than the condition is, so that it can be negated
     */
    private record Part(Optional<ObjectNode> json, List<String> sql, boolean exact) {
        static final Part UNKNOWN = new Part(Optional.empty(), List.of(), false);
    }

    static ClientHints of(Condition condition, Schema schema) {
        Part all = condition.accept(new Visitor(schema));
        return new ClientHints(all.json(), all.sql());
    }

    private record Visitor(Schema schema) implements Condition.Visitor<Part> {

        @Override
        public Part comparison(String column, String operator, Object value) {
            String type = type(schema.column(column));
            Optional<String> literal = literal(type, value);
            if (literal.isEmpty()) {
                return Part.UNKNOWN;
            }
            String op = switch (operator) {
                case "=" -> "equal";
                case "<" -> "lessThan";
                case "<=" -> "lessThanOrEqual";
                case ">" -> "greaterThan";
                default -> "greaterThanOrEqual";
            };
            ObjectNode node = node(
                    op,
                    List.of(
                            column(column, type),
                            NODES.objectNode()
                                    .put("op", "literal")
                                    .put("value", literal.get())
                                    .put("valueType", type)));
            boolean plain = column.matches("[A-Za-z_][A-Za-z0-9_]*");
            // Servers differ in what quotes and backslashes within a text of SQL are.
            boolean sure = plain && !type.equals("bool") && !literal.get().matches("(?s).*['\\\\].*");
            boolean number = type.equals("int") || type.equals("long");
            String quoted = number ? literal.get() : "'" + literal.get() + "'";
            return new Part(
                    Optional.of(node), sure ? List.of(column + " " + operator + " " + quoted) : List.of(), true);
        }

        @Override
        public Part isNull(String column) {
            String type = type(schema.column(column));
            return type.isEmpty()
                    ? Part.UNKNOWN
                    : new Part(Optional.of(node("isNull", List.of(column(column, type)))), List.of(), true);
        }

        @Override
        public Part and(List<Part> parts) {
            List<ObjectNode> said =
                    parts.stream().flatMap(part -> part.json().stream()).toList();
            boolean exact =
                    parts.stream().allMatch(part -> part.exact() && part.json().isPresent());
            List<String> sql =
                    parts.stream().flatMap(part -> part.sql().stream()).toList();
            return new Part(
                    said.isEmpty() ? Optional.empty() : Optional.of(said.size() == 1 ? said.get(0) : node("and", said)),
                    sql,
                    exact);
        }

        @Override
        public Part or(List<Part> parts) {
            if (parts.isEmpty() || parts.stream().anyMatch(part -> part.json().isEmpty())) {
                return Part.UNKNOWN;
            }
            List<ObjectNode> said =
                    parts.stream().map(part -> part.json().orElseThrow()).toList();
            return new Part(
                    Optional.of(said.size() == 1 ? said.get(0) : node("or", said)),
                    parts.size() == 1 ? parts.get(0).sql() : List.of(),
                    parts.stream().allMatch(Part::exact));
        }

        @Override
        public Part not(Part part) {
            return part.exact() && part.json().isPresent()
                    ? new Part(Optional.of(node("not", List.of(part.json().get()))), List.of(), true)
                    : Part.UNKNOWN;
        }
    }

    private static ObjectNode node(String op, List<ObjectNode> children) {
        ObjectNode node = NODES.objectNode().put("op", op);
        node.putArray("children").addAll(children);
        return node;
    }

    private static ObjectNode column(String name, String type) {
        return NODES.objectNode().put("op", "column").put("name", name).put("valueType", type);
    }

    /** The type's name in hints; empty where they have none that every server knows. */
    private static String type(Column column) {
        return switch (column.type().kind()) {
            case BOOLEAN -> "bool";
            case INT32 -> "int";
            case INT64 -> "long";
            case STRING -> "string";
            case DATE -> "date";
            default -> "";
        };
    }

    private static Optional<String> literal(String type, Object value) {
        boolean said = switch (type) {
            case "bool" -> value instanceof Boolean;
            case "int" -> isWhole(value) && ((Number) value).longValue() == ((Number) value).intValue();
            case "long" -> isWhole(value);
            case "string" -> value instanceof String;
            case "date" -> value instanceof LocalDate;
            default -> false;
        };
        return said ? Optional.of(value.toString()) : Optional.empty();
    }

    private static boolean isWhole(Object value) {
        return value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte;
    }
}
