package io.github.keywharf.cassandra;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The windows acknowledged a short while ago, to be sent again if a server forgets them. Not thread-safe. */
final class BulkHistory {
    /** Rows that were acknowledged but could not be kept. */
    private record Dropped(long firstRow, long endRow, long acknowledged, BulkTotals totals) {}

    private final long window;
    private final long memory;
    private final Deque<BulkWindow> kept = new ArrayDeque<>();
    private final Deque<Dropped> dropped = new ArrayDeque<>();
    private long bytes;
    private BulkTotals settled;

    /**
     * @param window how long windows are kept
     * @param memory how many bytes of values are kept at most
     * @param before what earlier runs did
     */
    BulkHistory(Duration window, long memory, BulkTotals before) {
        this.settled = before;
        this.window = window.toNanos();
        this.memory = memory;
    }

    /** Keeps a window that is acknowledged now, and forgets those that need not be kept any more. */
    void add(BulkWindow acknowledged) {
        long now = acknowledged.acknowledged();
        kept.addLast(acknowledged);
        bytes += acknowledged.bytes();
        while (!dropped.isEmpty() && now - dropped.getFirst().acknowledged() >= window) {
            settled = dropped.removeFirst().totals();
        }
        for (BulkWindow first = kept.peekFirst();
                first != null && now - first.acknowledged() >= window;
                first = kept.peekFirst()) {
            forgetFirst();
            settled = first.totals();
        }

        for (BulkWindow first = kept.peekFirst(); first != null && bytes > memory; first = kept.peekFirst()) {
            forgetFirst();
            dropped.addLast(new Dropped(first.firstRow(), first.endRow(), first.acknowledged(), first.totals()));
        }
    }

    private void forgetFirst() {
        BulkWindow first = kept.removeFirst();
        bytes -= first.bytes();
    }

    /** What was acknowledged long enough ago. */
    BulkTotals settled() {
        return settled;
    }

    /** Takes out all windows kept. */
    List<BulkWindow> takeAll() {
        List<BulkWindow> all = new ArrayList<>(kept);
        kept.clear();
        bytes = 0;
        return all;
    }

    /** Whether rows acknowledged so shortly before are not kept. */
    boolean lacksRows(long nanos) {
        return dropped.stream().anyMatch(it -> nanos - it.acknowledged() < window);
    }

    /** The first row that is not kept, counted from 0; only where {@link #lacksRows}. */
    long firstLacking(long nanos) {
        return dropped.stream()
                .filter(it -> nanos - it.acknowledged() < window)
                .mapToLong(Dropped::firstRow)
                .min()
                .orElse(0);
    }

    /** The row after the last that is not kept. */
    long endLacking() {
        return dropped.isEmpty() ? 0 : dropped.getLast().endRow();
    }
}
