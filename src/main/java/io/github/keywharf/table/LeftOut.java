package io.github.keywharf.table;

import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.KeywharfException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Rows that were read and not written, each counted where it was left out.
 *
 * @param rejected rows that a step or the destination refused
 * @param filter rows for which the condition of {@link RowStep#filter} was not true
 * @param distinct rows whose key came more than once, in {@link RowStep#distinct} or in an upsert
 * @param limit rows that were read beyond {@link RowStep#limit}
 * @param unchanged rows that the destination had already, with the same values
 * @param trigger rows that a trigger of the destination suppressed
 */
public record LeftOut(long rejected, long filter, long distinct, long limit, long unchanged, long trigger) {

    /** Code of the error about rows that were neither written nor left out. */
    public static final String COUNTS_OPEN = "table.counts_open";

    /** No rows. */
    public static final LeftOut NONE = new LeftOut(0, 0, 0, 0, 0, 0);

    /** Rejected rows. */
    public static LeftOut byRejection(long rows) {
        return new LeftOut(rows, 0, 0, 0, 0, 0);
    }

    /** Rows for which a condition was not true. */
    public static LeftOut byFilter(long rows) {
        return new LeftOut(0, rows, 0, 0, 0, 0);
    }

    /** Rows whose key came more than once. */
    public static LeftOut byDistinct(long rows) {
        return new LeftOut(0, 0, rows, 0, 0, 0);
    }

    /** Rows beyond a limit. */
    public static LeftOut byLimit(long rows) {
        return new LeftOut(0, 0, 0, rows, 0, 0);
    }

    /** Rows that the destination had already. */
    public static LeftOut asUnchanged(long rows) {
        return new LeftOut(0, 0, 0, 0, rows, 0);
    }

    /** Rows that a trigger suppressed. */
    public static LeftOut byTrigger(long rows) {
        return new LeftOut(0, 0, 0, 0, 0, rows);
    }

    /** Returns the sum of these rows and others. */
    @CheckReturnValue
    public LeftOut plus(LeftOut more) {
        return new LeftOut(
                rejected + more.rejected,
                filter + more.filter,
                distinct + more.distinct,
                limit + more.limit,
                unchanged + more.unchanged,
                trigger + more.trigger);
    }

    /** Returns these rows with another number of rejected ones. */
    @CheckReturnValue
    public LeftOut withRejected(long rows) {
        return byRejection(rows)
                .plus(byFilter(filter))
                .plus(byDistinct(distinct))
                .plus(byLimit(limit))
                .plus(asUnchanged(unchanged))
                .plus(byTrigger(trigger));
    }

    /** All rows. */
    public long total() {
        return rejected + filter + distinct + limit + unchanged + trigger;
    }

    /**
     * Compares the counts of rows.
     *
     * @param subject what they were written to
     * @throws KeywharfException with code {@link #COUNTS_OPEN} unless each row that was read was either written or left out
     */
    public void requireClosed(String subject, long read, long written) {
        if (read != written + total()) {
            throw new KeywharfException(
                    COUNTS_OPEN,
                    subject,
                    String.format(
                            Locale.ROOT,
                            "%,d rows were read, but %,d written and %,d left out (%s), so some were lost or written twice;"
                                    + " compare what is there with the source, and write the rows again",
                            read,
                            written,
                            total(),
                            this));
        }
    }

    /** The counts that are not 0, and that of rejected rows. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        parts.add(String.format(Locale.ROOT, "%,d rejected", rejected));
        add(parts, filter, "by filter");
        add(parts, distinct, "by distinct");
        add(parts, limit, "by limit");
        add(parts, unchanged, "unchanged");
        add(parts, trigger, "by trigger");
        return String.join(", ", parts);
    }

    private static void add(List<String> parts, long rows, String name) {
        if (rows > 0) {
            parts.add(String.format(Locale.ROOT, "%,d %s", rows, name));
        }
    }
}
