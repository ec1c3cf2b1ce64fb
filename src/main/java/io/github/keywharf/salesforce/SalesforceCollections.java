package io.github.keywharf.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.internal.Backoff;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Origin;
import io.github.keywharf.table.RejectListener;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Sends rows as collections of the REST API, 200 records to a call, whose results are in the order of the records.
 *
 * @see <a href="https://developer.salesforce.com/docs/platform/api-rest/guide/resources-composite-sobjects-collections.html">sObject
 *     collections</a>
 */
final class SalesforceCollections {
    /** How often a call is sent whose answer was lost, where twice does no harm. */
    private static final int ATTEMPTS = 3;

    /** How often rows that were refused for a lock are sent again: they were not written. */
    private static final int RESENDS = 2;

    private static final Backoff PAUSES = Backoff.doubling(Duration.ofSeconds(1), Duration.ofSeconds(4));
    private static final String LOCKED = "UNABLE_TO_LOCK_ROW";
    private static final String ROLLED_BACK = "ALL_OR_NONE_OPERATION_ROLLED_BACK";
    private static final int MAX_REASON = 1_000;

    private record Waiting(ColumnBatch batch, int row, Origin origin, ObjectNode record) {}

    private final SalesforceCalls calls;
    private final SalesforceSinkOptions options;
    private final SalesforceSinkFields fields;
    private final RejectListener rejects;
    private final List<Waiting> waiting = new ArrayList<>();
    private long read;
    private long written;
    private long rejected;
    private long bytes;

    SalesforceCollections(
            SalesforceCalls calls, SalesforceSinkOptions options, SalesforceSinkFields fields, RejectListener rejects) {
        this.calls = calls;
        this.options = options;
        this.fields = fields;
        this.rejects = rejects;
    }

    void add(ColumnBatch batch) {
        for (int row = 0; row < batch.size(); row++) {
            read++;
            ObjectNode record = SalesforceCalls.JSON.createObjectNode();
            SalesforceSinkFields.Refused refused = fields.record(batch, row, record);
            Origin origin = batch.origins().orElseThrow().of(row);
            Waiting one = new Waiting(batch, row, origin, record);
            if (refused == null && options.operation().deletes() && !SalesforceId.isId(id(record))) {
                refused = new SalesforceSinkFields.Refused(
                        fields.column("Id"), "is not an id, which has 15 or 18 letters and digits");
            }
            if (refused != null) {
                reject(one, refused.column(), refused.reason());
                continue;
            }
            waiting.add(one);
            if (waiting.size() == SalesforceObject.COLLECTION) {
                send(RESENDS);
            }
        }
    }

    /** Sends what waits; what came of all rows. */
    SalesforceSinkNote.Totals finish() {
        if (!waiting.isEmpty()) {
            send(RESENDS);
        }
        return new SalesforceSinkNote.Totals(read, written, rejected, bytes, Duration.ZERO);
    }

    private String id(ObjectNode record) {
        SalesforceSinkFields.Field key = fields.key();
        return key == null ? "" : record.path(key.name()).asText();
    }

    private void reject(Waiting row, String column, String reason) {
        rejected++;
        rejects.rejected(row.batch().rejected(row.row(), row.origin(), column, Cut.printable(reason, MAX_REASON)));
    }

    private void send(int resends) {
        Map<String, String> headers = new HashMap<>();
        headers.put("Content-Type", "application/json");
        if (!options.assignmentRule().isEmpty()) {
            headers.put("Sforce-Auto-Assign", options.assignmentRule());
        }
        byte[] body = options.operation().deletes() ? new byte[0] : body();
        bytes += body.length;
        boolean again = false;
        JsonNode answer = null;
        for (int attempt = 1; answer == null; attempt++) {
            try {
                answer = calls.json(calls.send(method(), path(), headers, HttpBody.of(body), false));
            } catch (KeywharfException e) {
                if (!SalesforceErrors.leavesOpen(e)) {
                    if (resends == RESENDS
                            || options.operation().isIdempotent()
                            || e.code().equals(KeywharfException.INTERRUPTED)) {
                        throw e;
                    }
                    // What became of the other rows is known, which an error would not say.
                    waiting.forEach(row -> reject(
                            row,
                            "",
                            LOCKED + ": a record was locked, and the row could not be sent again: " + e.getMessage()));
                    waiting.clear();
                    return;
                }
                if (!options.operation().isIdempotent() || attempt == ATTEMPTS) {
                    throw unknown(e);
                }
                again = true;
            }
        }
        if (!answer.isArray() || answer.size() != waiting.size()) {
            throw unknown(new KeywharfException(
                    "salesforce.bad_answer",
                    calls.subject("composite/sobjects"),
                    "The answer has " + answer.size() + " results for " + waiting.size() + " records"));
        }
        List<Waiting> locked = new ArrayList<>();
        boolean isUndone = options.allOrNone() && isUndoneByLocks(answer);
        for (int i = 0; i < waiting.size(); i++) {
            if (resends > 0 && (isUndone || (!options.allOrNone() && isRefused(answer.get(i), LOCKED)))) {
                locked.add(waiting.get(i));
            } else {
                result(waiting.get(i), answer.get(i), again);
            }
        }
        waiting.clear();
        if (!locked.isEmpty()) {
            waiting.addAll(locked);
            options.bulk().pause().of(PAUSES.pause(RESENDS + 1 - resends), calls.subject("composite/sobjects"));
            send(resends - 1);
        }
    }

    /** Whether all rows of a call were undone, and for nothing but locks. */
    private static boolean isUndoneByLocks(JsonNode answer) {
        for (JsonNode result : answer) {
            if (!isRefused(result, LOCKED) && !isRefused(result, ROLLED_BACK)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isRefused(JsonNode result, String code) {
        JsonNode first = result.path("errors").path(0);
        return !result.path("success").asBoolean(false)
                && SalesforceErrors.vendor(first).errorCode().equals(code);
    }

    private void result(Waiting row, JsonNode result, boolean again) {
        List<SalesforceErrors.Vendor> errors = new ArrayList<>();
        result.path("errors").forEach(error -> errors.add(SalesforceErrors.vendor(error)));
        boolean isGone = again
                && options.operation().deletes()
                && !errors.isEmpty()
                && errors.get(0).errorCode().equals("ENTITY_IS_DELETED");
        if (result.path("success").asBoolean(false) || isGone) {
            written++;
            SalesforceSink.IdListener ids = options.ids();
            if (ids != null) {
                String id = result.path("id").asText("");
                boolean created = options.operation() == SalesforceSinkOptions.Operation.INSERT
                        || result.path("created").asBoolean(false);
                ids.written(row.origin(), id.isEmpty() ? id(row.record()) : id, created);
            }
            return;
        }
        List<String> named = errors.isEmpty() ? List.of() : errors.get(0).fields();
        String column = named.size() == 1 ? fields.column(named.get(0)) : "";
        String reason = errors.stream().map(SalesforceErrors.Vendor::text).collect(Collectors.joining("; "));
        reject(row, column, reason.isEmpty() ? "The org gives no reason" : reason);
    }

    private String method() {
        return switch (options.operation()) {
            case INSERT -> "POST";
            case UPDATE, UPSERT -> "PATCH";
            case DELETE, HARD_DELETE -> "DELETE";
        };
    }

    private String path() {
        return switch (options.operation()) {
            case INSERT, UPDATE -> "composite/sobjects";
            case UPSERT -> "composite/sobjects/" + options.object() + "/" + options.externalId();
            case DELETE, HARD_DELETE ->
                "composite/sobjects?allOrNone=" + options.allOrNone() + "&ids="
                        + URLEncoder.encode(
                                waiting.stream().map(row -> id(row.record())).collect(Collectors.joining(",")),
                                StandardCharsets.UTF_8);
        };
    }

    private byte[] body() {
        ObjectNode body = SalesforceCalls.JSON.createObjectNode().put("allOrNone", options.allOrNone());
        ArrayNode records = body.putArray("records");
        waiting.forEach(row -> records.add(row.record()));
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    private KeywharfException unknown(KeywharfException cause) {
        Origin first = waiting.get(0).origin();
        Origin last = waiting.get(waiting.size() - 1).origin();
        return new KeywharfException(
                SalesforceErrors.OUTCOME_UNKNOWN,
                calls.subject("composite/sobjects"),
                "It is not known what became of " + waiting.size() + " rows, " + first + " to " + last
                        + ", which were sent to "
                        + options.operation().text() + "; " + written
                        + " rows before them are written. Look for them in"
                        + " the org before you send them again",
                cause);
    }
}
