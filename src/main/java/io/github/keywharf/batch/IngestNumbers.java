package io.github.keywharf.batch;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of a tenant or of the platform. Rows, bytes and times are those of files that are done.
 *
 * @param files how many are in each state; every state is there
 * @param rows written
 * @param rejected rows that were rejected
 * @param bytes of the files' content
 * @param spent the time that apps took, added up; files that were ingested concurrently count each
 * @param average what a file took
 * @param median what half of the files took at most
 * @param percentile95 what 95 of 100 files took at most
 * @param percentile99 what 99 of 100 files took at most
 * @param oldestWaiting how long ago the file arrived that has waited longest; empty when none waits
 */
public record IngestNumbers(
        Map<FileState, Long> files,
        long rows,
        long rejected,
        long bytes,
        Duration spent,
        Duration average,
        Duration median,
        Duration percentile95,
        Duration percentile99,
        Optional<Duration> oldestWaiting) {

    private static final double NANOS = 1e9;

    /** Copies the map. */
    public IngestNumbers {
        Map<FileState, Long> all = new EnumMap<>(FileState.class);
        for (FileState state : FileState.values()) {
            all.put(state, files.getOrDefault(state, 0L));
        }
        files = Collections.unmodifiableMap(all);
    }

    /** How many files are in a state. */
    public long count(FileState state) {
        return files.getOrDefault(state, 0L);
    }

    /** Rows written in a second that an app worked; 0 before any did. */
    public double rowsPerSecond() {
        return spent.isZero() ? 0 : rows * NANOS / spent.toNanos();
    }

    /** Adds up files. Not thread-safe. */
    static final class Sum {
        private final Map<FileState, Long> files = new EnumMap<>(FileState.class);
        private long rows;
        private long rejected;
        private long bytes;
        private final LongStream.Builder nanos = LongStream.builder();
        private @Nullable Instant oldest;

        void add(IngestedFile file) {
            files.merge(file.state(), 1L, Long::sum);
            if (file.state() == FileState.DONE) {
                rows += file.rows();
                rejected += file.rejected();
                bytes += file.bytes();
                // A clock that was set back gives no negative times.
                nanos.add(Math.max(0, file.took().toNanos()));
            } else if (file.state() == FileState.RECEIVED
                    && (oldest == null || file.received().isBefore(oldest))) {
                oldest = file.received();
            }
        }

        IngestNumbers numbers(Instant now) {
            long[] times = nanos.build().sorted().toArray();
            Duration spent = LongStream.of(times).mapToObj(Duration::ofNanos).reduce(Duration.ZERO, Duration::plus);
            return new IngestNumbers(
                    files,
                    rows,
                    rejected,
                    bytes,
                    spent,
                    times.length == 0 ? Duration.ZERO : spent.dividedBy(times.length),
                    percentile(times, 50),
                    percentile(times, 95),
                    percentile(times, 99),
                    Optional.ofNullable(oldest)
                            .map(since -> since.isAfter(now) ? Duration.ZERO : Duration.between(since, now)));
        }

        /** The nearest rank: the least time that so many of a hundred files did not exceed. */
        private static Duration percentile(long[] times, int percent) {
            long rank = ((long) times.length * percent + 99) / 100;
            return times.length == 0 ? Duration.ZERO : Duration.ofNanos(times[(int) Math.max(0, rank - 1)]);
        }
    }
}
