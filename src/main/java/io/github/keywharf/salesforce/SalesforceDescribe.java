package io.github.keywharf.salesforce;

import static java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpResponse;
import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an org has: objects and their fields. Each question is one call, which the org answers with 304 and without content
 * while nothing has changed; what it said before is kept. Thread-safe.
 */
final class SalesforceDescribe {
    /** The most answers that are kept, 200: those used longest ago are given up. */
    static final int MAX_KEPT = 200;

    private record Kept(String modified, Object value) {}

    /**
     * An answer.
     *
     * @param date when the org gave it, by its clock; empty where the answer does not say
     */
    record Answer<T>(T value, Optional<String> date) {}

    private final SalesforceCalls calls;

    private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Kept> eldest) {
            return size() > MAX_KEPT;
        }
    };

    SalesforceDescribe(SalesforceCalls calls) {
        this.calls = calls;
    }

    List<SalesforceObjectInfo> objects() {
        return asked("sobjects", true, this::objects).value();
    }

    SalesforceDescription object(String name) {
        return asked(path(name), true, this::description).value();
    }

    /** An object as it is now: without regard to what the org said before, which it repeats for changes within a second. */
    Answer<SalesforceDescription> present(String name) {
        return asked(path(name), false, this::description);
    }

    private static String path(String name) {
        return "sobjects/" + RecordValues.name("an object", name) + "/describe";
    }

    @SuppressWarnings("unchecked") // what is kept for a path was made by the reader of that path
    private <T> Answer<T> asked(String path, boolean unlessKnown, Function<JsonNode, T> reader) {
        @Nullable Kept known = unlessKnown ? known(path) : null;
        Map<String, String> headers = known == null ? Map.of() : Map.of("If-Modified-Since", known.modified());
        return calls.read(path, headers, response -> {
            if (response.status() == 304 && known != null) {
                response.close();
                return new Answer<>((T) known.value(), response.header("Date"));
            }
            Optional<String> modified = modified(response);
            T value = reader.apply(calls.object(response));
            modified.ifPresent(date -> keep(path, new Kept(date, value)));
            return new Answer<>(value, response.header("Date"));
        });
    }

    private synchronized @Nullable Kept known(String path) {
        return kept.get(path);
    }

    private synchronized void keep(String path, Kept value) {
        kept.put(path, value);
    }

    /** By the org's clock: when it changed last, or a minute before it was asked, as dates have seconds only. */
    private static Optional<String> modified(HttpResponse response) {
        return response.header("Last-Modified").or(() -> response.header("Date").flatMap(SalesforceDescribe::earlier));
    }

    private static Optional<String> earlier(String date) {
        try {
            return Optional.of(RFC_1123_DATE_TIME.format(
                    ZonedDateTime.parse(date, RFC_1123_DATE_TIME).minusMinutes(1)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private JsonNode list(JsonNode tree, String name) {
        if (!tree.path(name).isArray()) {
            throw new KeywharfException(
                    "salesforce.bad_answer",
                    calls.subject("describe"),
                    "The answer has no list of " + name + "; check whether a proxy is in between");
        }
        return tree.path(name);
    }

    private List<SalesforceObjectInfo> objects(JsonNode tree) {
        List<SalesforceObjectInfo> objects = new ArrayList<>();
        list(tree, "sobjects").forEach(node -> objects.add(object(node)));
        return List.copyOf(objects);
    }

    private static SalesforceObjectInfo object(JsonNode node) {
        return new SalesforceObjectInfo(
                node.path("name").asText(),
                node.path("label").asText(),
                node.path("custom").asBoolean(),
                text(node, "keyPrefix"),
                node.path("queryable").asBoolean(),
                node.path("createable").asBoolean(),
                node.path("updateable").asBoolean(),
                node.path("deletable").asBoolean(),
                node.path("replicateable").asBoolean());
    }

    private SalesforceDescription description(JsonNode tree) {
        List<SalesforceField> fields = new ArrayList<>();
        list(tree, "fields").forEach(node -> fields.add(field(node)));
        List<SalesforceDescription.Child> children = new ArrayList<>();
        tree.path("childRelationships")
                .forEach(node -> children.add(new SalesforceDescription.Child(
                        text(node, "relationshipName"),
                        node.path("childSObject").asText(),
                        node.path("field").asText())));
        return new SalesforceDescription(object(tree), fields, children);
    }

    private static SalesforceField field(JsonNode node) {
        List<String> references = new ArrayList<>();
        node.path("referenceTo").forEach(target -> references.add(target.asText()));
        List<SalesforcePicklistValue> values = new ArrayList<>();
        node.path("picklistValues")
                .forEach(value -> values.add(new SalesforcePicklistValue(
                        value.path("value").asText(),
                        text(value, "label").orElse(value.path("value").asText()),
                        value.path("active").asBoolean(),
                        value.path("defaultValue").asBoolean())));
        return new SalesforceField(
                node.path("name").asText(),
                node.path("label").asText(),
                node.path("type").asText(),
                node.path("custom").asBoolean(),
                node.path("nillable").asBoolean(),
                node.path("createable").asBoolean(),
                node.path("updateable").asBoolean(),
                node.path("defaultedOnCreate").asBoolean(),
                node.path("calculated").asBoolean(),
                node.path("externalId").asBoolean(),
                node.path("unique").asBoolean(),
                node.path("length").asInt(),
                node.path("precision").asInt(),
                node.path("scale").asInt(),
                node.path("digits").asInt(),
                references,
                text(node, "relationshipName"),
                text(node, "compoundFieldName"),
                values);
    }

    private static Optional<String> text(JsonNode node, String name) {
        return Optional.ofNullable(node.path(name).textValue());
    }
}
