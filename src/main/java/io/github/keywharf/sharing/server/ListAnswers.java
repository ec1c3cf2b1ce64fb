package io.github.keywharf.sharing.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.sharing.server.SignedTokens.Kind;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Answers what there is: shares, schemas and tables, in the order of their names. Thread-safe. */
record ListAnswers(SignedTokens tokens, InstantSource clock) {
    /** The most items of a page; more are asked for page by page. */
    private static final int MAX_PAGE = 1_000;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Duration TOKEN_LIFE = Duration.ofDays(1);

    /** Something that is listed, with its key among others. */
    private record Item(String key, ObjectNode members) {}

    HttpResponse shares(Caller caller, HttpRequest request) {
        List<Item> items = new ArrayList<>();
        for (Share share : caller.shares()) {
            items.add(new Item(key(share.name()), named(share.name())));
        }
        return page(caller, request, "shares", items);
    }

    HttpResponse share(Caller caller, HttpRequest request) {
        Share share = caller.share(request.part("share"));
        return SharingErrors.json(200, NODES.objectNode().set("share", named(share.name())));
    }

    private static ObjectNode named(String name) {
        return NODES.objectNode().put("name", name);
    }

    HttpResponse schemas(Caller caller, HttpRequest request) {
        Share share = caller.share(request.part("share"));
        Map<String, String> schemas = new TreeMap<>();
        share.tables()
                .forEach(table -> schemas.putIfAbsent(
                        key(table.name().schema()), table.name().schema()));
        List<Item> items = new ArrayList<>();
        schemas.forEach((key, schema) -> items.add(new Item(key, named(schema).put("share", share.name()))));
        return page(caller, request, "schemas " + key(share.name()), items);
    }

    HttpResponse tables(Caller caller, HttpRequest request) {
        Share share = caller.share(request.part("share"));
        String schema = request.part("schema");
        List<SharedTable> tables = share.tables().stream()
                .filter(table -> key(table.name().schema()).equals(key(schema)))
                .toList();
        if (tables.isEmpty()) {
            throw SharingErrors.notFound("schema", schema);
        }
        return page(caller, request, "tables " + key(share.name()) + " " + key(schema), items(share, tables));
    }

    HttpResponse allTables(Caller caller, HttpRequest request) {
        Share share = caller.share(request.part("share"));
        return page(caller, request, "all " + key(share.name()), items(share, share.tables()));
    }

    private static List<Item> items(Share share, List<SharedTable> tables) {
        Map<String, Item> items = new TreeMap<>();
        for (SharedTable table : tables) {
            String key = key(table.sharedAs());
            ObjectNode members = named(table.name().table())
                    .put("schema", table.name().schema())
                    .put("share", share.name());
            members.putArray("accessModes").add("url");
            items.put(key, new Item(key, members));
        }
        return List.copyOf(items.values());
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private HttpResponse page(Caller caller, HttpRequest request, String list, List<Item> all) {
        long most = Math.min(QueryRequest.number(request, "maxResults").orElse(MAX_PAGE), MAX_PAGE);
        Optional<String> token = request.query("pageToken").filter(text -> !text.isEmpty());
        String after = token.map(text -> after(caller, list, text)).orElse("");
        ObjectNode json = NODES.objectNode();
        ArrayNode items = json.putArray("items");
        String last = after;
        boolean more = false;
        for (Item item : all) {
            if (item.key().compareTo(after) <= 0) {
                continue;
            }
            if (items.size() == most) {
                more = true;
                break;
            }
            items.add(item.members());
            last = item.key();
        }
        if (more) {
            json.put(
                    "nextPageToken",
                    tokens.issuer().issue(Kind.LIST, clock.instant().plus(TOKEN_LIFE), caller.id(), list, last));
        }
        return SharingErrors.json(200, json);
    }

    private String after(Caller caller, String list, String token) {
        List<String> parts = tokens.open(Kind.LIST, token).orElse(List.of());
        if (parts.size() != 3
                || !parts.get(0).equals(caller.id())
                || !parts.get(1).equals(list)) {
            throw SharingErrors.badRequest("pageToken", "It is not one of this list, or has expired; begin again");
        }
        return parts.get(2);
    }
}
