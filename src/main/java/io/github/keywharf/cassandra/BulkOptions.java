package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings of a {@link CassandraSink}, whose builder documents them and alone changes them. */
final class BulkOptions implements Cloneable {
    int windowRows = CassandraSink.Builder.DEFAULT_WINDOW_ROWS;
    int batchRows;
    int parallelism = CassandraSink.Builder.DEFAULT_PARALLELISM;
    double rowsPerSecond = Double.POSITIVE_INFINITY;

    @Nullable
    ConsistencyLevel consistency;

    CassandraSink.Nulls nulls = CassandraSink.Nulls.UNSET;

    @Nullable
    Duration timeToLive;

    boolean cutTimestamps;
    Map<String, String> columns = new LinkedHashMap<>();
    boolean ignoreUnknownColumns;

    @Nullable
    Instant timestamp;

    boolean serverTimestamps;

    @Nullable
    Checkpoint checkpoint;

    Duration patience = CassandraSink.Builder.DEFAULT_PATIENCE;
    Duration resendWindow = CassandraSink.Builder.DEFAULT_RESEND_WINDOW;
    long resendMemory = CassandraSink.Builder.DEFAULT_RESEND_MEMORY;
    long maxRejects = Long.MAX_VALUE;

    @Nullable
    Work work;

    @Nullable
    EventListener listener;

    /**
     * Where a load notes how far it is.
     *
     * @param store keeps the notes
     * @param key the folder of the notes
     * @param source what the rows are
     */
    record Checkpoint(ObjectStore store, String key, String source) {}

    /** The same settings, to be changed without these. */
    BulkOptions copy() {
        try {
            BulkOptions copy = (BulkOptions) clone();
            copy.columns = new LinkedHashMap<>(columns);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }
}
