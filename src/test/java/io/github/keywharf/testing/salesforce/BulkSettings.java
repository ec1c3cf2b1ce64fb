package io.github.keywharf.testing.salesforce;

import org.jspecify.annotations.Nullable;

/** What tests may set about jobs. */
final class BulkSettings {
    /** How many polls it takes until a job is complete; the others see InProgress. */
    int polls = 2;

    /** The most rows of a page of results. */
    int pageSize = 50_000;

    /** 150 MB, counted as base64 ("Limits and Allocations of Bulk API 2.0"). */
    long maxUpload = 150_000_000L;

    /** The name of the link to further result pages; the guide has nextRecordsUrl and nextRecordUrl. */
    String pagesLink = "nextRecordsUrl";

    boolean mayHardDelete = true;

    /** Why the next job ends as Failed. */
    @Nullable
    String failure;

    @Nullable
    String takeFailure() {
        String taken = failure;
        failure = null;
        return taken;
    }
}
