package io.github.keywharf.databricks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.catalog.Recipient;
import io.github.keywharf.catalog.RecipientState;
import io.github.keywharf.catalog.RecipientToken;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Recipients as Unity Catalog has them. */
final class Recipients {
    /** Properties that Databricks gives each recipient, which nobody else can set. */
    private static final String BUILT_IN = "databricks.";

    private Recipients() {}

    /** Without its validity, which is not kept. */
    static RecipientState state(JsonNode json) {
        Map<String, String> properties = new TreeMap<>();
        json.path("properties_kvpairs").path("properties").properties().forEach(property -> {
            if (!property.getKey().startsWith(BUILT_IN)) {
                properties.put(property.getKey(), property.getValue().asText(""));
            }
        });
        Recipient recipient =
                new Recipient(json.path("name").asText(""), properties, Optional.empty(), addresses(json));
        List<RecipientToken> tokens = new ArrayList<>();
        for (JsonNode token : json.path("tokens")) {
            tokens.add(new RecipientToken(
                    token.path("id").asText(""),
                    Instant.ofEpochMilli(token.path("created_at").asLong(0)),
                    time(token.path("expiration_time")),
                    activationUrl(token).isEmpty()));
        }
        return new RecipientState(recipient, tokens);
    }

    private static List<String> addresses(JsonNode json) {
        List<String> addresses = new ArrayList<>();
        json.path("ip_access_list").path("allowed_ip_addresses").forEach(address -> addresses.add(address.asText("")));
        return addresses;
    }

    private static Optional<Instant> time(JsonNode millis) {
        return millis.asLong(0) <= 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis.asLong()));
    }

    /** The address at which a token waits for its recipient; empty once it was fetched. */
    static String activationUrl(JsonNode token) {
        return token.path("activation_url").asText("");
    }

    /** The token that was issued last, or a missing node. */
    static JsonNode newest(JsonNode json) {
        return StreamSupport.stream(json.path("tokens").spliterator(), false)
                .reduce((one, other) -> other.path("created_at").asLong(0)
                                >= one.path("created_at").asLong(0)
                        ? other
                        : one)
                .orElse(json.path("tokens").path(-1));
    }

    static boolean hasTokens(JsonNode json) {
        return json.path("authentication_type").asText("").equals("TOKEN");
    }

    static ObjectNode created(Recipient recipient, Instant now) {
        ObjectNode body = DatabricksCalls.object().put("name", recipient.name()).put("authentication_type", "TOKEN");
        if (!recipient.properties().isEmpty()) {
            put(body, recipient.properties());
        }
        if (!recipient.addresses().isEmpty()) {
            put(body, recipient.addresses());
        }
        recipient
                .validity()
                .ifPresent(time -> body.put("expiration_time", now.plus(time).toEpochMilli()));
        return body;
    }

    /** What differs, or an empty object. */
    static ObjectNode changes(JsonNode present, Recipient wanted) {
        RecipientState state = state(present);
        ObjectNode body = DatabricksCalls.object();
        if (!state.recipient().properties().equals(wanted.properties())) {
            put(body, wanted.properties());
        }
        if (!plain(state.recipient().addresses()).equals(plain(wanted.addresses()))) {
            put(body, wanted.addresses());
        }
        return body;
    }

    /** An address is a range of one. */
    private static Set<String> plain(List<String> addresses) {
        return addresses.stream()
                .map(address -> ShareUpdates.key(address).replaceFirst(address.contains(":") ? "/128$" : "/32$", ""))
                .collect(Collectors.toSet());
    }

    private static void put(ObjectNode body, Map<String, String> properties) {
        ObjectNode pairs = body.putObject("properties_kvpairs").putObject("properties");
        properties.forEach(pairs::put);
    }

    private static void put(ObjectNode body, List<String> addresses) {
        var allowed = body.putObject("ip_access_list").putArray("allowed_ip_addresses");
        addresses.forEach(allowed::add);
    }
}
