package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings of a {@link CassandraSink}, which documents them. */
record BulkOptions(
        int windowRows,
        int batchRows,
        int maxInFlight,
        double rowsPerSecond,
        @Nullable ConsistencyLevel consistency,
        CassandraSink.Nulls nulls,
        @Nullable Duration timeToLive,
        boolean cutTimestamps,
        Map<String, String> columns,
        boolean ignoreUnknownColumns,
        @Nullable Instant timestamp,
        boolean serverTimestamps,
        @Nullable Checkpoint checkpoint,
        Duration outageWait,
        Duration resendWindow,
        long resendMemory,
        long maxRejects,
        @Nullable Work work,
        @Nullable EventListener listener) {

    /**
     * Where a load notes how far it is.
     *
     * @param store keeps the notes
     * @param key the folder of the notes
     * @param source what the rows are
     */
    record Checkpoint(ObjectStore store, String key, String source) {}

    BulkOptions {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    BulkOptions withNulls(CassandraSink.Nulls other) {
        return new BulkOptions(
                windowRows,
                batchRows,
                maxInFlight,
                rowsPerSecond,
                consistency,
                other,
                timeToLive,
                cutTimestamps,
                columns,
                ignoreUnknownColumns,
                timestamp,
                serverTimestamps,
                checkpoint,
                outageWait,
                resendWindow,
                resendMemory,
                maxRejects,
                work,
                listener);
    }
}
