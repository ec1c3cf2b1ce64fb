package io.github.keywharf.sharing.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.sharing.server.HintColumns.Literal;
import io.github.keywharf.sharing.server.HintColumns.Operator;
import io.github.keywharf.sharing.server.Hints.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Predicates as a tree of JSON, as the protocol's section "JSON predicates for Filtering" has them. */
record JsonHint(HintColumns columns) {
    private static final JsonMapper JSON = new JsonMapper();

    /** What is understood of it; nothing when it is not JSON. */
    static Part parse(String text, HintColumns columns) {
        try {
            // Jackson refuses more than 1,000 levels.
            return new JsonHint(columns).part(JSON.readTree(text));
        } catch (JsonProcessingException e) {
            return Part.UNKNOWN;
        }
    }

    private Part part(JsonNode node) {
        JsonNode children = node.path("children");
        return switch (node.path("op").asText()) {
            case "and" -> Part.and(parts(children));
            case "or" -> Part.or(parts(children));
            case "not" -> children.size() == 1 ? part(children.get(0)).negated() : Part.UNKNOWN;
            case "isNull" ->
                children.size() == 1 && isColumn(children.get(0))
                        ? columns.isNull(children.get(0).path("name").asText())
                        : Part.UNKNOWN;
            case "equal" -> compare(Operator.EQ, children);
            case "lessThan" -> compare(Operator.LT, children);
            case "lessThanOrEqual" -> compare(Operator.LE, children);
            case "greaterThan" -> compare(Operator.GT, children);
            case "greaterThanOrEqual" -> compare(Operator.GE, children);
            case "in" -> in(children);
            default -> Part.UNKNOWN;
        };
    }

    private List<Part> parts(JsonNode children) {
        List<Part> parts = new ArrayList<>();
        children.forEach(child -> parts.add(part(child)));
        return parts;
    }

    private Part compare(Operator operator, JsonNode children) {
        if (children.size() != 2) {
            return Part.UNKNOWN;
        }
        JsonNode left = children.get(0);
        JsonNode right = children.get(1);
        return isColumn(left) ? compare(operator, left, right) : compare(operator.flipped(), right, left);
    }

    private Part compare(Operator operator, JsonNode column, JsonNode literal) {
        String type = literal.path("valueType").asText();
        Optional<Literal> kind = kind(type);
        if (!isColumn(column)
                || !literal.path("op").asText().equals("literal")
                || !literal.path("value").isValueNode()
                || literal.path("value").isNull()
                || kind.isEmpty()
                || !kind.equals(kind(column.path("valueType").asText()))) {
            return Part.UNKNOWN;
        }
        return columns.compare(
                column.path("name").asText(),
                operator,
                kind.get(),
                literal.path("value").asText());
    }

    private Part in(JsonNode children) {
        List<Part> parts = new ArrayList<>();
        for (int i = 1; i < children.size(); i++) {
            parts.add(compare(Operator.EQ, children.get(0), children.get(i)));
        }
        return Part.or(parts);
    }

    private static boolean isColumn(JsonNode node) {
        return node.path("op").asText().equals("column");
    }

    private static Optional<Literal> kind(String valueType) {
        return switch (valueType) {
            case "string" -> Optional.of(Literal.TEXT);
            case "int", "long" -> Optional.of(Literal.INTEGER);
            case "date" -> Optional.of(Literal.DATE);
            case "timestamp" -> Optional.of(Literal.TIMESTAMP);
            case "bool" -> Optional.of(Literal.BOOLEAN);
            default -> Optional.empty();
        };
    }
}
