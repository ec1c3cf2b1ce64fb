package io.github.keywharf.format;

import io.github.keywharf.internal.Cut;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnType;

/** Reasons why values are rejected. */
final class Rejects {

    private static final int MAX_QUOTED = 100;

    private Rejects() {}

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
