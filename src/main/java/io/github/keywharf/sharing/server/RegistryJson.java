package io.github.keywharf.sharing.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.Share;
import io.github.keywharf.catalog.SharedTable;
import io.github.keywharf.catalog.TenantFilter;
import io.github.keywharf.sharing.server.RegistryState.Member;
import io.github.keywharf.sharing.server.RegistryState.Token;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The registry as an object of a store. */
final class RegistryJson {
    private static final int VERSION = 1;
    private static final JsonMapper JSON = new JsonMapper();

    private RegistryJson() {}

    static byte[] write(RegistryState state) {
        ObjectNode root = JSON.createObjectNode().put("version", VERSION);
        ArrayNode shares = root.putArray("shares");
        state.shares().forEach(share -> write(share, shares.addObject()));
        ArrayNode recipients = root.putArray("recipients");
        state.members().forEach(member -> write(member, recipients.addObject()));
        try {
            return JSON.writeValueAsBytes(root);
        } catch (IOException e) {
            throw new IllegalStateException("A tree can be written", e);
        }
    }

    private static void write(Share share, ObjectNode to) {
        to.put("name", share.name());
        ArrayNode tables = to.putArray("tables");
        for (SharedTable table : share.tables()) {
            ObjectNode node = tables.addObject()
                    .put("source", table.source())
                    .put("schema", table.schema())
                    .put("table", table.table())
                    .put("history", table.history());
            table.filter().ifPresent(filter -> {
                ObjectNode only = node.putObject("filter").put("column", filter.column());
                filter.value().ifPresent(value -> only.put("value", value));
                filter.recipientProperty().ifPresent(name -> only.put("recipientProperty", name));
            });
        }
    }

    private static void write(Member member, ObjectNode to) {
        Recipient recipient = member.recipient();
        to.put("name", recipient.name()).put("id", member.id());
        ObjectNode properties = to.putObject("properties");
        recipient.properties().forEach(properties::put);
        recipient.validity().ifPresent(time -> to.put("validity", time.toString()));
        ArrayNode addresses = to.putArray("addresses");
        recipient.addresses().forEach(addresses::add);
        ArrayNode grants = to.putArray("grants");
        member.grants().forEach(grants::add);
        ArrayNode tokens = to.putArray("tokens");
        for (Token token : member.tokens()) {
            ObjectNode node = tokens.addObject()
                    .put("id", token.id())
                    .put("created", token.created().toString());
            token.expires().ifPresent(time -> node.put("expires", time.toString()));
            token.hash().ifPresent(hash -> node.put("hash", hash));
        }
    }

    static RegistryState parse(String subject, long number, byte[] content) {
        try {
            JsonNode root = JSON.readTree(content);
            if (root.path("version").asInt() != VERSION) {
                throw new IllegalArgumentException("its version is " + root.path("version"));
            }
            SortedMap<String, Share> shares = new TreeMap<>();
            for (JsonNode node : root.path("shares")) {
                Share share = share(node);
                shares.put(RegistryState.key(share.name()), share);
            }
            SortedMap<String, Member> members = new TreeMap<>();
            for (JsonNode node : root.path("recipients")) {
                Member member = member(node);
                members.put(RegistryState.key(member.recipient().name()), member);
            }
            return new RegistryState(shares, members);
        } catch (IOException | RuntimeException e) {
            throw new KeywharfException(
                    "catalog.bad_registry",
                    subject,
                    "The entry " + number + " is not a registry of shares; restore it, or the one before it",
                    e);
        }
    }

    private static Share share(JsonNode node) {
        List<SharedTable> tables = new ArrayList<>();
        for (JsonNode table : node.path("tables")) {
            Optional<TenantFilter> filter = Optional.ofNullable(table.get("filter"))
                    .map(only -> new TenantFilter(
                            text(only, "column"), optional(only, "value"), optional(only, "recipientProperty")));
            tables.add(new SharedTable(
                    text(table, "source"),
                    text(table, "schema"),
                    text(table, "table"),
                    table.path("history").asBoolean(false),
                    filter));
        }
        return new Share(text(node, "name"), tables);
    }

    private static Member member(JsonNode node) {
        Map<String, String> properties = new TreeMap<>();
        node.path("properties")
                .properties()
                .forEach(
                        entry -> properties.put(entry.getKey(), entry.getValue().textValue()));
        List<Token> tokens = new ArrayList<>();
        for (JsonNode token : node.path("tokens")) {
            tokens.add(new Token(
                    text(token, "id"),
                    Instant.parse(text(token, "created")),
                    optional(token, "expires").map(Instant::parse),
                    optional(token, "hash")));
        }
        Set<String> grants = new TreeSet<>(texts(node.path("grants")));
        Recipient recipient = new Recipient(
                text(node, "name"),
                properties,
                optional(node, "validity").map(Duration::parse),
                texts(node.path("addresses")));
        return new Member(recipient, text(node, "id"), tokens, grants);
    }

    private static List<String> texts(JsonNode nodes) {
        List<String> texts = new ArrayList<>();
        nodes.forEach(node -> texts.add(node.textValue()));
        return texts;
    }

    private static Optional<String> optional(JsonNode node, String name) {
        return Optional.ofNullable(node.path(name).textValue());
    }

    private static String text(JsonNode node, String name) {
        return optional(node, name).orElseThrow(() -> new IllegalArgumentException("'" + name + "' is missing"));
    }
}
