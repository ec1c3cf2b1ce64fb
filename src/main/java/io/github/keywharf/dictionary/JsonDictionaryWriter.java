package io.github.keywharf.dictionary;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.dictionary.DictionaryType.Field;
import java.util.List;
import java.util.Map;

/** Builds the tree that {@link JsonDictionaryReader} reads. What is absent has no member. */
final class JsonDictionaryWriter {
    private JsonDictionaryWriter() {}

    static ObjectNode tree(ObjectNode root, DataDictionary dictionary) {
        root.put("version", JsonDictionary.VERSION).put("cluster", dictionary.cluster());
        root.put("server", dictionary.version()).put("read", dictionary.read().toString());
        ObjectNode scope =
                root.putObject("scope").put("kind", dictionary.scope().kind().name());
        texts(scope.putArray("roles"), dictionary.scope().roles());
        ArrayNode keyspaces = root.putArray("keyspaces");
        dictionary.keyspaces().forEach(keyspace -> keyspace(keyspaces.addObject(), keyspace));
        ArrayNode roles = root.putArray("roles");
        for (DictionaryRole role : dictionary.roles()) {
            ObjectNode node = roles.addObject().put("name", role.name());
            node.put("superuser", role.superuser()).put("login", role.login());
            role.memberOf().ifPresent(others -> texts(node.putArray("memberOf"), others));
        }
        ArrayNode grants = root.putArray("grants");
        for (DictionaryGrant grant : dictionary.grants()) {
            ObjectNode node = grants.addObject().put("role", grant.role()).put("resource", grant.resource());
            texts(node.putArray("permissions"), grant.permissions());
        }
        ArrayNode notes = root.putArray("notes");
        for (DictionaryNote note : dictionary.notes()) {
            notes.addObject()
                    .put("path", note.path())
                    .put("text", note.text())
                    .put("by", note.by())
                    .put("at", note.at().toString());
        }
        return root;
    }

    private static void keyspace(ObjectNode node, DictionaryKeyspace keyspace) {
        node.put("name", keyspace.name()).put("kind", keyspace.kind().name());
        node.put("whole", keyspace.whole()).put("durableWrites", keyspace.durableWrites());
        map(node.putObject("replication"), keyspace.replication());
        ArrayNode tables = node.putArray("tables");
        keyspace.tables().forEach(table -> table(tables.addObject(), table));
        ArrayNode types = node.putArray("types");
        for (DictionaryType type : keyspace.types()) {
            fields(types.addObject().put("name", type.name()).putArray("fields"), type.fields());
        }
        ArrayNode functions = node.putArray("functions");
        for (DictionaryFunction function : keyspace.functions()) {
            ObjectNode made = functions.addObject().put("name", function.name());
            fields(made.putArray("arguments"), function.arguments());
            made.put("returns", function.returns()).put("language", function.language());
            made.put("body", function.body()).put("calledOnNull", function.calledOnNull());
        }
        ArrayNode aggregates = node.putArray("aggregates");
        for (DictionaryAggregate aggregate : keyspace.aggregates()) {
            ObjectNode made = aggregates.addObject().put("name", aggregate.name());
            texts(made.putArray("argumentTypes"), aggregate.argumentTypes());
            made.put("returns", aggregate.returns());
            made.put("stateFunction", aggregate.stateFunction()).put("stateType", aggregate.stateType());
            aggregate.finalFunction().ifPresent(function -> made.put("finalFunction", function));
            aggregate.initialState().ifPresent(state -> made.put("initialState", state));
        }
    }

    private static void table(ObjectNode node, DictionaryTable table) {
        node.put("name", table.name()).put("comment", table.comment());
        table.view()
                .ifPresent(view -> node.putObject("view")
                        .put("baseTable", view.baseTable())
                        .put("where", view.where())
                        .put("allColumns", view.allColumns()));
        ArrayNode columns = node.putArray("columns");
        for (DictionaryColumn column : table.columns()) {
            ObjectNode made = columns.addObject().put("name", column.name()).put("type", column.type());
            made.put("kind", column.kind().name());
            if (column.position() != DictionaryColumn.NO_POSITION) {
                made.put("position", column.position());
            }
            column.order().ifPresent(order -> made.put("order", order.name()));
            column.mask().ifPresent(mask -> made.put("mask", mask));
        }
        ArrayNode indexes = node.putArray("indexes");
        for (DictionaryIndex index : table.indexes()) {
            ObjectNode made = indexes.addObject().put("name", index.name());
            made.put("kind", index.kind().name()).put("target", index.target());
            index.className().ifPresent(name -> made.put("class", name));
            map(made.putObject("options"), index.options());
        }
        map(node.putObject("options"), table.options());
        table.size()
                .ifPresent(size -> node.putObject("size")
                        .put("partitions", size.partitions())
                        .put("meanPartitionBytes", size.meanPartitionBytes()));
    }

    private static void fields(ArrayNode array, List<Field> fields) {
        fields.forEach(field -> array.addObject().put("name", field.name()).put("type", field.type()));
    }

    private static void texts(ArrayNode array, List<String> texts) {
        texts.forEach(array::add);
    }

    private static void map(ObjectNode node, Map<String, String> map) {
        map.forEach(node::put);
    }
}
