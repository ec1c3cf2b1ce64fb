package io.github.keywharf.batch;

import io.github.keywharf.table.RowSink;

/**
 * Where each tenant's rows go. The host decides: a Cassandra table under the organisation's own key, a PostgreSQL table, a
 * Parquet file in an object store.
 *
 * <pre>{@code
 * TenantSinks sinks = job -> cassandra.loginAs(keys.get(job.tenant()))
 *         .table(job.profile().keyspace() + "." + job.profile().table());
 * }</pre>
 *
 * <p>A file may be written again after a failure or a crash. Each row arrives once when the sink replaces what has the same
 * key, as Cassandra and {@code upsertBy} do, or writes an object of the name {@link IngestJob#objectName}.
 */
@FunctionalInterface
public interface TenantSinks {

    /** The sink for the rows of one file; called at most once for each run, by the thread that first needs it. */
    RowSink open(IngestJob job);
}
