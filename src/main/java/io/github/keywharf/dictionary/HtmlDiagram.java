package io.github.keywharf.dictionary;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What hangs together in a keyspace: tables with the types that they use and the views on them, each such group in layers
 * from left to right: types, those they are made of further left, then tables, then views. What hangs on nothing is a group
 * of its own. A type that many use holds no group together, which would be most of the keyspace in one heap.
 */
final class HtmlDiagram {

    /** One card. {@code uses} are types, {@code of} is a base table; both by id. */
    record Node(String id, int layer, Set<String> uses, String of) {
        Set<String> links() {
            Set<String> links = new LinkedHashSet<>(uses);
            if (!of.isEmpty()) {
                links.add(of);
            }
            return links;
        }
    }

    /** The layers of one group, without empty ones. */
    record Group(List<List<Node>> layers) {
        int size() {
            return layers.stream().mapToInt(List::size).sum();
        }
    }

    /** A type with more users than this joins nothing. */
    private static final int FEW_USERS = 6;

    /** Types nested deeper than this share a layer. */
    private static final int DEEPEST = 20;

    /** More types than this are all in one layer, however they are nested. */
    private static final int TYPES_IN_LAYERS = 1_000;

    private static final int TABLES = 1_000;
    private static final int VIEWS = TABLES + 1;

    private final DictionaryKeyspace keyspace;
    private final Map<String, Node> nodes = new LinkedHashMap<>();

    private HtmlDiagram(DictionaryKeyspace keyspace) {
        this.keyspace = keyspace;
    }

    static String typeId(DictionaryType type) {
        return "type " + type.path();
    }

    /** Groups, the largest first; those of one size in the order of the keyspace, types before tables. */
    static List<Group> of(DictionaryKeyspace keyspace) {
        return new HtmlDiagram(keyspace).groups();
    }

    private List<Group> groups() {
        Map<String, Set<String>> parts = new LinkedHashMap<>();
        keyspace.types().forEach(type -> parts.put(typeId(type), fieldTypes(type)));
        Map<String, Integer> depths = depths(parts);
        parts.forEach((id, used) -> nodes.put(id, new Node(id, TABLES - depths.getOrDefault(id, 1), used, "")));
        for (DictionaryTable table : keyspace.tables()) {
            String of = table.view()
                    .map(view -> keyspace.name() + "." + view.baseTable())
                    .orElse("");
            // A view's types are those of its table, to which it is linked already.
            boolean follows = !of.isEmpty()
                    && keyspace.findTable(table.view().get().baseTable()).isPresent();
            nodes.put(
                    table.path(),
                    new Node(
                            table.path(),
                            table.isView() ? VIEWS : TABLES,
                            follows ? Set.of() : columnTypes(table),
                            follows ? of : ""));
        }
        Map<String, String> parents = new LinkedHashMap<>();
        nodes.keySet().forEach(id -> parents.put(id, id));
        Map<String, Integer> users = new LinkedHashMap<>();
        nodes.values().forEach(node -> node.uses().forEach(type -> users.merge(type, 1, Integer::sum)));
        for (Node node : nodes.values()) {
            for (String link : node.links()) {
                if (users.getOrDefault(link, 0) <= FEW_USERS) {
                    parents.put(root(parents, node.id()), root(parents, link));
                }
            }
        }
        Map<String, List<Node>> members = new LinkedHashMap<>();
        nodes.values()
                .forEach(node -> members.computeIfAbsent(root(parents, node.id()), root -> new ArrayList<>())
                        .add(node));
        return members.values().stream()
                .map(this::layered)
                .sorted(Comparator.comparingInt(Group::size).reversed())
                .toList();
    }

    private static String root(Map<String, String> parents, String id) {
        String at = id;
        while (!at.equals(parents.getOrDefault(at, at))) {
            at = parents.getOrDefault(at, at);
        }
        return at;
    }

    private Group layered(List<Node> group) {
        List<List<Node>> layers = new ArrayList<>();
        List<Integer> numbers =
                group.stream().map(Node::layer).distinct().sorted().toList();
        for (int number : numbers) {
            layers.add(new ArrayList<>(
                    group.stream().filter(node -> node.layer() == number).toList()));
        }
        // Each card moves to the middle of those that it is linked to in the layer before, and few lines cross.
        for (int i = 1; i < layers.size(); i++) {
            List<Node> before = layers.get(i - 1);
            layers.get(i).sort(Comparator.comparingDouble(node -> middle(node, before)));
        }
        return new Group(layers);
    }

    private static double middle(Node node, List<Node> before) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < before.size(); i++) {
            if (node.links().contains(before.get(i).id())) {
                sum += i;
                count++;
            }
        }
        return count == 0 ? before.size() : sum / count;
    }

    /** How many types are between each one and a table: 1 for one that is a part of no other. */
    private Map<String, Integer> depths(Map<String, Set<String>> parts) {
        Map<String, List<String>> users = new LinkedHashMap<>();
        parts.forEach((user, used) -> used.forEach(part ->
                users.computeIfAbsent(part, unknown -> new ArrayList<>()).add(user)));
        Map<String, Integer> depths = new LinkedHashMap<>();
        if (parts.size() > TYPES_IN_LAYERS) {
            return depths;
        }
        parts.keySet().forEach(type -> depth(type, users, depths));
        return depths;
    }

    private static int depth(String type, Map<String, List<String>> users, Map<String, Integer> depths) {
        Integer known = depths.get(type);
        if (known != null) {
            return known;
        }
        // Stands in while its users are looked at, so that types that use each other, which no server has, end.
        depths.put(type, 0);
        int deepest = 0;
        for (String user : users.getOrDefault(type, List.of())) {
            deepest = Math.max(deepest, depth(user, users, depths));
        }
        int depth = Math.min(deepest + 1, DEEPEST);
        depths.put(type, depth);
        return depth;
    }

    private Set<String> fieldTypes(DictionaryType type) {
        Set<String> used = new LinkedHashSet<>();
        type.fields().forEach(field -> keyspace.typesIn(field.type()).forEach(part -> used.add(typeId(part))));
        used.remove(typeId(type));
        return used;
    }

    private Set<String> columnTypes(DictionaryTable table) {
        Set<String> used = new LinkedHashSet<>();
        table.columns().forEach(column -> keyspace.typesIn(column.type()).forEach(type -> used.add(typeId(type))));
        return used;
    }
}
