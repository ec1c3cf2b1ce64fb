package io.github.keywharf.format.delta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The columns of a table as its metadata has them.
 *
 * @param logical as people name them
 * @param physical as files name them; the same types and the same order
 * @param small the columns whose whole numbers have fewer than 32 bits: {@code byte} or {@code short}
 * @param unwritable what an append could not keep
 */
record DeltaTypes(Schema logical, Schema physical, List<SmallColumn> small, Optional<String> unwritable) {

    /** A column of numbers of so many bits. */
    record SmallColumn(String name, int bits) {}

    private static final JsonMapper JSON = new JsonMapper();
    private static final String PHYSICAL_NAME = "delta.columnMapping.physicalName";
    private static final int MAX_DEPTH = 100;

    static DeltaTypes parse(String table, String json, boolean mapped) {
        Reader names = new Reader(table, false);
        Reader files = new Reader(table, mapped);
        try {
            JsonNode fields = JSON.readTree(json).path("fields");
            return new DeltaTypes(
                    Schema.of(names.columns(fields, 0)),
                    Schema.of(files.columns(fields, 0)),
                    small(fields),
                    unwritable(fields));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw DeltaErrors.corrupt(table, "its schema cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<SmallColumn> small(JsonNode fields) {
        List<SmallColumn> small = new ArrayList<>();
        for (JsonNode field : fields) {
            String type = field.path("type").asText();
            if (type.equals("byte") || type.equals("short")) {
                small.add(new SmallColumn(field.path("name").asText(), type.equals("byte") ? Byte.SIZE : Short.SIZE));
            }
        }
        return List.copyOf(small);
    }

    private static Optional<String> unwritable(JsonNode fields) {
        for (JsonNode field : fields) {
            JsonNode metadata = field.path("metadata");
            for (String rule : List.of(
                    "delta.invariants", "delta.generationExpression", "delta.identity.start", "CURRENT_DEFAULT")) {
                if (metadata.has(rule)) {
                    return Optional.of("the rule " + rule + " on the column '"
                            + field.path("name").asText() + "'");
                }
            }
            if (field.path("type").isContainerNode()
                    && field.path("type").toString().matches("(?s).*\"(byte|short)\".*")) {
                return Optional.of("numbers of 8 or 16 bits within the column '"
                        + field.path("name").asText() + "'");
            }
        }
        return Optional.empty();
    }

    /** Walks down a schema. */
    private record Reader(String table, boolean mapped) {

        List<Column> columns(JsonNode fields, int depth) {
            if (!fields.isArray() || fields.isEmpty() || depth > MAX_DEPTH) {
                throw new IllegalArgumentException(
                        fields.isArray() && !fields.isEmpty()
                                ? "it is more than " + MAX_DEPTH + " levels deep"
                                : "a struct has no fields");
            }
            List<Column> columns = new ArrayList<>();
            for (JsonNode field : fields) {
                String name = field.path("name").asText();
                String inFiles = field.path("metadata").path(PHYSICAL_NAME).asText(name);
                columns.add(new Column(
                        mapped ? inFiles : name,
                        type(field.path("type"), depth + 1),
                        field.path("nullable").asBoolean(true)));
            }
            return columns;
        }

        private ColumnType type(JsonNode type, int depth) {
            if (type.isTextual()) {
                return scalar(type.asText());
            }
            return switch (type.path("type").asText()) {
                case "struct" -> ColumnType.struct(columns(type.path("fields"), depth));
                case "array" ->
                    new ColumnType(
                            ColumnType.Kind.LIST,
                            0,
                            0,
                            List.of(new Column(
                                    "element",
                                    type(type.path("elementType"), depth + 1),
                                    type.path("containsNull").asBoolean(true))));
                case "map" ->
                    new ColumnType(
                            ColumnType.Kind.MAP,
                            0,
                            0,
                            List.of(
                                    Column.required("key", type(type.path("keyType"), depth + 1)),
                                    new Column(
                                            "value",
                                            type(type.path("valueType"), depth + 1),
                                            type.path("valueContainsNull").asBoolean(true))));
                default -> throw new IllegalArgumentException("'" + type + "' is not a type");
            };
        }

        private ColumnType scalar(String name) {
            return switch (name) {
                case "string" -> ColumnType.STRING;
                case "long" -> ColumnType.INT64;
                case "integer", "short", "byte" -> ColumnType.INT32;
                case "float" -> ColumnType.FLOAT32;
                case "double" -> ColumnType.FLOAT64;
                case "boolean" -> ColumnType.BOOLEAN;
                case "binary" -> ColumnType.BYTES;
                case "date" -> ColumnType.DATE;
                case "timestamp" -> ColumnType.TIMESTAMP_UTC;
                case "timestamp_ntz" -> ColumnType.TIMESTAMP;
                case "decimal" -> ColumnType.decimal(10, 0);
                default -> {
                    if (!name.startsWith("decimal(")) {
                        throw DeltaErrors.unsupported(table, "has a column of the type '" + name + "'");
                    }
                    yield ColumnType.parse(name.toLowerCase(Locale.ROOT).replace(" ", ""));
                }
            };
        }
    }

    /**
     * The JSON of a schema.
     *
     * @throws IllegalArgumentException when a column cannot be one of a Delta table
     */
    static String toJson(Schema schema) {
        Set<String> names = new HashSet<>();
        for (Column column : schema) {
            if (!names.add(column.name().toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException(
                        "Two columns are '" + column.name() + "', and Delta does not distinguish case");
            }
        }
        return struct(schema.columns()).toString();
    }

    private static ObjectNode struct(List<Column> columns) {
        ObjectNode struct = JSON.createObjectNode().put("type", "struct");
        ArrayNode fields = struct.putArray("fields");
        for (Column column : columns) {
            if (column.name().matches("(?s).*[ ,;{}()\\n\\t=].*")) {
                throw new IllegalArgumentException("The column '" + column.name()
                        + "' has a blank or one of ,;{}()= in its name, which Delta does not take");
            }
            ObjectNode field = fields.addObject().put("name", column.name());
            field.set("type", json(column));
            field.put("nullable", column.nullable()).putObject("metadata");
        }
        return struct;
    }

    private static JsonNode json(Column column) {
        ColumnType type = column.type();
        List<Column> children = type.children();
        String name = switch (type.kind()) {
            case STRUCT, LIST, MAP -> "";
            case BOOLEAN -> "boolean";
            case INT32 -> "integer";
            case INT64 -> "long";
            case FLOAT32 -> "float";
            case FLOAT64 -> "double";
            case DECIMAL -> type.toString();
            case STRING, JSON -> "string";
            case BYTES -> "binary";
            case DATE -> "date";
            case TIMESTAMP -> "timestamp_ntz";
            case TIMESTAMP_UTC -> "timestamp";
            case UUID, TIME ->
                throw new IllegalArgumentException(
                        "The column '" + column + "' has no type in Delta; retype it to string");
        };
        if (!name.isEmpty()) {
            return JSON.getNodeFactory().textNode(name);
        }
        if (type.kind() == ColumnType.Kind.STRUCT) {
            return struct(children);
        }
        ObjectNode nested = JSON.createObjectNode();
        if (type.kind() == ColumnType.Kind.LIST) {
            nested.put("type", "array").set("elementType", json(children.get(0)));
            return nested.put("containsNull", children.get(0).nullable());
        }
        nested.put("type", "map").set("keyType", json(children.get(0)));
        nested.set("valueType", json(children.get(1)));
        return nested.put("valueContainsNull", children.get(1).nullable());
    }

    /** Whether a type or one within it is of a kind. */
    static boolean has(ColumnType type, ColumnType.Kind kind) {
        return type.kind() == kind || type.children().stream().anyMatch(child -> has(child.type(), kind));
    }
}
