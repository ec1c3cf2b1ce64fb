/**
 * Batch ingestion: clients' files checked, staged and ingested, many tenants side by side.
 * {@code BatchIngestor} is the server's entry point, {@code FetchData} the
 * client's.
 */
@NullMarked
package io.github.keywharf.batch;

import org.jspecify.annotations.NullMarked;
