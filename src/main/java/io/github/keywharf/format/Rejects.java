package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnType;
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

    /** Why a text is not a value of the type. */
    static String reason(String value, ColumnType type) {
        return BytesVector.isWellFormed(value)
                ? "'" + clipped(value) + "' is not a valid " + type
                : "has half of a surrogate pair, which has no form in UTF-8";
    }

    /** The value for a message, cut where it gets long. */
    static String clipped(String value) {
        return Cut.to(value, MAX_QUOTED);
    }
}
