package io.github.keywharf.dictionary;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.dictionary.DictionaryType.Field;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/** Reads the tree that {@link JsonDictionaryWriter} builds; members that it does not know are left alone. */
final class JsonDictionaryReader {
    private JsonDictionaryReader() {}

    static DataDictionary dictionary(JsonNode root) {
        JsonNode scope = root.required("scope");
        return new DataDictionary(
                text(root, "cluster"),
                text(root, "server"),
                Instant.parse(text(root, "read")),
                new DictionaryScope(DictionaryScope.Kind.valueOf(text(scope, "kind")), texts(scope, "roles")),
                list(root, "keyspaces", JsonDictionaryReader::keyspace),
                list(
                        root,
                        "roles",
                        node -> new DictionaryRole(
                                text(node, "name"),
                                flag(node, "superuser"),
                                flag(node, "login"),
                                node.has("memberOf") ? Optional.of(texts(node, "memberOf")) : Optional.empty())),
                list(
                        root,
                        "grants",
                        node -> new DictionaryGrant(
                                text(node, "role"), text(node, "resource"), texts(node, "permissions"))),
                list(
                        root,
                        "notes",
                        node -> new DictionaryNote(
                                text(node, "path"),
                                text(node, "text"),
                                text(node, "by"),
                                Instant.parse(text(node, "at")))));
    }

    private static DictionaryKeyspace keyspace(JsonNode node) {
        String name = text(node, "name");
        return new DictionaryKeyspace(
                name,
                DictionaryKeyspace.Kind.valueOf(text(node, "kind")),
                flag(node, "whole"),
                flag(node, "durableWrites"),
                map(node, "replication"),
                list(node, "tables", table -> table(name, table)),
                list(node, "types", type -> new DictionaryType(name, text(type, "name"), fields(type, "fields"))),
                list(
                        node,
                        "functions",
                        function -> new DictionaryFunction(
                                name,
                                text(function, "name"),
                                fields(function, "arguments"),
                                text(function, "returns"),
                                text(function, "language"),
                                text(function, "body"),
                                flag(function, "calledOnNull"))),
                list(
                        node,
                        "aggregates",
                        aggregate -> new DictionaryAggregate(
                                name,
                                text(aggregate, "name"),
                                texts(aggregate, "argumentTypes"),
                                text(aggregate, "returns"),
                                text(aggregate, "stateFunction"),
                                text(aggregate, "stateType"),
                                find(aggregate, "finalFunction"),
                                find(aggregate, "initialState"))));
    }

    private static DictionaryTable table(String keyspace, JsonNode node) {
        return new DictionaryTable(
                keyspace,
                text(node, "name"),
                text(node, "comment"),
                list(
                        node,
                        "columns",
                        column -> new DictionaryColumn(
                                text(column, "name"),
                                DictionaryColumn.Kind.valueOf(text(column, "kind")),
                                column.has("position")
                                        ? (int) number(column, "position")
                                        : DictionaryColumn.NO_POSITION,
                                find(column, "order").map(DictionaryColumn.Order::valueOf),
                                text(column, "type"),
                                find(column, "mask"))),
                list(
                        node,
                        "indexes",
                        index -> new DictionaryIndex(
                                text(index, "name"),
                                DictionaryIndex.Kind.valueOf(text(index, "kind")),
                                text(index, "target"),
                                find(index, "class"),
                                map(index, "options"))),
                map(node, "options"),
                Optional.ofNullable(node.get("view"))
                        .map(view -> new DictionaryView(
                                text(view, "baseTable"), text(view, "where"), flag(view, "allColumns"))),
                Optional.ofNullable(node.get("size"))
                        .map(size ->
                                new DictionarySize(number(size, "partitions"), number(size, "meanPartitionBytes"))));
    }

    private static List<Field> fields(JsonNode node, String member) {
        return list(node, member, field -> new Field(text(field, "name"), text(field, "type")));
    }

    private static <T> List<T> list(JsonNode node, String member, Function<JsonNode, T> reader) {
        JsonNode array = node.required(member);
        if (!array.isArray()) {
            throw new IllegalArgumentException("'" + member + "' is not an array");
        }
        return StreamSupport.stream(array.spliterator(), false).map(reader).toList();
    }

    private static List<String> texts(JsonNode node, String member) {
        return list(node, member, element -> checked(element, member));
    }

    private static Map<String, String> map(JsonNode node, String member) {
        Map<String, String> map = new LinkedHashMap<>();
        node.required(member).properties().forEach(entry -> map.put(entry.getKey(), checked(entry.getValue(), member)));
        return map;
    }

    private static Optional<String> find(JsonNode node, String member) {
        return Optional.ofNullable(node.get(member)).map(value -> checked(value, member));
    }

    private static String text(JsonNode node, String member) {
        return checked(node.required(member), member);
    }

    private static String checked(JsonNode value, String member) {
        if (!value.isTextual()) {
            throw new IllegalArgumentException("'" + member + "' is not text");
        }
        return value.textValue();
    }

    private static boolean flag(JsonNode node, String member) {
        JsonNode value = node.required(member);
        if (!value.isBoolean()) {
            throw new IllegalArgumentException("'" + member + "' is neither true nor false");
        }
        return value.booleanValue();
    }

    private static long number(JsonNode node, String member) {
        JsonNode value = node.required(member);
        if (!value.canConvertToLong() || !value.isIntegralNumber()) {
            throw new IllegalArgumentException("'" + member + "' is not a whole number");
        }
        return value.longValue();
    }
}
