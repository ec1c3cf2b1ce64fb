/**
 * A server of Delta Sharing for the host's own tables, of which each recipient reads its part. {@link
 * io.github.keywharf.sharing.server.DeltaSharingServer} is the entry point.
 *
 * <p>Inside: {@code CallerGate} says who calls, {@code ShareRegistry} keeps shares, recipients and hashed tokens.
 * {@code TenantTable}, {@code TenantSnapshot} and {@code TenantFile} are all that a request sees of a table: a file exists
 * for it only where {@code TenantFile} has admitted it. {@code QueryRequest}, {@code Hints} and {@code Capabilities} read
 * requests; {@code ActionLines} and {@code ActionStream} write answers.
 */
@NullMarked
package io.github.keywharf.sharing.server;

import org.jspecify.annotations.NullMarked;
