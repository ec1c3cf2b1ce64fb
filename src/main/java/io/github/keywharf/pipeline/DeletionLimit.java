package io.github.keywharf.pipeline;

import java.math.BigDecimal;
import java.util.Locale;

/**
 * How many of a table's keys one reconciliation may record as deleted.
 *
 * @param share of the keys that were there, 0 to 1; 1 is not a limit
 */
public record DeletionLimit(double share) {

    /** So many deletions of a table are recorded whatever their share, so that tables of a few rows stay usable. */
    public static final int ALWAYS_ALLOWED = 4;

    public DeletionLimit {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("The deletionLimit is a share from 0 to 1, but was " + share);
        }
    }

    /** Returns true if so many of the known keys may be recorded as deleted without being allowed by name. */
    boolean allows(long deleted, long known) {
        // In decimals: 0.29 * 100 is less than 29 in binary floating point.
        BigDecimal most = BigDecimal.valueOf(share).multiply(BigDecimal.valueOf(known));
        return deleted <= ALWAYS_ALLOWED || BigDecimal.valueOf(deleted).compareTo(most) <= 0;
    }

    /** Message of a table whose deletions were withheld. */
    String reason(String sourceTable, String of, long deleted, long known) {
        return String.format(
                Locale.ROOT,
                "%,d of the %,d keys of %s are missing from the source, more than the deletionLimit of %.0f%% allows."
                        + " None was recorded as deleted. If the rows were deleted on purpose, call"
                        + " reconcileAllowingDeletions(List.of(\"%s\")); otherwise restore them",
                deleted,
                known,
                of,
                share * 100,
                sourceTable);
    }
}
