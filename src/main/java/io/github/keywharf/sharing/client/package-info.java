/**
 * A client of Delta Sharing. {@link io.github.keywharf.sharing.client.DeltaSharingClient} is the entry point.
 *
 * <p>Inside: {@code ClientCalls} sends requests, {@code ClientRequest} and {@code ClientListing} ask for files, {@code
 * ClientAddresses} and {@code ClientFetch} download them, {@code ClientStore} does so ahead of whoever reads.
 */
@NullMarked
package io.github.keywharf.sharing.client;

import org.jspecify.annotations.NullMarked;
