package io.github.keywharf.batch;

import io.github.keywharf.table.WriteReport;

/**
 * What a tenant does with each of its files. The platform knows nothing else of it: it calls the app when a file is here,
 * bounds how many run concurrently and for how long, and records what came of it.
 *
 * <p>An app is called for one file at a time on each thread, by up to {@link TenantProfile#parallelism()} threads. A file may
 * come again after a failure or a crash; an app that takes its rows' ids from {@link IngestJob#rowId} writes the same rows
 * then. An app that runs past its time is interrupted.
 */
@FunctionalInterface
public interface ClientIngestApp {

    /**
     * Ingests one file.
     *
     * @return how many rows were read, written and rejected
     * @throws Exception when the file cannot be ingested; it is tried again when the exception is a
     *     {@link io.github.keywharf.KeywharfException} that is {@code retryable()}, as its
     *     method of that name makes them, and fails otherwise
     */
    WriteReport ingest(IngestJob job) throws Exception;
}
