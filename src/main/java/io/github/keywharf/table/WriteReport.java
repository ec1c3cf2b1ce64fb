package io.github.keywharf.table;

import io.github.keywharf.CheckReturnValue;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What a write did.
 *
 * @param read rows taken from the source
 * @param written rows that are in the destination for good
 * @param rejected rows refused
 * @param bytes bytes written, as the destination counts them
 * @param took wall-clock time
 * @param rejects the refused rows, where they were kept; empty where a listener took them
 */
public record WriteReport(
        long read, long written, long rejected, long bytes, Duration took, List<RejectedRow> rejects) {

    /** Copies the list. */
    public WriteReport {
        rejects = List.copyOf(rejects);
    }

    /** A report without kept rejects. */
    public static WriteReport of(long read, long written, long rejected, long bytes, Duration took) {
        return new WriteReport(read, written, rejected, bytes, took, List.of());
    }

    /** This report with the rejected rows. */
    @CheckReturnValue
    public WriteReport withRejects(List<RejectedRow> kept) {
        return new WriteReport(read, written, rejected, bytes, took, kept);
    }

    /**
     * Rows that the destination took without an error and left out, such as those that a trigger of a table suppresses.
     * It does not say which.
     */
    public long suppressed() {
        return read - written - rejected;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d read, %,d written, %,d rejected, %s%,d bytes in %.3f s",
                read,
                written,
                rejected,
                suppressed() == 0 ? "" : String.format(Locale.ROOT, "%,d suppressed, ", suppressed()),
                bytes,
                took.toNanos() / 1e9);
    }
}
