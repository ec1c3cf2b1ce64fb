package io.github.keywharf.table;

import java.time.Duration;
import java.util.List;

/**
 * Counts of one write, for a sink: it reads {@link #rows()}, rejects rows to this, and returns {@link #report}.
 *
 * <pre>{@code
 * WriteCounts counts = new WriteCounts(name, rows, rejects);
 * long written = load(counts.rows(), counts);
 * WriteReport report = counts.report(written, bytes);     // before the commit, for it fails unless the counts close
 * }</pre>
 *
 * <p>Rows may be rejected on any thread; otherwise not thread-safe.
 */
public final class WriteCounts implements RejectListener {

    private final String subject;
    private final Rows source;
    private final Rows rows;
    private final RejectListener rejects;
    private final long start = System.nanoTime();
    private long read;
    private LeftOut leftOut = LeftOut.NONE;

    /**
     * Begins to count, and measures the time from now on.
     *
     * @param subject what is written to
     * @param source what is written
     * @param rejects takes each rejected row
     */
    public WriteCounts(String subject, Rows source, RejectListener rejects) {
        this.subject = subject;
        this.source = source;
        this.rejects = rejects;
        rows = source.peek(batch -> read += batch.size());
    }

    /**
     * Counts for a sink that takes its rows in another form, and says how many by {@link #read}.
     *
     * @param subject what is written to
     * @param rejects takes each rejected row
     */
    public WriteCounts(String subject, RejectListener rejects) {
        this(subject, Rows.empty(Schema.of(List.of())), rejects);
    }

    /** Counts rows that were taken other than from {@link #rows()}. */
    public void read(long more) {
        read += more;
    }

    /** The rows to write, counted batch by batch. Closing them closes the source. */
    public Rows rows() {
        return rows;
    }

    /** Counts a rejected row and hands it on. */
    @Override
    public void rejected(RejectedRow row) {
        leaveOut(LeftOut.byRejection(1));
        rejects.rejected(row);
    }

    /** Counts rows that are left out. */
    public synchronized void leaveOut(LeftOut more) {
        leftOut = leftOut.plus(more);
    }

    /**
     * Requires that each row was either written or left out.
     *
     * @param written as the destination reports it
     * @throws io.github.keywharf.KeywharfException with code {@link LeftOut#COUNTS_OPEN} if one was not
     */
    public void requireClosed(long written) {
        report(written, 0);
    }

    /**
     * The report, with the rows that steps before this write rejected or left out.
     *
     * @param written as the destination reports it
     * @param bytes as the destination counts them
     * @throws io.github.keywharf.KeywharfException with code {@link LeftOut#COUNTS_OPEN} unless each row was either written or
     *     left out
     */
    public synchronized WriteReport report(long written, long bytes) {
        LeftOut before = source.leftOut();
        return new WriteReport(
                        read + before.total(),
                        written,
                        leftOut.plus(before),
                        bytes,
                        Duration.ofNanos(System.nanoTime() - start),
                        rejects instanceof KeptRejects kept ? kept.rows() : List.of())
                .closed(subject);
    }
}
