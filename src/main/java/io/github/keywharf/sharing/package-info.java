/**
 * Delta Sharing: what a platform shares with its tenants. {@link io.github.keywharf.sharing.DeltaSharingServer} serves the
 * host's own tables, of which each recipient reads its part; {@link io.github.keywharf.sharing.DeltaSharingClient} reads what
 * is shared.
 *
 * <p>Inside the server: {@code CallerGate} says who calls, {@code ShareRegistry} keeps shares, recipients and hashed tokens.
 * {@code TenantTable}, {@code TenantSnapshot} and {@code TenantFile} are all that a request sees of a table: a file exists
 * for it only where {@code TenantFile} has admitted it. {@code QueryRequest}, {@code Hints} and {@code Capabilities} read
 * requests; {@code ActionLines} and {@code ActionStream} write answers.
 *
 * <p>Inside the client ({@code Client…}, {@code Share…}): {@code ClientCalls} sends requests, {@code ClientRequest} and {@code
 * ClientListing} ask for files, {@code ClientAddresses} and {@code ClientFetch} download them, {@code ClientStore} does so
 * ahead of whoever reads.
 *
 * <p>How tenants use the platform: {@link io.github.keywharf.sharing.UsageLog} writes it to a table, and {@code UsageCharts} is
 * what {@code UsagePage} and {@code SupersetBundle} show of it.
 */
@NullMarked
package io.github.keywharf.sharing;

import org.jspecify.annotations.NullMarked;
