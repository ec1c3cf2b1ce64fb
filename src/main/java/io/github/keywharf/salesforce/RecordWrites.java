package io.github.keywharf.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.salesforce.SalesforceResult.Outcome;
import io.github.keywharf.salesforce.SalesforceSinkOptions.Operation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes records of one object in calls of {@link SalesforceObject#COLLECTION} ("sObject Collections", REST API Developer Guide).
 *
 * @param externalId by which an upsert finds records; empty for other operations
 * @param allOrNone whether one refused record makes the org undo its call
 */
record RecordWrites(SalesforceCalls calls, String object, Operation operation, String externalId, boolean allOrNone) {
    static final String PATH = "composite/sobjects";
    static final String ROLLED_BACK = "ALL_OR_NONE_OPERATION_ROLLED_BACK";
    static final String DELETED_BEFORE = "ENTITY_IS_DELETED";
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json; charset=UTF-8");

    /**
     * A successful answer.
     *
     * @param body missing where it has none
     */
    record Answer(int status, JsonNode body) {}

    /**
     * Sends a write and reads its answer. One that would do harm twice is sent once, any other again where that may help.
     *
     * @param body missing for none
     * @param repeatable whether it does no harm twice
     * @throws KeywharfException with code {@code salesforce.outcome_unknown} when it does, and no answer came
     */
    static Answer send(SalesforceCalls calls, String method, String path, JsonNode body, boolean repeatable) {
        for (int attempt = 1; ; attempt++) {
            boolean answered = false;
            try {
                HttpResponse response =
                        calls.send(method, path, body.isMissingNode() ? Map.of() : JSON, content(body), repeatable);
                answered = true;
                int status = response.status();
                return new Answer(status, calls.json(response));
            } catch (KeywharfException e) {
                if (!repeatable) {
                    throw isOpen(e) ? unknown(calls, method, path, e) : e;
                }
                // An answer that breaks off is asked for again here; what fails before it, by the filters.
                if (!answered || attempt >= SalesforceCalls.READ_ATTEMPTS || !isOpen(e)) {
                    throw e;
                }
            }
        }
    }

    /** The body of a request, which can be sent twice. */
    static HttpBody content(JsonNode body) {
        return body.isMissingNode()
                ? HttpBody.empty()
                : HttpBody.of(body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isOpen(KeywharfException e) {
        // With this code the API has refused the call. A 500, 502 or 503 without one is a proxy's, which may have
        // passed it on.
        return SalesforceErrors.leavesOpen(e) && !SalesforceErrors.says(e, "SERVER_UNAVAILABLE");
    }

    private static KeywharfException unknown(
            SalesforceCalls calls, String method, String path, KeywharfException cause) {
        return new KeywharfException(
                SalesforceErrors.OUTCOME_UNKNOWN,
                calls.subject(method + " " + path.replaceFirst("\\?.*", "")),
                "No whole answer came, so the write may have been carried out or not (" + cause.getMessage()
                        + "). Look for the records before you send them again, or upsert them by an external id, which"
                        + " does no harm twice",
                cause);
    }

    /** A record without fields yet. */
    ObjectNode record() {
        ObjectNode record = SalesforceCalls.JSON.createObjectNode();
        record.putObject("attributes").put("type", object);
        return record;
    }

    String method() {
        return switch (operation) {
            case INSERT -> "POST";
            case UPDATE, UPSERT -> "PATCH";
            case DELETE, HARD_DELETE -> "DELETE";
        };
    }

    /** @param ids of the records, which a deletion has in its URL */
    String path(Stream<String> ids) {
        return switch (operation) {
            case INSERT, UPDATE -> PATH;
            case UPSERT -> PATH + "/" + object + "/" + externalId;
            case DELETE, HARD_DELETE ->
                PATH + "?allOrNone=" + allOrNone + "&ids=" + ids.collect(Collectors.joining(","));
        };
    }

    JsonNode body(List<ObjectNode> records) {
        if (operation.deletes()) {
            return SalesforceCalls.JSON.missingNode();
        }
        ObjectNode body = SalesforceCalls.JSON.createObjectNode().put("allOrNone", allOrNone);
        body.putArray("records").addAll(records);
        return body;
    }

    /** What an answer says of each of the records, in their order; {@code salesforce.count_mismatch} otherwise. */
    List<SalesforceResult> results(JsonNode answer, int first, int records) {
        if (!answer.isArray() || answer.size() != records) {
            throw new KeywharfException(
                    SalesforceErrors.COUNT_MISMATCH,
                    calls.subject(PATH),
                    "The answer to " + records + " records has "
                            + (answer.isArray() ? answer.size() + " results" : "no list of results")
                            + ", so that it is not known what became of which; look for the records");
        }
        List<SalesforceResult> results = new ArrayList<>();
        for (JsonNode node : answer) {
            results.add(result(first + results.size(), node));
        }
        return results;
    }

    private SalesforceResult result(int position, JsonNode node) {
        Optional<String> id = Optional.ofNullable(node.path("id").textValue()).filter(text -> !text.isEmpty());
        if (node.path("success").asBoolean()) {
            Outcome done = operation == Operation.INSERT || node.path("created").asBoolean()
                    ? Outcome.CREATED
                    : operation.deletes() ? Outcome.DELETED : Outcome.UPDATED;
            return new SalesforceResult(position, done, id, List.of());
        }
        List<SalesforceRefusal> errors = SalesforceErrors.parsed(node.path("errors"));
        Outcome refused = isFirst(ROLLED_BACK, errors) ? Outcome.ROLLED_BACK : Outcome.REFUSED;
        return new SalesforceResult(position, refused, id, errors);
    }

    private static boolean isFirst(String code, List<SalesforceRefusal> errors) {
        return !errors.isEmpty() && errors.get(0).code().equals(code);
    }

    /** Whether a record was to be deleted, and had been deleted before. */
    boolean wasDeleted(SalesforceResult result) {
        return operation.deletes() && isFirst(DELETED_BEFORE, result.errors());
    }

    private SalesforceResult judged(SalesforceResult result) {
        return wasDeleted(result)
                ? new SalesforceResult(result.position(), Outcome.ABSENT, result.id(), List.of())
                : result;
    }

    /**
     * Writes a list of records.
     *
     * @param records each with the values that the operation needs
     * @throws SalesforceWriteException when a call fails as a whole
     */
    List<SalesforceResult> all(List<? extends Map<String, ?>> records) {
        if (records.size() > SalesforceObject.MAX_RECORDS) {
            throw new IllegalArgumentException("The list has " + records.size() + " records, more than "
                    + SalesforceObject.MAX_RECORDS + "; write so many with sink()");
        }
        if (allOrNone && records.size() > SalesforceObject.COLLECTION) {
            throw new IllegalArgumentException("All or none holds for up to " + SalesforceObject.COLLECTION
                    + " records, which are one call; the list has " + records.size());
        }
        for (int i = 0; i < records.size(); i++) {
            requireKey(i, records.get(i));
        }
        List<SalesforceResult> results = new ArrayList<>(records.size());
        for (int from = 0; from < records.size(); from += SalesforceObject.COLLECTION) {
            int to = Math.min(records.size(), from + SalesforceObject.COLLECTION);
            try {
                List<ObjectNode> part = records.subList(from, to).stream()
                        .map(values -> record().<ObjectNode>setAll(RecordValues.record(object, values)))
                        .toList();
                String path = path(part.stream().map(record -> record.path("Id").asText()));
                Answer answer = send(calls, method(), path, body(part), operation.isIdempotent());
                results(answer.body(), from, part.size()).forEach(result -> results.add(judged(result)));
            } catch (KeywharfException e) {
                throw unfinished(results, records.size(), to, e);
            }
        }
        return List.copyOf(results);
    }

    private void requireKey(int position, Map<String, ?> values) {
        if (operation == Operation.INSERT) {
            return;
        }
        // A record without its external id would be created, and once more when it is sent again.
        String field = operation == Operation.UPSERT ? externalId : "Id";
        Object key = values.get(field);
        if (!operation.deletes() && (key == null || key.toString().isBlank())) {
            throw RecordValues.bad(
                    object,
                    "Record " + position + " has no value of " + field
                            + ", by which it is to be found; give one, or create the record");
        }
        if (field.equals("Id")) {
            SalesforceId.check(String.valueOf(key));
        }
    }

    private SalesforceWriteException unfinished(
            List<SalesforceResult> answered, int all, int sent, KeywharfException cause) {
        boolean open = cause.code().equals(SalesforceErrors.OUTCOME_UNKNOWN)
                || cause.code().equals(SalesforceErrors.COUNT_MISMATCH)
                || cause.code().equals(KeywharfException.INTERRUPTED);
        List<SalesforceResult> results = new ArrayList<>(answered);
        for (int i = answered.size(); i < all; i++) {
            Outcome outcome = open && i < sent ? Outcome.UNKNOWN : Outcome.NOT_SENT;
            results.add(new SalesforceResult(i, outcome, Optional.empty(), List.of()));
        }
        return new SalesforceWriteException(
                cause,
                calls.subject(object),
                answered.size() + " of " + all + " records were answered for; "
                        + (open ? sent - answered.size() + " may have been written; " : "") + "results() lists them. "
                        + cause.getMessage(),
                results);
    }
}
