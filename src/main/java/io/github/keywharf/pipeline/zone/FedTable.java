package io.github.keywharf.pipeline.zone;

import java.util.Optional;

/**
 * A source table whose changes the change feed gives.
 *
 * @param identity what distinguishes the table from another one that takes its name later
 * @param awaited a mark of the feed: until the transactions that were running then have ended, the feed may lack changes,
 *     and the table is read whole; empty when the feed gives every change
 */
public record FedTable(String identity, Optional<String> awaited) {

    /** Whether the feed gives every change of the table that has this identity. */
    public boolean isComplete(String identityNow) {
        return awaited.isEmpty() && identity.equals(identityNow);
    }
}
