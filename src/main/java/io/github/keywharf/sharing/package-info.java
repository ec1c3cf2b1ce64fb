/**
 * Delta Sharing: {@link io.github.keywharf.sharing.DeltaSharingClient} reads what others share.
 *
 * <p>Inside the client ({@code Client…}, {@code Share…}): {@code ClientCalls} sends requests, {@code ClientRequest} and {@code
 * ClientListing} ask for files, {@code ClientAddresses} and {@code ClientFetch} download them, {@code ClientStore} does so
 * ahead of whoever reads.
 */
@NullMarked
package io.github.keywharf.sharing;

import org.jspecify.annotations.NullMarked;
