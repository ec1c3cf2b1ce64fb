package io.github.keywharf.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.salesforce.SalesforceResult.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes lists of records in calls of 200 ("sObject Collections", REST API Developer Guide). */
final class RecordCollections {
    private static final String ROLLED_BACK = "ALL_OR_NONE_OPERATION_ROLLED_BACK";
    private static final String DELETED_BEFORE = "ENTITY_IS_DELETED";

    private final SalesforceCalls calls;
    private final String object;

    RecordCollections(SalesforceCalls calls, String object) {
        this.calls = calls;
        this.object = object;
    }

    List<SalesforceResult> create(List<? extends Map<String, ?>> records, boolean allOrNone) {
        return inCalls(
                records,
                allOrNone,
                part -> write("POST", "composite/sobjects", part, allOrNone, false),
                Outcome.CREATED);
    }

    List<SalesforceResult> update(List<? extends Map<String, ?>> records, boolean allOrNone) {
        requireKey(records, "Id");
        return inCalls(
                records,
                allOrNone,
                part -> write("PATCH", "composite/sobjects", part, allOrNone, true),
                Outcome.UPDATED);
    }

    List<SalesforceResult> upsert(String field, List<? extends Map<String, ?>> records, boolean allOrNone) {
        // A record without the external id would be created, and once more when it is sent again.
        requireKey(records, field);
        String path = "composite/sobjects/" + object + "/" + field;
        return inCalls(records, allOrNone, part -> write("PATCH", path, part, allOrNone, true), Outcome.UPDATED);
    }

    List<SalesforceResult> delete(List<String> ids, boolean allOrNone) {
        ids.forEach(SalesforceId::check);
        return inCalls(
                ids,
                allOrNone,
                part -> new RecordWrites(calls)
                        .send(
                                "DELETE",
                                "composite/sobjects?ids=" + String.join(",", part) + "&allOrNone=" + allOrNone,
                                HttpBody.empty(),
                                true),
                Outcome.DELETED);
    }

    private void requireKey(List<? extends Map<String, ?>> records, String field) {
        for (int i = 0; i < records.size(); i++) {
            Object key = records.get(i).get(field);
            if (key == null || key.toString().isBlank()) {
                throw RecordValues.bad(
                        object,
                        "Record " + i + " has no value of " + field
                                + ", by which it is to be found; give one, or create the record");
            }
            if (field.equals("Id")) {
                SalesforceId.check(key.toString());
            }
        }
    }

    private RecordWrites.Answer write(
            String method, String path, List<? extends Map<String, ?>> part, boolean allOrNone, boolean repeatable) {
        ObjectNode request = JsonNodeFactory.instance.objectNode().put("allOrNone", allOrNone);
        ArrayNode records = request.putArray("records");
        for (Map<String, ?> values : part) {
            ObjectNode record = records.addObject();
            record.putObject("attributes").put("type", object);
            record.setAll(RecordValues.record(object, values));
        }
        return new RecordWrites(calls).send(method, path, RecordWrites.body(request), repeatable);
    }

    private <T> List<SalesforceResult> inCalls(
            List<T> records, boolean allOrNone, Function<List<T>, RecordWrites.Answer> call, Outcome usual) {
        if (records.size() > SalesforceObject.MAX_RECORDS) {
            throw new IllegalArgumentException("The list has " + records.size() + " records, more than "
                    + SalesforceObject.MAX_RECORDS + "; write so many with sink()");
        }
        if (allOrNone && records.size() > SalesforceObject.COLLECTION) {
            throw new IllegalArgumentException("All or none holds for up to " + SalesforceObject.COLLECTION
                    + " records, which are one call; the list has " + records.size());
        }
        List<SalesforceResult> results = new ArrayList<>(records.size());
        for (int from = 0; from < records.size(); from += SalesforceObject.COLLECTION) {
            List<T> part = records.subList(from, Math.min(records.size(), from + SalesforceObject.COLLECTION));
            try {
                JsonNode answer = call.apply(part).body();
                if (!answer.isArray() || answer.size() != part.size()) {
                    throw new KeywharfException(
                            SalesforceErrors.COUNT_MISMATCH,
                            calls.subject("composite/sobjects"),
                            "The answer to " + part.size() + " records has "
                                    + (answer.isArray() ? answer.size() + " results" : "no list of results")
                                    + ", so that it is not known what became of which; look for the records");
                }
                for (int i = 0; i < part.size(); i++) {
                    results.add(result(from + i, answer.get(i), usual));
                }
            } catch (KeywharfException e) {
                throw unfinished(results, records.size(), part.size(), e);
            }
        }
        return List.copyOf(results);
    }

    static SalesforceResult result(int position, JsonNode node, Outcome usual) {
        List<SalesforceRefusal> errors = new ArrayList<>();
        node.path("errors").forEach(error -> errors.add(SalesforceRefusal.of(SalesforceErrors.vendor(error))));
        Optional<String> id = Optional.ofNullable(text(node.path("id")));
        if (node.path("success").asBoolean()) {
            Outcome outcome = node.path("created").asBoolean() ? Outcome.CREATED : usual;
            return new SalesforceResult(position, outcome, id, List.of());
        }
        String first = errors.isEmpty() ? "" : errors.get(0).code();
        Outcome outcome = switch (first) {
            case ROLLED_BACK -> Outcome.ROLLED_BACK;
            case DELETED_BEFORE -> usual == Outcome.DELETED ? Outcome.ABSENT : Outcome.REFUSED;
            default -> Outcome.REFUSED;
        };
        return new SalesforceResult(position, outcome, id, outcome == Outcome.ABSENT ? List.of() : errors);
    }

    private static @Nullable String text(JsonNode node) {
        return node.isTextual() ? node.textValue() : null;
    }

    private SalesforceWriteException unfinished(
            List<SalesforceResult> answered, int all, int sent, KeywharfException cause) {
        boolean open = cause.code().equals(SalesforceErrors.OUTCOME_UNKNOWN)
                || cause.code().equals(SalesforceErrors.COUNT_MISMATCH)
                || cause.code().equals(KeywharfException.INTERRUPTED);
        List<SalesforceResult> results = new ArrayList<>(answered);
        for (int i = answered.size(); i < all; i++) {
            Outcome outcome = open && i < answered.size() + sent ? Outcome.UNKNOWN : Outcome.NOT_SENT;
            results.add(new SalesforceResult(i, outcome, Optional.empty(), List.of()));
        }
        return new SalesforceWriteException(
                cause,
                calls.subject(object),
                answered.size() + " of " + all + " records were answered for; "
                        + (open ? sent + " may have been written; " : "") + "results() lists them. "
                        + cause.getMessage(),
                results);
    }
}
