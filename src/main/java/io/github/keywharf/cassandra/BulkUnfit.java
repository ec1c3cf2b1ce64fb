package io.github.keywharf.cassandra;

import io.github.keywharf.internal.Cut;
import org.jspecify.annotations.Nullable;

/** Why a value does not go into a column, as a sentence for a person. It has no stack: there may be one for each row. */
final class BulkUnfit extends Exception {
    private static final long serialVersionUID = 1L;

    /** Characters of a value that a message shows at most. */
    static final int SHOWN = 80;

    private final String reason;

    BulkUnfit(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    /** A value that is not what the column takes. */
    static BulkUnfit of(@Nullable Object value, String problem) {
        return new BulkUnfit(shown(value) + " " + problem);
    }

    String reason() {
        return reason;
    }

    /** The same, one level further out: in an element, a field, a key. */
    BulkUnfit within(String place) {
        return new BulkUnfit(place + ": " + reason);
    }

    /** A value as messages show it, not longer than a line. */
    static String shown(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof byte[] bytes) {
            return bytes.length + " bytes";
        }
        if (value instanceof java.math.BigDecimal number && Math.abs((long) number.scale()) > SHOWN) {
            return "a number of scale " + number.scale();
        }
        return "'" + Cut.to(value.toString(), SHOWN) + "'";
    }
}
