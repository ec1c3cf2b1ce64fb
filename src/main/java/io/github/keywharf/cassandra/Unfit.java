package io.github.keywharf.cassandra;

import io.github.keywharf.internal.Cut;
import org.jspecify.annotations.Nullable;

/** Why a value does not go into a column, as a sentence for a person. It has no stack: there may be one for each row. */
final class Unfit extends Exception {
    private static final long serialVersionUID = 1L;

    /** Characters of a value that a message shows at most. */
    static final int SHOWN = 80;

    private final String reason;
    private final String hidden;

    Unfit(String reason) {
        this(reason, reason);
    }

    private Unfit(String reason, String hidden) {
        super(hidden, null, false, false);
        this.reason = reason;
        this.hidden = hidden;
    }

    /** A value that is not what the column takes. */
    static Unfit of(@Nullable Object value, String problem) {
        return new Unfit(shown(value) + " " + problem, "it " + problem);
    }

    /** The sentence with the value in it. */
    String reason() {
        return reason;
    }

    /** The same without the value, which may be a secret: where it is part of another one, its class instead. */
    String withoutValue() {
        return hidden;
    }

    /** The same, one level further out: in an element, a field, a key. */
    Unfit within(String place, Object part) {
        return new Unfit(place + ": " + reason, place + ", a " + part.getClass().getName() + ": " + hidden);
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
