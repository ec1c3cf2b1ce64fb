package io.github.keywharf.salesforce;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.http.Pause;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;

/**
 * A query as a job of Bulk API 2.0. Thread-safe; each call of {@link #rows()} makes a job.
 *
 * @param operation {@code query}, or {@code queryAll} with deleted rows
 * @param schema the columns in the order of the select list, by its names
 */
record SalesforceBulkQuery(
        SalesforceCalls calls, String soql, String operation, Schema schema, SalesforceBulkOptions options) {
    SalesforceBulkQuery {
        if (!operation.equals("query") && !operation.equals("queryAll")) {
            throw new IllegalArgumentException("The operation is query or queryAll, not '" + operation + "'");
        }
    }

    /** Runs queries of an org as jobs, by the org's clock. */
    static QueryContext.BulkRows over(SalesforceCalls calls) {
        SalesforceBulkOptions options = SalesforceBulkOptions.defaults().withTime(calls.clock(), Pause.SLEEP);
        return (soql, schema, object, withDeleted, job) -> {
            SalesforceBulkQuery query =
                    new SalesforceBulkQuery(calls, soql, withDeleted ? "queryAll" : "query", schema, options);
            return job == null ? query.rows() : query.resume(job, object);
        };
    }

    /**
     * Makes the job. It is waited for when the first row is read; reading to the end, or closing early, deletes it. A job
     * whose reading failed stays, and {@link #resume} reads it.
     */
    Rows rows() {
        ObjectNode request = SalesforceBulkJob.request(operation).put("query", soql);
        return new SalesforceBulkRows(this, SalesforceBulkJob.create(calls, "query", request), false).rows();
    }

    /**
     * The rows of a job that was made before, from the first one on.
     *
     * @throws io.github.keywharf.KeywharfException {@code salesforce.job_unknown} when it is gone, as it is after 7 days,
     *     {@code salesforce.job_other} when it is of another query
     */
    Rows resume(String jobId, String object) {
        SalesforceBulkJob job = SalesforceBulkJob.find(calls, "query", jobId);
        if (!job.isOf(operation, object)) {
            throw job.other("is " + job.title() + ", and not " + operation + " " + object);
        }
        return new SalesforceBulkRows(this, job, true).rows();
    }

    /** Without the text, which may hold values. */
    @Override
    public String toString() {
        return "SalesforceBulkQuery[" + operation + "]";
    }
}
