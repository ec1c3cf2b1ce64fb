package io.github.keywharf.table;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Origins of the rows of one write by the numbers under which a sink stages them, for rows that are refused after they were
 * sent.
 *
 * <p>Not thread-safe.
 */
public final class WrittenOrigins {

    /** Maximum number of runs, about 12 MB; of rows beyond them only the source is kept. */
    private static final int MAX_RUNS = 1 << 20;

    private final String source;
    private final int maxRuns;
    /** Origins by the number of rows before them; null for rows that have none, and so are numbered. */
    private final TreeMap<Long, @Nullable Origins> batches = new TreeMap<>();

    private long runs;

    /**
     * @param source source of rows that come without an origin
     */
    public WrittenOrigins(String source) {
        this(source, MAX_RUNS);
    }

    WrittenOrigins(String source, int maxRuns) {
        this.source = source;
        this.maxRuns = maxRuns;
    }

    /**
     * Adds the origins of the next batch.
     *
     * @param rowsBefore number of rows before the batch
     */
    public void add(ColumnBatch batch, long rowsBefore) {
        Origins origins = batch.origins().orElse(null);
        Origins last = batches.isEmpty() ? null : batches.lastEntry().getValue();
        if (origins == null) {
            if (last != null) {
                batches.put(rowsBefore, null);
            }
            return;
        }
        runs += origins.runs();
        if (runs + batches.size() <= maxRuns) {
            batches.put(rowsBefore, origins);
        } else if (last == null || last.runs() > 0 || !last.source().equals(origins.source())) {
            // Stands for all rows of the source that follow.
            batches.put(rowsBefore, origins.withoutPositions());
        }
    }

    /** The origin of the row that was sent under this number, counted from 1. */
    public Origin of(long number) {
        Map.Entry<Long, @Nullable Origins> entry = batches.floorEntry(number - 1);
        Origins origins = entry == null ? null : entry.getValue();
        if (entry == null || origins == null) {
            return new Origin(source, number);
        }
        return origins.of(origins.runs() == 0 ? 0 : (int) (number - 1 - entry.getKey()));
    }
}
