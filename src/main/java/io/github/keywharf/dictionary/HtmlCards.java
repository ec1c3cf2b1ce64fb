package io.github.keywharf.dictionary;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.dictionary.HtmlDiagram.Group;
import io.github.keywharf.dictionary.HtmlDiagram.Node;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The diagram of a keyspace in the page: a card for each table, view and type. The script draws the lines between them. */
final class HtmlCards {
    /** More fields of a type, or parts of a key, than this are counted on a card and not shown. */
    private static final int CARD_LINES = 6;

    private final HtmlText page;
    private final DictionaryKeyspace keyspace;

    HtmlCards(HtmlText page, DictionaryKeyspace keyspace) {
        this.page = page;
        this.keyspace = keyspace;
    }

    void diagram() {
        List<Group> groups = HtmlDiagram.of(keyspace);
        if (groups.isEmpty()) {
            page.raw("<p class=\"empty\">No tables.</p>\n");
            return;
        }
        Map<String, Consumer<Node>> cards = cards();
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

    private Map<String, Consumer<Node>> cards() {
        Map<String, Consumer<Node>> cards = new HashMap<>();
        keyspace.types().forEach(type -> cards.put(HtmlDiagram.typeId(type), node -> typeCard(type, node)));
        keyspace.tables().forEach(table -> cards.put(table.path(), node -> tableCard(table, node)));
        return cards;
    }

    private void tableCard(DictionaryTable table, Node node) {
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

    static String shortKind(DictionaryColumn column) {
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
}
