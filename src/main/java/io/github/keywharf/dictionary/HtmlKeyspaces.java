package io.github.keywharf.dictionary;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.dictionary.DictionaryColumn.Kind;
import io.github.keywharf.dictionary.HtmlDiagram.Group;
import io.github.keywharf.dictionary.HtmlDiagram.Node;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A keyspace in the page: its diagram, then everything about each of its tables, types and functions. */
final class HtmlKeyspaces {
    /** More fields of a type, or parts of a key, than this are counted on a card and not shown. */
    private static final int CARD_LINES = 6;

    private final HtmlText page;
    private final Map<String, DictionaryNote> notes;

    HtmlKeyspaces(HtmlText page, Map<String, DictionaryNote> notes) {
        this.page = page;
        this.notes = notes;
    }

    void section(DictionaryKeyspace keyspace) {
        page.raw("<section class=\"keyspace\"").attribute("id", keyspace.name()).raw("><header><h2>");
        page.text(keyspace.name()).raw("</h2><p>").text(keyspace.keeping());
        page.raw(keyspace.whole() ? "" : " <span class=\"chip\">shown in part</span>")
                .raw("</p></header>\n");
        note(keyspace.name());
        diagram(keyspace);
        for (DictionaryTable table : keyspace.tables()) {
            table(keyspace, table);
        }
        for (DictionaryType type : keyspace.types()) {
            type(keyspace, type);
        }
        keyspace.functions().forEach(this::function);
        keyspace.aggregates().forEach(this::aggregate);
        page.raw("</section>\n");
    }

    private void diagram(DictionaryKeyspace keyspace) {
        List<Group> groups = HtmlDiagram.of(keyspace);
        if (groups.isEmpty()) {
            page.raw("<p class=\"empty\">No tables.</p>\n");
            return;
        }
        Map<String, Consumer<Node>> cards = cards(keyspace);
        page.raw("<div class=\"diagram\"><svg class=\"edges\" aria-hidden=\"true\"></svg>\n");
        List<Node> singles = new ArrayList<>();
        for (Group group : groups) {
            if (group.size() == 1) {
                singles.add(group.layers().get(0).get(0));
                continue;
            }
            page.raw("<div class=\"group\">");
            for (List<Node> layer : group.layers()) {
                page.raw("<div class=\"layer\">\n");
                layer.forEach(
                        node -> cards.getOrDefault(node.id(), unknown -> {}).accept(node));
                page.raw("</div>");
            }
            page.raw("</div>\n");
        }
        if (!singles.isEmpty()) {
            page.raw("<div class=\"singles\">\n");
            singles.forEach(node -> cards.getOrDefault(node.id(), unknown -> {}).accept(node));
            page.raw("</div>\n");
        }
        page.raw("</div>\n");
    }

    private Map<String, Consumer<Node>> cards(DictionaryKeyspace keyspace) {
        Map<String, Consumer<Node>> cards = new HashMap<>();
        keyspace.types().forEach(type -> cards.put(HtmlDiagram.typeId(type), node -> typeCard(type, node)));
        keyspace.tables().forEach(table -> cards.put(table.path(), node -> tableCard(keyspace, table, node)));
        return cards;
    }

    private void tableCard(DictionaryKeyspace keyspace, DictionaryTable table, Node node) {
        card(table.isView() ? "view" : "table", node);
        page.raw("<span class=\"name\">").element("b", "", table.name());
        page.raw(table.isView() ? "<i>view</i></span>" : "</span>");
        List<DictionaryColumn> key =
                table.columns().stream().filter(DictionaryColumn::inKey).toList();
        for (DictionaryColumn column : key.subList(0, Math.min(CARD_LINES, key.size()))) {
            page.raw("<span class=\"key " + shortKind(column) + "\">").element("b", "", column.name());
            page.element("em", "", column.type()).raw("</span>");
        }
        int others = table.columns().size() - Math.min(CARD_LINES, key.size());
        List<String> rest = new ArrayList<>();
        rest.add(others == 0 ? "no other column" : "+ " + Texts.count(others, "column"));
        if (!table.indexes().isEmpty()) {
            rest.add(Texts.count(table.indexes().size(), "index"));
        }
        table.size().ifPresent(size -> rest.add("≈ " + Texts.bytes(size.bytes())));
        page.element("span", "rest", String.join(" · ", rest));
        List<String> types = table.columns().stream()
                .flatMap(column -> keyspace.typesIn(column.type()).stream())
                .map(DictionaryType::name)
                .distinct()
                .toList();
        if (!types.isEmpty() && !table.isView()) {
            page.element("span", "parts", "uses " + String.join(", ", types));
        }
        page.raw("</a>\n");
    }

    private void typeCard(DictionaryType type, Node node) {
        card("type", node);
        page.raw("<span class=\"name\">").element("b", "", type.name()).raw("<i>type</i></span>");
        int shown = Math.min(CARD_LINES, type.fields().size());
        for (DictionaryType.Field field : type.fields().subList(0, shown)) {
            page.raw("<span class=\"key\">").element("b", "", field.name());
            page.element("em", "", field.type()).raw("</span>");
        }
        if (shown < type.fields().size()) {
            page.element("span", "rest", "+ " + Texts.count(type.fields().size() - shown, "field"));
        }
        page.raw("</a>\n");
    }

    private void card(String kind, Node node) {
        page.raw("<a class=\"card " + kind + "\"").target(node.id()).attribute("data-of", node.id());
        if (!node.of().isEmpty()) {
            page.attribute("data-view", node.of());
        }
        if (!node.uses().isEmpty()) {
            // Ids may hold any sign but a line end.
            page.attribute("data-uses", encoded(node));
        }
        page.raw(">");
    }

    private static String encoded(Node node) {
        return node.uses().stream()
                .map(id -> URLEncoder.encode(Texts.line(id), UTF_8))
                .collect(Collectors.joining(" "));
    }

    private static String shortKind(DictionaryColumn column) {
        return switch (column.kind()) {
            case PARTITION_KEY -> "pk";
            case CLUSTERING ->
                column.order()
                                .filter(order -> order == DictionaryColumn.Order.DESC)
                                .isPresent()
                        ? "ck desc"
                        : "ck";
            case STATIC -> "st";
            case REGULAR -> "";
        };
    }

    private void table(DictionaryKeyspace keyspace, DictionaryTable table) {
        page.raw("<article").attribute("id", table.path()).raw("><h3>").link("", table.path(), table.name());
        page.element("span", "in", table.keyspace());
        page.raw(table.isView() ? "<i class=\"badge view\">view</i>" : "").raw("</h3>\n");
        table.view().ifPresent(view -> {
            page.raw("<p class=\"of\">of ").link("", table.keyspace() + "." + view.baseTable(), view.baseTable());
            page.raw(", where <code>").text(view.where()).raw("</code></p>");
        });
        if (!table.comment().isEmpty()) {
            page.raw("<p class=\"comment\">").lines(table.comment()).raw("</p>\n");
        }
        note(table.path());
        table.size().ifPresent(size -> page.element("p", "size", size.toString()));
        page.raw("<table><thead><tr><th>Column</th><th>Type</th><th>Part</th><th></th></tr></thead><tbody>\n");
        for (DictionaryColumn column : table.columns()) {
            column(keyspace, table, column);
        }
        page.raw("</tbody></table>\n");
        if (!table.indexes().isEmpty()) {
            page.raw("<p class=\"indexes\">");
            table.indexes().forEach(index -> page.element("span", "chip", "index " + index));
            page.raw("</p>\n");
        }
        if (!table.options().isEmpty()) {
            page.raw("<details><summary>")
                    .text(Texts.count(table.options().size(), "option"))
                    .raw("</summary><dl>\n");
            table.options()
                    .forEach((name, value) -> page.raw("<div><dt>")
                            .text(name)
                            .raw("</dt><dd>")
                            .text(value)
                            .raw("</dd></div>\n"));
            page.raw("</dl></details>\n");
        }
        page.raw("</article>\n");
    }

    private void column(DictionaryKeyspace keyspace, DictionaryTable table, DictionaryColumn column) {
        page.raw("<tr data-row><th scope=\"row\">").text(column.name()).raw("</th><td class=\"type\">");
        cqlType(keyspace, column.type());
        page.raw("</td><td>");
        if (column.kind() != Kind.REGULAR) {
            page.raw("<span class=\"key " + shortKind(column) + "\">")
                    .text(column.role())
                    .raw("</span>");
        }
        page.raw("</td><td>");
        column.mask().ifPresent(mask -> page.element("span", "chip mask", "masked: " + mask));
        table.indexes().stream()
                .filter(index -> CqlNames.in(index.target()).contains(column.name()))
                .forEach(index -> page.element("span", "chip", index.kind().label() + " index"));
        note(table.path() + "." + column.name());
        page.raw("</td></tr>\n");
    }

    private void cqlType(DictionaryKeyspace keyspace, String cqlType) {
        List<DictionaryType> used = keyspace.typesIn(cqlType);
        if (used.isEmpty()) {
            page.text(cqlType);
        } else {
            page.link("", HtmlDiagram.typeId(used.get(0)), cqlType);
        }
    }

    private void note(String path) {
        DictionaryNote note = notes.get(path);
        if (note != null) {
            page.raw("<p class=\"note\"><span>")
                    .lines(note.text())
                    .raw("</span> <cite>")
                    .text(note.by());
            page.raw("</cite></p>\n");
        }
    }

    private void type(DictionaryKeyspace keyspace, DictionaryType type) {
        page.raw("<article").attribute("id", HtmlDiagram.typeId(type)).raw("><h3>");
        page.link("", HtmlDiagram.typeId(type), type.name()).element("span", "in", type.keyspace());
        page.raw(
                "<i class=\"badge type\">type</i></h3>\n<table><thead><tr><th>Field</th><th>Type</th></tr></thead><tbody>\n");
        for (DictionaryType.Field field : type.fields()) {
            page.raw("<tr data-row><th scope=\"row\">").text(field.name()).raw("</th><td class=\"type\">");
            cqlType(keyspace, field.type());
            page.raw("</td></tr>\n");
        }
        page.raw("</tbody></table></article>\n");
    }

    private void function(DictionaryFunction function) {
        page.raw("<article").attribute("id", "function " + function.path()).raw("><h3>");
        page.link("", "function " + function.path(), function.signature()).element("span", "in", function.keyspace());
        page.raw("<i class=\"badge\">function</i></h3>\n<p class=\"of\">").text(function.toString());
        page.raw(function.calledOnNull() ? ", also for null" : "")
                .raw("</p><pre>")
                .lines(function.body());
        page.raw("</pre></article>\n");
    }

    private void aggregate(DictionaryAggregate aggregate) {
        page.raw("<article").attribute("id", "aggregate " + aggregate.path()).raw("><h3>");
        page.link("", "aggregate " + aggregate.path(), aggregate.signature())
                .element("span", "in", aggregate.keyspace());
        page.raw("<i class=\"badge\">aggregate</i></h3>\n<p class=\"of\">").text(aggregate.toString());
        aggregate.finalFunction().ifPresent(function -> page.raw(", finally ").text(function));
        page.raw("</p></article>\n");
    }
}
