package io.github.keywharf.salesforce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpResponse;
import java.util.Map;

/**
 * Calls that write. One that would do harm twice is sent once, and when its answer does not arrive the error says so; any other
 * is sent again.
 */
final class RecordWrites {
    private final SalesforceCalls calls;

    RecordWrites(SalesforceCalls calls) {
        this.calls = calls;
    }

    /**
     * A successful answer.
     *
     * @param body missing where it has none
     */
    record Answer(int status, JsonNode body) {}

    /** The body of a request, which can be sent twice. */
    static HttpBody body(JsonNode tree) {
        try {
            return HttpBody.of(SalesforceCalls.JSON.writeValueAsBytes(tree));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of JSON cannot be written", e);
        }
    }

    /**
     * Sends a write and reads its answer.
     *
     * @param repeatable whether it does no harm twice
     * @throws KeywharfException with code {@code salesforce.outcome_unknown} when it does, and no answer came
     */
    Answer send(String method, String path, HttpBody body, boolean repeatable) {
        Map<String, String> headers =
                body.length().orElse(1) == 0 ? Map.of() : Map.of("Content-Type", "application/json; charset=UTF-8");
        for (int attempt = 1; ; attempt++) {
            boolean answered = false;
            try {
                HttpResponse response = calls.send(method, path, headers, body, repeatable);
                answered = true;
                int status = response.status();
                return new Answer(status, calls.json(response));
            } catch (KeywharfException e) {
                if (!repeatable) {
                    throw isOpen(e) ? unknown(method, path, e) : e;
                }
                // An answer that breaks off is asked for again here; what fails before it, by the filters.
                if (!answered || attempt >= SalesforceCalls.READ_ATTEMPTS || !isOpen(e)) {
                    throw e;
                }
            }
        }
    }

    private static boolean isOpen(KeywharfException e) {
        // With this code the API has refused the call. A 500, 502 or 503 without one is a proxy's, which may have
        // passed it on.
        return SalesforceErrors.leavesOpen(e) && !SalesforceErrors.says(e, "SERVER_UNAVAILABLE");
    }

    private KeywharfException unknown(String method, String path, KeywharfException cause) {
        int query = path.indexOf('?');
        return new KeywharfException(
                SalesforceErrors.OUTCOME_UNKNOWN,
                calls.subject(method + " " + (query < 0 ? path : path.substring(0, query))),
                "No whole answer came, so the write may have been carried out or not (" + cause.getMessage()
                        + "). Look for the records before you send them again, or upsert them by an external id, which"
                        + " does no harm twice",
                cause);
    }
}
