package io.github.keywharf.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.internal.Backoff;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.salesforce.SalesforceResult.Outcome;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.Origin;
import io.github.keywharf.table.RejectListener;
import java.time.Duration;
import java.util.ArrayList;
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
    private static final int MAX_REASON = 1_000;

    private record Waiting(ColumnBatch batch, int row, Origin origin, ObjectNode record) {}

    private final SalesforceCalls calls;
    private final SalesforceSinkOptions options;
    private final SalesforceSinkFields fields;
    private final RecordWrites writes;
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
        this.writes = new RecordWrites(
                calls, options.object(), options.operation(), options.externalId(), options.allOrNone());
        this.rejects = rejects;
    }

    void add(ColumnBatch batch) {
        for (int row = 0; row < batch.size(); row++) {
            read++;
            ObjectNode record = writes.record();
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
        return new SalesforceSinkNote.Totals(read, written, rejected, LeftOut.NONE, bytes, Duration.ZERO);
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
        Map<String, String> headers = options.assignmentRule().isEmpty()
                ? Map.of("Content-Type", "application/json")
                : Map.of("Content-Type", "application/json", "Sforce-Auto-Assign", options.assignmentRule());
        List<ObjectNode> records = waiting.stream().map(Waiting::record).toList();
        String path = writes.path(waiting.stream().map(row -> id(row.record())));
        HttpBody body = RecordWrites.content(writes.body(records));
        bytes += body.length().orElseThrow();
        boolean again = false;
        JsonNode answer = null;
        for (int attempt = 1; answer == null; attempt++) {
            try {
                answer = calls.json(calls.send(writes.method(), path, headers, body, false));
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
        List<SalesforceResult> results;
        try {
            results = writes.results(answer, 0, waiting.size());
        } catch (KeywharfException e) {
            throw unknown(e);
        }
        List<Waiting> locked = new ArrayList<>();
        boolean isUndone = options.allOrNone()
                && results.stream().allMatch(result -> isLocked(result) || result.outcome() == Outcome.ROLLED_BACK);
        for (int i = 0; i < waiting.size(); i++) {
            if (resends > 0 && (isUndone || (!options.allOrNone() && isLocked(results.get(i))))) {
                locked.add(waiting.get(i));
            } else {
                result(waiting.get(i), results.get(i), again);
            }
        }
        waiting.clear();
        if (!locked.isEmpty()) {
            waiting.addAll(locked);
            options.bulk().pause().of(PAUSES.pause(RESENDS + 1 - resends), calls.subject("composite/sobjects"));
            send(resends - 1);
        }
    }

    private static boolean isLocked(SalesforceResult result) {
        return !result.errors().isEmpty() && result.errors().get(0).code().equals(LOCKED);
    }

    private void result(Waiting row, SalesforceResult result, boolean again) {
        if (result.success() || (again && writes.wasDeleted(result))) {
            written++;
            SalesforceSink.IdListener ids = options.ids();
            if (ids != null) {
                ids.written(row.origin(), result.id().orElseGet(() -> id(row.record())), result.created());
            }
            return;
        }
        List<SalesforceRefusal> errors = result.errors();
        List<String> named = errors.isEmpty() ? List.of() : errors.get(0).fields();
        String column = named.size() == 1 ? fields.column(named.get(0)) : "";
        String reason = errors.stream().map(SalesforceRefusal::toString).collect(Collectors.joining("; "));
        reject(row, column, reason.isEmpty() ? "The org gives no reason" : reason);
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
