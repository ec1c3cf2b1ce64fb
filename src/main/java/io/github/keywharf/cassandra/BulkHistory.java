package io.github.keywharf.cassandra;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The windows acknowledged a short while ago, to be sent again if a server forgets them. Not thread-safe. */
final class BulkHistory {
    /** What was acknowledged within so short a time is dropped as one, so that what was dropped takes no memory. */
    private static final long TOGETHER = Duration.ofMillis(100).toNanos();

    /** While a node is waited for, so many are noted at most; then each two become one. */
    private static final int MOST_DROPPED = 1_000;

    /**
     * Rows that were acknowledged but could not be kept.
     *
     * @param lacking whether there is anything among them to be sent again
     */
    private record Dropped(
            long firstRow, long endRow, long began, long acknowledged, BulkTotals totals, boolean lacking) {
        static Dropped of(BulkWindow window) {
            return new Dropped(
                    window.firstRow(),
                    window.endRow(),
                    window.acknowledged,
                    window.acknowledged,
                    window.totals(),
                    !window.isReleased());
        }

        boolean takes(Dropped next) {
            return lacking == next.lacking && next.acknowledged - began < TOGETHER;
        }

        Dropped with(Dropped next) {
            return new Dropped(firstRow, next.endRow, began, next.acknowledged, next.totals, lacking);
        }
    }

    private final long window;
    private final long memory;
    private final Deque<BulkWindow> kept = new ArrayDeque<>();
    private final Deque<Dropped> dropped = new ArrayDeque<>();
    private long bytes;
    private BulkTotals settled;

    /**
     * @param window how long windows are kept
     * @param memory how many bytes are kept at most
     * @param before what earlier runs did
     */
    BulkHistory(Duration window, long memory, BulkTotals before) {
        this.settled = before;
        this.window = window.toNanos();
        this.memory = memory;
    }

    /**
     * Keeps a window that is acknowledged now, and forgets those that need not be kept any more.
     *
     * @param seen when all nodes were seen last: what one acknowledged shortly before, it may have forgotten since
     */
    void add(BulkWindow acknowledged, long seen) {
        long now = window == 0 ? acknowledged.acknowledged : seen;
        kept.addLast(acknowledged);
        bytes += acknowledged.memory();
        while (!dropped.isEmpty() && now - dropped.getFirst().acknowledged() >= window) {
            settled = dropped.removeFirst().totals();
        }
        for (BulkWindow first = kept.peekFirst();
                first != null && now - first.acknowledged >= window;
                first = kept.peekFirst()) {
            forgetFirst();
            settled = first.totals();
        }

        for (BulkWindow first = kept.peekFirst(); first != null && bytes > memory; first = kept.peekFirst()) {
            forgetFirst();
            drop(Dropped.of(first));
        }
    }

    private void drop(Dropped next) {
        Dropped last = dropped.peekLast();
        if (last != null && last.takes(next)) {
            dropped.removeLast();
            dropped.addLast(last.with(next));
        } else {
            dropped.addLast(next);
            if (dropped.size() > MOST_DROPPED) {
                halveDropped();
            }
        }
    }

    private void halveDropped() {
        List<Dropped> all = new ArrayList<>(dropped);
        dropped.clear();
        for (int i = 0; i < all.size(); i++) {
            Dropped one = all.get(i);
            if (i + 1 < all.size() && one.lacking() == all.get(i + 1).lacking()) {
                i++;
                one = one.with(all.get(i));
            }
            dropped.addLast(one);
        }
    }

    /** How many notes of dropped rows are kept. */
    int droppedNotes() {
        return dropped.size();
    }

    private void forgetFirst() {
        BulkWindow first = kept.removeFirst();
        bytes -= first.memory();
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

    /** Whether rows acknowledged shortly before that or later are not kept. */
    boolean lacksRows(long nanos) {
        return dropped.stream().anyMatch(it -> it.lacking() && nanos - it.acknowledged() < window);
    }

    /** The first row that is not kept, counted from 0; only where {@link #lacksRows}. */
    long firstLacking(long nanos) {
        return dropped.stream()
                .filter(it -> it.lacking() && nanos - it.acknowledged() < window)
                .mapToLong(Dropped::firstRow)
                .min()
                .orElse(0);
    }

    /** The row after the last that is not kept. */
    long endLacking() {
        return dropped.isEmpty() ? 0 : dropped.getLast().endRow();
    }
}
