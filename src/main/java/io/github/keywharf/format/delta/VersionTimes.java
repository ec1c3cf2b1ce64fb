package io.github.keywharf.format.delta;

import io.github.keywharf.store.StoredObject;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;

/**
 * When versions were committed.
 *
 * @param log of the table
 * @param metadata of the newest version, which says since when commits state their time
 */
record VersionTimes(DeltaLog log, DeltaMetadata metadata) {

    private static final String SINCE_VERSION = "delta.inCommitTimestampEnablementVersion";
    private static final String SINCE_TIME = "delta.inCommitTimestampEnablementTimestamp";

    /** The newest version that is not younger than a time. */
    Optional<Long> newest(Instant time) {
        NavigableMap<Long, StoredObject> commits = LogListing.all(log.store).commits();
        if (commits.isEmpty() || !metadata.hasInCommitTimestamps()) {
            return byFiles(commits, time);
        }
        long since = number(SINCE_VERSION, 0);
        boolean stated = time.toEpochMilli() >= number(SINCE_TIME, Long.MIN_VALUE);
        return stated ? byCommits(commits.tailMap(since, true), time) : byFiles(commits.headMap(since, false), time);
    }

    /** The oldest version of which the commit is left. */
    Optional<Long> first() {
        NavigableMap<Long, StoredObject> commits = LogListing.all(log.store).commits();
        return commits.isEmpty() ? Optional.empty() : Optional.of(commits.firstKey());
    }

    private long number(String property, long otherwise) {
        try {
            return Long.parseLong(metadata.configuration().getOrDefault(property, "" + otherwise));
        } catch (NumberFormatException e) {
            throw DeltaErrors.corrupt(log.name(), "its property " + property + " is not a number", e);
        }
    }

    private static Optional<Long> byFiles(Map<Long, StoredObject> commits, Instant time) {
        Optional<Long> newest = Optional.empty();
        Instant before = Instant.MIN;
        for (Map.Entry<Long, StoredObject> commit : commits.entrySet()) {
            Instant written = commit.getValue().lastModified();
            Instant at = written.isAfter(before) ? written : before.plusMillis(1);
            if (at.isAfter(time)) {
                break;
            }
            newest = Optional.of(commit.getKey());
            before = at;
        }
        return newest;
    }

    /** Stated times go forward, so that the search can halve. */
    private Optional<Long> byCommits(NavigableMap<Long, StoredObject> commits, Instant time) {
        if (commits.isEmpty()) {
            return Optional.empty();
        }
        long low = commits.firstKey() - 1;
        long high = commits.lastKey();
        while (low < high) {
            long middle = low + (high - low + 1) / 2;
            long stated = log.inCommitTimestamp(middle)
                    .orElseThrow(() -> DeltaErrors.corrupt(
                            log.name(),
                            "version " + middle + " has no in-commit timestamp, though the table wants one"));
            if (stated <= time.toEpochMilli()) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low < commits.firstKey() ? Optional.empty() : Optional.of(low);
    }
}
