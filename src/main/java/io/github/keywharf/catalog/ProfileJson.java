package io.github.keywharf.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import java.io.CharArrayReader;
import java.io.IOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Optional;

/** Reads and writes profiles as JSON. No message quotes the JSON. */
final class ProfileJson {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ProfileJson() {}

    static ShareProfile parse(String subject, Secret json) {
        char[] text = json.revealChars();
        try {
            if (text.length > ShareProfile.MAX_BYTES) {
                throw bad(subject, "has more than " + ShareProfile.MAX_BYTES + " characters");
            }
            // Editors on Windows begin text with a byte order mark.
            int from = text.length > 0 && text[0] == '\uFEFF' ? 1 : 0;
            JsonNode root = JSON.readTree(new CharArrayReader(text, from, text.length - from));
            if (root.isMissingNode()) {
                throw bad(subject, "is empty");
            }
            if (!root.isObject()) {
                throw bad(subject, "is not a JSON object");
            }
            return profile(subject, root);
        } catch (JsonProcessingException e) {
            // The cause is left out, because its message quotes the JSON.
            throw bad(
                    subject,
                    "is not JSON, from line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + " on");
        } catch (IOException e) {
            throw bad(subject, "cannot be read");
        } finally {
            Arrays.fill(text, '\0');
        }
    }

    private static ShareProfile profile(String subject, JsonNode root) {
        JsonNode number = root.path("shareCredentialsVersion");
        int version = number.canConvertToInt() && number.isIntegralNumber() ? number.intValue() : 0;
        if (version != 1 && version != 2) {
            throw bad(subject, "has no shareCredentialsVersion of 1 or 2; a later version needs a later library");
        }
        URI endpoint = uri(subject, root, "endpoint");
        try {
            return new ShareProfile(version, endpoint, credentials(subject, version, root));
        } catch (IllegalArgumentException e) {
            throw bad(subject, "has an endpoint that is not http(s)://host/path");
        }
    }

    private static ShareCredentials credentials(String subject, int version, JsonNode root) {
        String type = version == 1 ? "bearer_token" : text(subject, root, "type");
        return switch (type) {
            case "bearer_token" -> new ShareCredentials.Bearer(token(subject, root), expires(subject, root));
            case "basic" ->
                new ShareCredentials.Basic(text(subject, root, "username"), secret(subject, root, "password"));
            case "oauth_client_credentials" ->
                new ShareCredentials.OAuthClient(
                        uri(subject, root, "tokenEndpoint"),
                        text(subject, root, "clientId"),
                        secret(subject, root, "clientSecret"),
                        Optional.ofNullable(root.get("scope"))
                                .filter(JsonNode::isTextual)
                                .map(JsonNode::textValue));
            default ->
                throw bad(
                        subject,
                        "has a type that is not supported; bearer_token, basic and oauth_client_credentials are");
        };
    }

    private static String text(String subject, JsonNode root, String member) {
        JsonNode value = root.path(member);
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw bad(subject, "has no " + member);
        }
        return value.textValue();
    }

    private static Secret secret(String subject, JsonNode root, String member) {
        return Secret.of(text(subject, root, member));
    }

    private static Secret token(String subject, JsonNode root) {
        String token = text(subject, root, "bearerToken");
        if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw bad(subject, "has a bearerToken with blanks or characters beyond ASCII");
        }
        return Secret.of(token);
    }

    private static URI uri(String subject, JsonNode root, String member) {
        String text = text(subject, root, member);
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw bad(subject, "has no valid address as its " + member);
        }
    }

    private static Optional<Instant> expires(String subject, JsonNode root) {
        JsonNode value = root.path("expirationTime");
        if (value.isMissingNode() || value.isNull() || value.asText().isBlank()) {
            return Optional.empty();
        }
        String text = value.asText();
        try {
            return Optional.of(
                    text.matches("-?[0-9]{1,18}")
                            ? Instant.ofEpochMilli(Long.parseLong(text))
                            : OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            throw bad(subject, "has an expirationTime that is neither ISO 8601 nor milliseconds");
        }
    }

    static Secret write(ShareProfile profile) {
        ObjectNode root = JSON.createObjectNode();
        root.put("shareCredentialsVersion", profile.version());
        boolean typed = profile.version() == 2;
        root.put("endpoint", profile.endpoint().toString());
        if (profile.credentials() instanceof ShareCredentials.Bearer bearer) {
            if (typed) {
                root.put("type", "bearer_token");
            }
            root.put("bearerToken", bearer.token().reveal());
            bearer.expires().ifPresent(time -> root.put("expirationTime", time.toString()));
        } else if (profile.credentials() instanceof ShareCredentials.Basic basic) {
            root.put("type", "basic");
            root.put("username", basic.username());
            root.put("password", basic.password().reveal());
        } else if (profile.credentials() instanceof ShareCredentials.OAuthClient client) {
            root.put("type", "oauth_client_credentials");
            root.put("tokenEndpoint", client.tokenEndpoint().toString());
            root.put("clientId", client.clientId());
            root.put("clientSecret", client.clientSecret().reveal());
            client.scope().ifPresent(scope -> root.put("scope", scope));
        }
        try {
            return Secret.of(JSON.writeValueAsString(root));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Texts can be written as JSON", e);
        }
    }

    private static KeywharfException bad(String subject, String problem) {
        return new KeywharfException(
                "catalog.bad_profile", subject, "It " + problem + "; check that it is a profile of Delta Sharing");
    }
}
