package io.github.keywharf.cassandra;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.RejectedRow;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A run of consecutive rows, which is grouped by partition as a whole. It refers to the batches it is made of, so that its
 * rows can be sent again.
 *
 * <p>Belongs to the loading thread, except that requests count themselves down as they are answered.
 */
final class BulkWindow {
    private final List<ColumnBatch> batches = new ArrayList<>(2);
    private final List<Integer> offsets = new ArrayList<>(2);
    private final List<Integer> starts = new ArrayList<>(2);
    private final long firstRow;
    private final AtomicInteger pending = new AtomicInteger();
    private final List<RejectedRow> rejects = new ArrayList<>();
    private final BitSet refused = new BitSet(0);
    private int size;
    private int at;
    private int told;
    private int sends;
    private long bytes;
    private long acknowledged;
    private BulkTotals totals = BulkTotals.NONE;
    private boolean sentWhole;
    private boolean bytesTaken;
    private boolean refusedByServer;

    /**
     * @param firstRow the number of its first row in the source, counted from 0
     */
    BulkWindow(long firstRow) {
        this.firstRow = firstRow;
    }

    /** Adds rows of a batch at the end. */
    void add(ColumnBatch batch, int from, int count) {
        batches.add(batch);
        offsets.add(from);
        starts.add(size);
        size += count;
    }

    int size() {
        return size;
    }

    long firstRow() {
        return firstRow;
    }

    /** The number of the row after its last one. */
    long endRow() {
        return firstRow + size;
    }

    private int part(int row) {
        int part = at;
        while (starts.get(part) > row) {
            part--;
        }
        while (part + 1 < starts.size() && starts.get(part + 1) <= row) {
            part++;
        }
        at = part;
        return part;
    }

    /** The batch that holds a row of this window. */
    ColumnBatch batch(int row) {
        return batches.get(part(row));
    }

    /** The position of a row within {@link #batch}. */
    int position(int row) {
        int part = part(row);
        return offsets.get(part) + row - starts.get(part);
    }

    ColumnVector vector(int row, int column) {
        return batch(row).column(column);
    }

    /** Notes that a row is not written; the first reason counts. */
    void reject(String source, int row, String column, String reason) {
        if (!refused.get(row)) {
            refused.set(row);
            rejects.add(new RejectedRow(
                    source,
                    firstRow + row + 1,
                    column,
                    reason,
                    batch(row).row(position(row)).toMap()));
        }
    }

    /** Notes that the server refused a row. */
    void rejectByServer(String source, int row, String reason) {
        refusedByServer = true;
        reject(source, row, "", reason);
    }

    boolean isRefused(int row) {
        return refused.get(row);
    }

    boolean wasRefusedByServer() {
        return refusedByServer;
    }

    /** The rows refused since they were asked for last, in the order of the source. */
    List<RejectedRow> takeRejects() {
        List<RejectedRow> fresh = new ArrayList<>(rejects.subList(told, rejects.size()));
        fresh.sort(Comparator.comparingLong(RejectedRow::position));
        told = rejects.size();
        return fresh;
    }

    /** Begins to send all rows, for the first time or again. */
    void begin() {
        sends++;
        bytes = 0;
    }

    /** Forgets what was sent. */
    void restart() {
        sentWhole = false;
        pending.set(0);
    }

    /** How often all rows were begun to be sent. */
    int sends() {
        return sends;
    }

    void requestMade(int requestBytes) {
        pending.incrementAndGet();
        bytes += requestBytes;
    }

    void requestEnded() {
        pending.decrementAndGet();
    }

    /** Notes that all rows are in requests. */
    void sentWhole() {
        sentWhole = true;
    }

    /** Whether every row was acknowledged or refused. */
    boolean isDone() {
        return sentWhole && pending.get() == 0;
    }

    /** The bytes of all values. */
    long bytes() {
        return bytes;
    }

    /** The bytes of all values the first time, nothing later. */
    long takeNewBytes() {
        long fresh = bytesTaken ? 0 : bytes;
        bytesTaken = true;
        return fresh;
    }

    /** When all rows were acknowledged, by {@link System#nanoTime}. */
    long acknowledged() {
        return acknowledged;
    }

    void acknowledged(long nanos) {
        acknowledged = nanos;
    }

    /** What was done when this window and all before it were acknowledged. */
    BulkTotals totals() {
        return totals;
    }

    /** Notes what is done; the first time counts, for later rows may be done when these are sent again. */
    void settleFor(BulkTotals done) {
        totals = totals.equals(BulkTotals.NONE) ? done : totals;
    }
}
