package io.github.keywharf.pipeline;

/** How an increment finds the rows that changed since the last one. */
public enum ChangeDetection {

    /**
     * By the transaction that wrote the row, under one snapshot of all tables: sees late commits, and updates that left
     * {@code last_updated} as it was; needs no right beyond reading. Does not see deletions: reconciliation does.
     */
    TRANSACTION_ID,

    /**
     * By {@code last_updated}, in windows that overlap by a lookback: for views and sources whose transactions cannot be
     * compared. Does not see silent updates, deletions, or commits later than the lookback: reconciliation does.
     */
    LAST_UPDATED,

    /**
     * By logical replication: sees every version of every row, and deletions, in commit order. Needs a server with
     * {@code wal_level = logical} and a role with the REPLICATION right.
     */
    LOGICAL_REPLICATION
}
