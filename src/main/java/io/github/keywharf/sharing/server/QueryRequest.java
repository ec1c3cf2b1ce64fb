package io.github.keywharf.sharing.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.internal.Sha256;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a client asks of a table's files, by the body of a query or the parameters of a request for changes.
 *
 * @param predicates hints as SQL, which are not looked into
 * @param jsonPredicates hints as a tree of JSON
 * @param limit how many rows the client plans to read
 * @param version the version that is asked for
 * @param timestamp the time whose version is asked for
 * @param startingVersion the version from which on changes are asked for
 * @param startingTimestamp the time from which on changes are asked for
 * @param endingVersion the version up to which changes are asked for
 * @param endingTimestamp the time up to which changes are asked for
 * @param maxFiles how many files a page may have
 * @param pageToken the page that is asked for
 * @param includeRefreshToken whether a token for the same version is asked for
 * @param refreshToken the token of a version
 * @param historicalMetadata whether changes of the columns are asked for
 * @param historicalProtocol whether changes of the protocol are asked for
 */
record QueryRequest(
        List<String> predicates,
        Optional<String> jsonPredicates,
        OptionalLong limit,
        OptionalLong version,
        Optional<Instant> timestamp,
        OptionalLong startingVersion,
        Optional<Instant> startingTimestamp,
        OptionalLong endingVersion,
        Optional<Instant> endingTimestamp,
        OptionalInt maxFiles,
        Optional<String> pageToken,
        boolean includeRefreshToken,
        Optional<String> refreshToken,
        boolean historicalMetadata,
        boolean historicalProtocol) {

    /** 1 MiB: hints with some ten thousand values. */
    static final int MAX_BYTES = 1024 * 1024;

    private static final int MAX_PREDICATES = 1_000;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Checks what goes together. */
    QueryRequest {
        int versions = count(version.isPresent())
                + count(timestamp.isPresent())
                + count(startingVersion.isPresent())
                + count(startingTimestamp.isPresent());
        if (versions > 1) {
            throw bad("version", "Only one of version, timestamp and a start can be given");
        }
        if (endingVersion.isPresent() && endingTimestamp.isPresent()) {
            throw bad("endingVersion", "Only one of endingVersion and endingTimestamp can be given");
        }
        if (endingVersion.isPresent()
                && startingVersion.isPresent()
                && endingVersion.getAsLong() < startingVersion.getAsLong()) {
            throw bad("endingVersion", "It is less than startingVersion");
        }
        if (refreshToken.isPresent() && (versions > 0 || pageToken.isPresent())) {
            throw bad("refreshToken", "It cannot be given with a version, a timestamp or a page");
        }
        if (includeRefreshToken && (versions > 0 || pageToken.isPresent())) {
            throw bad("includeRefreshToken", "It is for the first page of the newest version");
        }
        if (maxFiles.isPresent() && maxFiles.getAsInt() < 1) {
            throw bad("maxFiles", "It must be positive");
        }
    }

    private static int count(boolean present) {
        return present ? 1 : 0;
    }

    /** Whether the files of versions are asked for, and not those of one version. */
    boolean isOfChanges() {
        return startingVersion.isPresent() || startingTimestamp.isPresent();
    }

    /** Whether a version is asked for that need not be the newest. */
    boolean needsHistory() {
        return isOfChanges() || version.isPresent() || timestamp.isPresent();
    }

    /** Differs between requests whose pages do not belong together. */
    String fingerprint() {
        return Sha256.hexOf(predicates + "\n" + jsonPredicates + "\n" + limit + version + timestamp + startingVersion
                        + startingTimestamp + endingVersion + endingTimestamp + historicalMetadata + historicalProtocol)
                .substring(0, 32);
    }

    /** The body of a POST. */
    static QueryRequest ofBody(HttpRequest request) {
        String body = request.body().text(MAX_BYTES);
        JsonNode root = JsonNodeFactory.instance.objectNode();
        if (!body.isBlank()) {
            try {
                root = JSON.readTree(body);
            } catch (JsonProcessingException e) {
                throw bad("body", "It is not JSON");
            }
        }
        if (!root.isObject()) {
            throw bad("body", "It is not a JSON object");
        }
        return new QueryRequest(
                texts(root, "predicateHints"),
                text(root, "jsonPredicateHints"),
                number(root, "limitHint"),
                number(root, "version"),
                text(root, "timestamp").map(value -> time("timestamp", value)),
                number(root, "startingVersion"),
                Optional.empty(),
                number(root, "endingVersion"),
                Optional.empty(),
                small("maxFiles", number(root, "maxFiles")),
                text(root, "pageToken").filter(token -> !token.isEmpty()),
                flag(root, "includeRefreshToken"),
                text(root, "refreshToken").filter(token -> !token.isEmpty()),
                true,
                flag(root, "includeHistoricalProtocol"));
    }

    /** The parameters of a GET of changes. */
    static QueryRequest ofChanges(HttpRequest request) {
        QueryRequest asked = new QueryRequest(
                List.of(),
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                number(request, "startingVersion"),
                time(request, "startingTimestamp"),
                number(request, "endingVersion"),
                time(request, "endingTimestamp"),
                small("maxFiles", number(request, "maxFiles")),
                request.query("pageToken").filter(token -> !token.isEmpty()),
                false,
                Optional.empty(),
                flag(request, "includeHistoricalMetadata"),
                flag(request, "includeHistoricalProtocol"));
        if (!asked.isOfChanges()) {
            throw bad("startingVersion", "Changes need startingVersion or startingTimestamp");
        }
        return asked;
    }

    static OptionalLong number(HttpRequest request, String name) {
        return request.query(name)
                .map(text -> {
                    if (!text.matches("[0-9]{1,18}")) {
                        throw bad(name, "It is not a number from 0 on");
                    }
                    return OptionalLong.of(Long.parseLong(text));
                })
                .orElse(OptionalLong.empty());
    }

    static Optional<Instant> time(HttpRequest request, String name) {
        return request.query(name).map(text -> time(name, text));
    }

    private static boolean flag(HttpRequest request, String name) {
        return request.query(name).map(Boolean::parseBoolean).orElse(false);
    }

    private static Instant time(String name, String text) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            if (time.getYear() >= 0 && time.getYear() <= 9_999) {
                return time.toInstant();
            }
            throw new DateTimeException("of another calendar");
        } catch (DateTimeException e) {
            throw bad(name, "It is not a time such as 2026-11-23T10:00:00Z");
        }
    }

    private static OptionalInt small(String name, OptionalLong number) {
        if (number.isPresent() && number.getAsLong() > Integer.MAX_VALUE) {
            throw bad(name, "It is not a number of 32 bits");
        }
        return number.isPresent() ? OptionalInt.of((int) number.getAsLong()) : OptionalInt.empty();
    }

    private static OptionalLong number(JsonNode root, String name) {
        JsonNode node = root.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return OptionalLong.empty();
        }
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
            throw bad(name, "It is not a number from 0 on");
        }
        return OptionalLong.of(node.longValue());
    }

    private static Optional<String> text(JsonNode root, String name) {
        JsonNode node = root.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (!node.isTextual()) {
            throw bad(name, "It is not a text");
        }
        return Optional.of(node.textValue());
    }

    private static List<String> texts(JsonNode root, String name) {
        JsonNode node = root.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        node.forEach(text -> {
            if (!text.isTextual()) {
                throw bad(name, "It is not a list of texts");
            }
            texts.add(text.textValue());
        });
        if (!node.isArray() || texts.size() > MAX_PREDICATES) {
            throw bad(name, "It is not a list of up to " + MAX_PREDICATES + " texts");
        }
        return texts;
    }

    private static boolean flag(JsonNode root, String name) {
        JsonNode node = root.path(name);
        if (!node.isMissingNode() && !node.isNull() && !node.isBoolean()) {
            throw bad(name, "It is neither true nor false");
        }
        return node.booleanValue();
    }

    private static RuntimeException bad(String subject, String problem) {
        return SharingErrors.badRequest(subject, problem);
    }
}
