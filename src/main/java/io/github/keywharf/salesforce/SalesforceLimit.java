package io.github.keywharf.salesforce;

/**
 * One limit of an org, such as {@code DailyApiRequests}.
 *
 * @param max what is allowed; the unit is in the limit's name, and calls unless it says otherwise
 * @param remaining what is left of it
 */
public record SalesforceLimit(long max, long remaining) {
    /** What is used so far. */
    public long used() {
        return max - remaining;
    }
}
