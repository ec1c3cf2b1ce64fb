package io.github.keywharf.table;

import io.github.keywharf.CheckReturnValue;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Report of a write. Its counts close: each row that was read was either written or left out.
 *
 * @param read rows that the sink took, and rows that steps and readers of text before it rejected or left out
 * @param written rows that are in the destination for good, as the destination reports it
 * @param leftOut rows that were not written
 * @param bytes bytes written, as the destination counts them
 * @param took wall-clock time
 * @param rejects the rejected rows that {@link RejectListener#keep} kept; empty with any other listener
 */
public record WriteReport(
        long read, long written, LeftOut leftOut, long bytes, Duration took, List<RejectedRow> rejects) {

    /** The width that a report is printed in, beside the name that JShell gives it. */
    private static final int WIDTH = 70;

    /** Copies the list. */
    public WriteReport {
        rejects = List.copyOf(rejects);
    }

    private WriteReport(long read, long written, long rejected, long bytes, Duration took) {
        this(read, written, LeftOut.byRejection(rejected), bytes, took, List.of());
    }

    /** Creates a report without kept rejects, of rows that were written or rejected. */
    public static WriteReport of(long read, long written, long rejected, long bytes, Duration took) {
        return new WriteReport(read, written, rejected, bytes, took);
    }

    /** Rejected rows. */
    public long rejected() {
        return leftOut.rejected();
    }

    /**
     * Returns this report if its counts close.
     *
     * @param subject destination of the rows, for the message
     * @throws io.github.keywharf.KeywharfException with code {@link LeftOut#COUNTS_OPEN} if they do not
     */
    @CheckReturnValue
    public WriteReport closed(String subject) {
        leftOut.requireClosed(subject, read, written);
        return this;
    }

    @Override
    public String toString() {
        String rows = String.format(Locale.ROOT, "%,d read, %,d written,", read, written);
        String rest = String.format(Locale.ROOT, "%,d bytes in %.3f s", bytes, took.toNanos() / 1e9);
        String line = rows + " " + leftOut + ", " + rest;
        return line.length() <= WIDTH ? line : rows + "\n  " + leftOut + ",\n  " + rest;
    }
}
