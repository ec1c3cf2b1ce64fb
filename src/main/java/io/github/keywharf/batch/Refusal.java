package io.github.keywharf.batch;

import io.github.keywharf.internal.Cut;
import java.util.Optional;

/**
 * Why a file may not be sent.
 *
 * @param constraint which one, by its key in the profile, such as {@code data_sizes}; {@code name} for what no file of any
 *     tenant may be called
 * @param value what the file has
 * @param allowed what it may have
 */
public record Refusal(String constraint, String value, String allowed) {

    /** The most characters of a value, 200; longer ones are cut. */
    public static final int MAX_VALUE = 200;

    private static final int MAX_ALLOWED = 1_000;
    private static final String AFTER_CONSTRAINT = ": ";
    private static final String BEFORE_ALLOWED = "; allowed: ";

    /** Cuts the texts, and removes what would break a line or steer a terminal. */
    public Refusal {
        value = Cut.printable(value, MAX_VALUE);
        allowed = Cut.printable(allowed, MAX_ALLOWED);
    }

    /** One line: {@code data_sizes: 4097.5 KB; allowed: at most 4096 KB}. */
    public String message() {
        return constraint + AFTER_CONSTRAINT + value + BEFORE_ALLOWED + allowed;
    }

    /** Reads what {@link #message()} wrote; empty where it did not. */
    static Optional<Refusal> parse(String message) {
        int colon = message.indexOf(AFTER_CONSTRAINT);
        int allowed = message.lastIndexOf(BEFORE_ALLOWED);
        return colon < 1 || allowed < colon + AFTER_CONSTRAINT.length()
                ? Optional.empty()
                : Optional.of(new Refusal(
                        message.substring(0, colon),
                        message.substring(colon + AFTER_CONSTRAINT.length(), allowed),
                        message.substring(allowed + BEFORE_ALLOWED.length())));
    }

    @Override
    public String toString() {
        return message();
    }
}
