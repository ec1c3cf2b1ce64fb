package io.github.keywharf.salesforce;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What a run of a copy did.
 *
 * @param run its number, from 0
 * @param wholeBecause why the whole object was read; empty when only changes were
 * @param written rows that are in the destination, unchanged ones that were read again included
 * @param rejected rows that the destination refused
 * @param deleted how many of the records read are deleted, those included of which only the id is known
 * @param drift how the fields differ from the last checkpoint's
 * @param checkpoint how far the copy goes now
 * @param took wall-clock time
 */
public record SalesforceCopyReport(
        long run,
        Optional<String> wholeBecause,
        long written,
        long rejected,
        long deleted,
        SalesforceDrift drift,
        SalesforceCheckpoint checkpoint,
        Duration took) {

    /** Whether the whole object was read. */
    public boolean whole() {
        return wholeBecause.isPresent();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s run %d, %s: %,d written, %,d rejected, %,d deleted until %s, %s, %.3f s",
                checkpoint.object(),
                run,
                wholeBecause.map(why -> "whole (" + why + ")").orElse("changes"),
                written,
                rejected,
                deleted,
                checkpoint.until(),
                drift,
                took.toNanos() / 1e9);
    }
}
