package io.github.keywharf.cassandra;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.Origin;
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
    /** What a window takes in memory besides its rows, about. */
    private static final int OWN_BYTES = 1_024;

    /**
     * A row that is not written. The rejected row itself is made when it is reported, so that no window holds one for each
     * of its rows.
     */
    record Refusal(String source, int row, String column, String reason) {}

    private final List<ColumnBatch> batches = new ArrayList<>(2);
    private final List<Integer> offsets = new ArrayList<>(2);
    private final List<Integer> starts = new ArrayList<>(2);
    private final long firstRow;
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger written = new AtomicInteger();
    private int writtenBefore;
    private final List<Refusal> refusals = new ArrayList<>();
    private final BitSet refused = new BitSet(0);
    private int size;
    private int at;
    private int lastAttempt = -1;
    private long bytes;
    private long held = OWN_BYTES;
    private boolean released;

    /** When all rows were acknowledged, by {@link System#nanoTime}. */
    long acknowledged;

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

    /**
     * Adds rows of a batch at the end.
     *
     * @param memory what they take in memory, about
     */
    void add(ColumnBatch batch, int from, int count, long memory) {
        held += memory;
        batches.add(batch);
        offsets.add(from);
        starts.add(size);
        size += count;
    }

    /** Some consecutive rows of this window, which was not begun, as a window of their own. */
    BulkWindow part(int from, int count) {
        if (count == size) {
            return this;
        }
        BulkWindow part = new BulkWindow(firstRow + from);
        for (int row = from; row < from + count; ) {
            int index = part(row);
            int end = index + 1 < starts.size() ? starts.get(index + 1) : size;
            int taken = Math.min(end, from + count) - row;
            part.add(batches.get(index), offsets.get(index) + row - starts.get(index), taken, held * taken / size);
            row += taken;
        }
        return part;
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
            refusals.add(new Refusal(source, row, column, reason));
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
    List<Refusal> takeRefusals() {
        List<Refusal> fresh = new ArrayList<>(refusals);
        fresh.sort(Comparator.comparingInt(Refusal::row));
        refusals.clear();
        return fresh;
    }

    RejectedRow rejected(Refusal refusal) {
        int row = refusal.row();
        Origin otherwise = new Origin(refusal.source(), firstRow + row + 1);
        return batch(row).rejected(position(row), otherwise, refusal.column(), refusal.reason());
    }

    /** Lets go of the rows if all of them were refused and reported. */
    void releaseRefused() {
        if (refusals.isEmpty() && refused.cardinality() == size) {
            released = true;
            held = OWN_BYTES;
            batches.clear();
        }
    }

    /** Whether there is nothing to send again. */
    boolean isReleased() {
        return released;
    }

    /** What the window takes in memory, about; never less than the bytes of its values. */
    long memory() {
        return released ? held : Math.max(held, bytes);
    }

    /** Begins to send all rows, for the first time or again. */
    void begin(int attempt) {
        attempted(attempt);
        bytes = 0;
    }

    /** Notes that rows are sent for this number of times. */
    void attempted(int attempt) {
        lastAttempt = Math.max(lastAttempt, attempt);
    }

    /** Forgets what was sent. */
    void restart() {
        sentWhole = false;
        pending.set(0);
        written.set(0);
    }

    /** The greatest number of a sending that any row has used; -1 before the first. */
    int lastAttempt() {
        return lastAttempt;
    }

    void requestMade(int requestBytes) {
        pending.incrementAndGet();
        bytes += requestBytes;
    }

    void requestEnded() {
        pending.decrementAndGet();
    }

    /** Notes that the server has written the rows of a request. */
    void requestAcknowledged(int rows) {
        written.addAndGet(rows);
        requestEnded();
    }

    /**
     * Rows that the server has written and that were not taken before. Negative if rows were refused that were written when
     * the window was sent before.
     *
     * @throws io.github.keywharf.KeywharfException with code {@code table.counts_open} unless each row was written or refused
     */
    long takeNewlyWritten(String subject) {
        int now = written.get();
        LeftOut.byRejection(refused.cardinality()).requireClosed(subject, size, now);
        int before = writtenBefore;
        writtenBefore = now;
        return (long) now - before;
    }

    /** Notes that all rows are in requests. */
    void sentWhole() {
        sentWhole = true;
    }

    /** Whether every row was acknowledged or refused. */
    boolean isDone() {
        return sentWhole && pending.get() == 0;
    }

    /** The bytes of all values the first time, nothing later. */
    long takeNewBytes() {
        long fresh = bytesTaken ? 0 : bytes;
        bytesTaken = true;
        return fresh;
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
