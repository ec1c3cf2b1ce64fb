package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.RejectedRow;

/** What happens to rejected rows when nobody takes them. */
final class Rejects {

    private static final int MAX_QUOTED = 100;

    private Rejects() {}

    static void fail(RejectedRow row) {
        throw new KeywharfException(
                "format.rejected",
                row.source() + ":" + row.position(),
                (row.column().isEmpty() ? "" : row.column() + ": ") + row.reason()
                        + "; repair it, or set rejects(...) to go on without such rows");
    }

    /** The value for a message, cut where it gets long. */
    static String clipped(String value) {
        return value.length() <= MAX_QUOTED ? value : value.substring(0, MAX_QUOTED) + "…";
    }
}
