/**
 * What a platform shares with its tenants: tables, credentials to read them, and how they are used.
 *
 * <p>Inside the client ({@code Client…}, {@code Share…}): {@code ClientCalls} sends requests, {@code ClientRequest} and {@code
 * ClientListing} ask for files, {@code ClientAddresses} and {@code ClientFetch} download them, {@code ClientStore} does so
 * ahead of whoever reads.
 */
@NullMarked
package io.github.keywharf.sharing;

import org.jspecify.annotations.NullMarked;
