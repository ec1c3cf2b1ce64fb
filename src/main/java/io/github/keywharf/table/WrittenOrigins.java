package io.github.keywharf.table;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where the rows of one write came from, by the numbers under which a sink stages them, for those that are refused after they
 * were sent.
 *
 * <p>Not thread-safe.
 */
public final class WrittenOrigins {

    /** Runs that are remembered, about 12 MB; where there are more, only the source of further rows is known. */
    private static final int MAX_RUNS = 1 << 20;

    private final String source;
    private final int maxRuns;
    private final TreeMap<Long, Optional<Origins>> batches = new TreeMap<>();
    private long runs;

    /**
     * @param source where rows came from that have no origin of their own
     */
    public WrittenOrigins(String source) {
        this(source, MAX_RUNS);
    }

    WrittenOrigins(String source, int maxRuns) {
        this.source = source;
        this.maxRuns = maxRuns;
    }

    /**
     * Notes where the rows of the next batch came from.
     *
     * @param rowsBefore how many rows came before them
     */
    public void add(ColumnBatch batch, long rowsBefore) {
        Optional<Origins> origins = batch.origins();
        runs += origins.map(Origins::runs).orElse(0);
        Map.Entry<Long, Optional<Origins>> last = batches.lastEntry();
        boolean isFull = runs + batches.size() > maxRuns;
        if (isFull
                && last != null
                && source(last.getValue()).equals(source(origins))
                && hasNoPositions(last.getValue())) {
            // The last entry stands for these rows too.
            return;
        }
        if (origins.isPresent() || (last != null && last.getValue().isPresent())) {
            batches.put(rowsBefore, isFull ? origins.map(Origins::withoutPositions) : origins);
        }
    }

    private static Optional<String> source(Optional<Origins> origins) {
        return origins.map(Origins::source);
    }

    private static boolean hasNoPositions(Optional<Origins> origins) {
        return origins.map(Origins::runs).orElse(0) == 0;
    }

    /** The origin of the row that was sent under this number, counted from 1. */
    public Origin of(long number) {
        Map.Entry<Long, Optional<Origins>> found = batches.floorEntry(number - 1);
        return found == null
                ? new Origin(source, number)
                : found.getValue()
                        .map(origins -> origins.of(origins.runs() == 0 ? 0 : (int) (number - 1 - found.getKey())))
                        .orElseGet(() -> new Origin(source, number));
    }
}
