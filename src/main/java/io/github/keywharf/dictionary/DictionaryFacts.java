package io.github.keywharf.dictionary;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lists the objects of a dictionary, parents before their parts. */
final class DictionaryFacts {
    private final List<DictionaryFact> facts = new ArrayList<>();
    private final Map<String, DictionaryNote> notes;

    private DictionaryFacts(Map<String, DictionaryNote> notes) {
        this.notes = notes;
    }

    static List<DictionaryFact> of(DataDictionary dictionary) {
        DictionaryFacts facts = new DictionaryFacts(dictionary.notesByPath());
        dictionary.keyspaces().forEach(facts::keyspace);
        dictionary.roles().forEach(facts::role);
        dictionary.grants().forEach(facts::grant);
        return facts.facts;
    }

    private void keyspace(DictionaryKeyspace keyspace) {
        FactKey key = new FactKey(DictionaryObject.KEYSPACE, keyspace.name());
        Map<String, String> attributes = attributesWithNote(keyspace.name());
        keyspace.options().replication().forEach((option, value) -> attributes.put("replication " + option, value));
        attributes.put("durable writes", String.valueOf(keyspace.options().durableWrites()));
        add(key, key, keyspace.name(), keyspace.options().toString(), attributes);
        keyspace.types().forEach(type -> type(key, type));
        keyspace.tables().forEach(table -> table(key, table));
        keyspace.functions().forEach(function -> function(key, function));
        keyspace.aggregates().forEach(aggregate -> aggregate(key, aggregate));
    }

    private void function(FactKey keyspace, DictionaryFunction function) {
        Map<String, String> attributes = new LinkedHashMap<>();
        String arguments = function.arguments().stream()
                .map(DictionaryType.Field::toString)
                .toList()
                .toString();
        attributes.put(DictionaryFact.TYPE, arguments + " returns " + function.returns());
        attributes.put("language", function.language());
        attributes.put("called on null", String.valueOf(function.calledOnNull()));
        attributes.put("body", function.body());
        FactKey key = new FactKey(DictionaryObject.FUNCTION, function.path());
        add(key, keyspace, function.name(), "returns " + function.returns(), attributes);
    }

    private void aggregate(FactKey keyspace, DictionaryAggregate aggregate) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put(DictionaryFact.TYPE, aggregate.argumentTypes() + " returns " + aggregate.returns());
        attributes.put("state function", aggregate.stateFunction());
        attributes.put("state type", aggregate.stateType());
        attributes.put("final function", aggregate.finalFunction().orElse(""));
        attributes.put("initial state", aggregate.initialState().orElse("null"));
        FactKey key = new FactKey(DictionaryObject.AGGREGATE, aggregate.path());
        add(key, keyspace, aggregate.name(), "returns " + aggregate.returns(), attributes);
    }

    private void type(FactKey keyspace, DictionaryType type) {
        FactKey key = new FactKey(DictionaryObject.TYPE, type.path());
        Map<String, String> order = new LinkedHashMap<>();
        order.put(
                "fields",
                String.join(
                        ", ",
                        type.fields().stream().map(DictionaryType.Field::name).toList()));
        add(key, keyspace, type.name(), Texts.count(type.fields().size(), "field"), order);
        for (DictionaryType.Field field : type.fields()) {
            add(
                    new FactKey(DictionaryObject.FIELD, type.path() + "." + field.name()),
                    key,
                    field.name(),
                    field.type(),
                    new LinkedHashMap<>(Map.of(DictionaryFact.TYPE, field.type())));
        }
    }

    private void table(FactKey keyspace, DictionaryTable table) {
        FactKey key = new FactKey(table.isView() ? DictionaryObject.VIEW : DictionaryObject.TABLE, table.path());
        Map<String, String> attributes = attributesWithNote(table.path());
        attributes.put(DictionaryFact.COMMENT, table.comment());
        attributes.put("key", table.key());
        table.view().ifPresent(view -> {
            attributes.put("base table", view.baseTable());
            attributes.put("where", view.where());
            attributes.put("all columns", String.valueOf(view.allColumns()));
        });
        table.options().forEach((option, value) -> attributes.put("option " + option, value));
        add(key, keyspace, table.name(), table.key(), attributes);
        table.columns().forEach(column -> column(key, column));
        table.indexes().forEach(index -> index(key, index));
    }

    private void column(FactKey table, DictionaryColumn column) {
        String path = table.path() + "." + column.name();
        Map<String, String> attributes = attributesWithNote(path);
        attributes.put(DictionaryFact.TYPE, column.type());
        attributes.put("kind", column.role());
        attributes.put("mask", column.mask().orElse(""));
        add(new FactKey(DictionaryObject.COLUMN, path), table, column.name(), column.type(), attributes);
    }

    private void index(FactKey table, DictionaryIndex index) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put(DictionaryFact.TYPE, index.kind().label());
        attributes.put("target", index.target());
        attributes.put("class", index.className().orElse(""));
        index.options().forEach((option, value) -> attributes.put("option " + option, value));
        FactKey key = new FactKey(DictionaryObject.INDEX, table.path() + "." + index.name());
        add(key, table, index.name(), "on " + index.target(), attributes);
    }

    private void role(DictionaryRole role) {
        FactKey key = new FactKey(DictionaryObject.ROLE, role.name());
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("superuser", String.valueOf(role.superuser()));
        attributes.put("login", String.valueOf(role.login()));
        role.memberOf().ifPresent(roles -> attributes.put("member of", String.join(", ", roles)));
        add(key, key, role.name(), "", attributes);
    }

    private void grant(DictionaryGrant grant) {
        FactKey key = new FactKey(DictionaryObject.GRANT, grant.role() + " on " + grant.resource());
        String permissions = String.join(", ", grant.permissions());
        add(key, parent(grant), grant.role(), permissions, new LinkedHashMap<>(Map.of("permissions", permissions)));
    }

    /**
     * Returns the parent of a grant, whose addition or removal implies that of the grant: a creator has all rights on a new
     * table.
     */
    private static FactKey parent(DictionaryGrant grant) {
        String resource = grant.resource();
        for (String keyspace : new String[] {"keyspace ", "all tables in ", "all functions in "}) {
            if (resource.startsWith(keyspace)) {
                return new FactKey(DictionaryObject.KEYSPACE, resource.substring(keyspace.length()));
            }
        }
        for (DictionaryObject object :
                new DictionaryObject[] {DictionaryObject.TABLE, DictionaryObject.FUNCTION, DictionaryObject.ROLE}) {
            if (resource.startsWith(object.label() + " ")) {
                return new FactKey(object, resource.substring(object.label().length() + 1));
            }
        }
        return new FactKey(DictionaryObject.ROLE, grant.role());
    }

    private Map<String, String> attributesWithNote(String path) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put(
                DictionaryFact.NOTE,
                Optional.ofNullable(notes.get(path)).map(DictionaryNote::text).orElse(""));
        return attributes;
    }

    private void add(FactKey key, FactKey parent, String name, String brief, Map<String, String> attributes) {
        facts.add(new DictionaryFact(key, parent, name, brief, attributes));
    }
}
