package io.github.keywharf.testing.salesforce;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** The calls of a day, and what is left of them ("Limits" resource and "Limit Info Header" of the REST API Developer Guide). */
final class DailyCalls {
    private int most = 15_000;
    private int used;

    void most(int calls) {
        most = calls;
    }

    void useUp() {
        used = most;
    }

    int used() {
        return used;
    }

    /** Counts one call; beyond the limit the code is that of the concurrent limit, and the message another. */
    void take() {
        if (used >= most) {
            throw new Refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
        }
        used++;
    }

    /** The value of Sforce-Limit-Info. */
    String header() {
        return "api-usage=" + used + "/" + most;
    }

    ObjectNode limits() {
        ObjectNode limits = Json.object();
        put(limits, "DailyApiRequests", most, most - used);
        put(limits, "DailyBulkApiBatches", 15_000, 15_000);
        put(limits, "DailyBulkV2QueryJobs", 10_000, 10_000);
        put(limits, "DailyBulkV2QueryFileStorageMB", 976_562, 976_562);
        put(limits, "DataStorageMB", 5, 5);
        return limits;
    }

    private static void put(ObjectNode limits, String name, int max, int remaining) {
        limits.putObject(name).put("Max", max).put("Remaining", remaining);
    }
}
