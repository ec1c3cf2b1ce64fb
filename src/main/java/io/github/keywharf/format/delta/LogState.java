package io.github.keywharf.format.delta;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a log amounts to at a version. Never changed once it is made.
 *
 * @param version of the table
 * @param timestamp when it was committed
 * @param inCommitTimestamp the time that the commit itself states, in milliseconds
 * @param protocol what clients must be able to do
 * @param metadata what the table is
 * @param types its columns
 * @param transactions the newest version of each application
 * @param domains the metadata domains of other writers, by name
 * @param files by {@link DeltaFile#entry}
 * @param removed by {@link RemovedFile#entry}
 */
record LogState(
        long version,
        Instant timestamp,
        Optional<Long> inCommitTimestamp,
        DeltaProtocol protocol,
        DeltaMetadata metadata,
        DeltaTypes types,
        Map<String, Transaction> transactions,
        Map<String, String> domains,
        Map<String, DeltaFile> files,
        Map<String, RemovedFile> removed) {

    LogState withTypes(DeltaTypes others) {
        return new LogState(
                version,
                timestamp,
                inCommitTimestamp,
                protocol,
                metadata,
                others,
                transactions,
                domains,
                files,
                removed);
    }

    /** What an application has committed last. */
    record Transaction(long version, Optional<Long> lastUpdated) {}
}
