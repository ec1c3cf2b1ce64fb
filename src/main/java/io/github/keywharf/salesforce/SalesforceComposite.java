package io.github.keywharf.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Up to {@value #MAX_PARTS} requests in one call, run in order; later ones may use what earlier ones gave, by reference:
 * {@link #result result("account", "id")} as a value, {@code "@{account.id}"} as an id or in the text of a query. A text among
 * values is never a reference, as others may have chosen it: with <code>@{</code> in it, it is refused with code
 * {@code salesforce.bad_record}.
 *
 * <pre>{@code
 * var results = salesforce.composite()
 *         .create("account", "Account", Map.of("Name", "Acme"))
 *         .create("contact", "Contact", Map.of("LastName", "O'Hara", "AccountId", SalesforceComposite.result("account", "id")))
 *         .allOrNone(true)
 *         .run();
 * String id = results.part("contact").id().orElseThrow();
 * }</pre>
 *
 * <p>A call that creates is sent once; see {@link SalesforceObject}. Not thread-safe; may be run again.
 */
public final class SalesforceComposite {
    /** The most requests of a call, as the API sets it. */
    public static final int MAX_PARTS = 25;

    /** The most queries among them, as the API sets it. */
    public static final int MAX_QUERIES = 5;

    private static final Pattern REFERENCE = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,79}");
    private static final Pattern USED = Pattern.compile("@\\{([A-Za-z][A-Za-z0-9_]{0,79})[.\\[][^{}]{0,200}\\}");

    private record Part(
            String method, String path, @Nullable ObjectNode body) {}

    private final SalesforceCalls calls;
    private final Map<String, Part> parts = new LinkedHashMap<>();
    private boolean allOrNone;

    SalesforceComposite(SalesforceCalls calls) {
        this.calls = calls;
    }

    /** What an earlier request gave. */
    record Result(String reference, String field) {
        @Override
        public String toString() {
            return "@{" + reference + "." + field + "}";
        }
    }

    /**
     * What an earlier request gave, as a value of a later one.
     *
     * @param field {@code id} of a record that was created, {@code Name} of one that was read, {@code records[0].Id} of a query
     */
    public static Object result(String reference, String field) {
        Result result = new Result(reference, field);
        if (!USED.matcher(result.toString()).matches()) {
            throw new IllegalArgumentException("'" + Cut.printable(result.toString(), 60) + "' is not a reference");
        }
        return result;
    }

    private static ObjectNode body(String object, Map<String, ?> values) {
        requireNoReference(object, values);
        return RecordValues.record(object, values);
    }

    private static void requireNoReference(String object, Map<?, ?> values) {
        values.forEach((field, value) -> {
            if (value instanceof Map<?, ?> nested) {
                requireNoReference(object, nested);
            } else if (value instanceof String text && text.contains("@{")) {
                throw RecordValues.bad(
                        object,
                        field + " has '@{' in its text, by which the org would put in what another request gave; write"
                                + " SalesforceComposite.result(reference, field) if that is meant, or else write the record"
                                + " in a call of its own");
            }
        });
    }

    /** Creates a record. */
    public SalesforceComposite create(String reference, String object, Map<String, ?> values) {
        return add(reference, "POST", objectPath(object), body(object, values));
    }

    /** Sets these fields of a record. */
    public SalesforceComposite update(String reference, String object, String id, Map<String, ?> values) {
        return add(reference, "PATCH", record(object, id), body(object, values));
    }

    /** Updates the record that has this value of an external id, or creates it. */
    public SalesforceComposite upsert(
            String reference, String object, String externalId, Object value, Map<String, ?> values) {
        String field = RecordValues.name("a field", externalId);
        requireNoReference(object, Map.of(field, value));
        return add(
                reference,
                "PATCH",
                objectPath(object) + "/" + field + "/" + RecordValues.segment(object, field, value),
                body(object, values));
    }

    /** Deletes a record. */
    public SalesforceComposite delete(String reference, String object, String id) {
        return add(reference, "DELETE", record(object, id), null);
    }

    /** Reads a record; all of its fields when none is given. */
    public SalesforceComposite get(String reference, String object, String id, String... fields) {
        return add(reference, "GET", record(object, id) + RecordValues.chosen(fields), null);
    }

    /** Runs a query, of which the first page is read: at most 2,000 records. */
    public SalesforceComposite query(String reference, String soql) {
        long queries = parts.values().stream()
                .filter(part -> part.path.startsWith("query"))
                .count();
        if (queries == MAX_QUERIES) {
            throw new IllegalArgumentException("A composite has at most " + MAX_QUERIES + " queries");
        }
        return add(reference, "GET", "query?q=" + RecordValues.encoded(soql), null);
    }

    /** Whether all is undone when one request fails; false unless it is set. */
    public SalesforceComposite allOrNone(boolean value) {
        allOrNone = value;
        return this;
    }

    /**
     * Makes the call.
     *
     * @throws KeywharfException when the call fails as a whole; a request that fails is one of the results
     */
    public SalesforceCompositeResult run() {
        if (parts.isEmpty()) {
            throw new IllegalStateException("A composite needs at least one request");
        }
        ObjectNode request = JsonNodeFactory.instance.objectNode().put("allOrNone", allOrNone);
        ArrayNode requests = request.putArray("compositeRequest");
        boolean repeatable = true;
        for (Map.Entry<String, Part> entry : parts.entrySet()) {
            Part part = entry.getValue();
            repeatable &= !part.method.equals("POST");
            ObjectNode node = requests.addObject()
                    .put("method", part.method)
                    .put("url", "/services/data/" + calls.version() + "/" + part.path)
                    .put("referenceId", entry.getKey());
            if (part.body != null) {
                node.set("body", part.body);
            }
        }
        JsonNode answer = RecordWrites.send(calls, "POST", "composite", request, repeatable)
                .body();
        return results(answer.path("compositeResponse"));
    }

    private SalesforceCompositeResult results(JsonNode answers) {
        List<SalesforceCompositeResult.Part> results = new ArrayList<>();
        for (JsonNode answer : answers) {
            results.add(SalesforceCompositeResult.Part.of(answer));
        }
        List<String> answered =
                results.stream().map(SalesforceCompositeResult.Part::reference).toList();
        if (!answered.equals(List.copyOf(parts.keySet()))) {
            throw new KeywharfException(
                    SalesforceErrors.COUNT_MISMATCH,
                    calls.subject("composite"),
                    "The answer to " + parts.keySet() + " has results of "
                            + Cut.printable(answered.toString(), 300)
                            + ", so that it is not known what became of which; look for the records");
        }
        return new SalesforceCompositeResult(calls.subject("composite"), results);
    }

    private SalesforceComposite add(String reference, String method, String path, @Nullable ObjectNode body) {
        if (!REFERENCE.matcher(reference).matches()) {
            throw new IllegalArgumentException("'" + Cut.printable(reference, 60)
                    + "' is not a reference: letters, digits and underscores, a letter first");
        }
        if (parts.containsKey(reference)) {
            throw new IllegalArgumentException("The reference '" + reference + "' is taken by an earlier request");
        }
        if (parts.size() == MAX_PARTS) {
            throw new IllegalArgumentException(
                    "A composite has at most " + MAX_PARTS + " requests; write lists with createAll and its like");
        }
        parts.put(reference, new Part(method, path, body));
        return this;
    }

    private static String objectPath(String object) {
        return "sobjects/" + RecordValues.name("an object", object);
    }

    private String record(String object, String id) {
        var used = USED.matcher(id);
        if (used.matches()) {
            if (!parts.containsKey(used.group(1))) {
                throw new IllegalArgumentException("There is no earlier request '" + used.group(1) + "' for " + id);
            }
            return objectPath(object) + "/" + id;
        }
        return objectPath(object) + "/" + SalesforceId.check(id);
    }

    @Override
    public String toString() {
        return "SalesforceComposite" + parts.keySet();
    }
}
