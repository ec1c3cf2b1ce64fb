package io.github.keywharf.cassandra;

import io.github.keywharf.KeywharfException;

/**
 * Counts how often rows were sent in all runs of a load, where each sending needs a timestamp of its own: the server makes
 * up the places of the elements of a list that is not frozen, so that a list sent twice with one timestamp has its
 * elements twice. Belongs to the loading thread.
 */
final class BulkAttempts {
    private final BulkPlan plan;
    private final BulkProgressLog log;
    private final String subject;
    private final int first;
    private int highest;

    BulkAttempts(BulkPlan plan, BulkProgressLog log, String subject) {
        this.plan = plan;
        this.log = log;
        this.subject = subject;
        this.first = log.firstAttempt();
        this.highest = first;
    }

    /** The number of the first sending of this run: greater than any that an earlier run has used. */
    int first() {
        return first;
    }

    /**
     * The number of a sending, once it is noted that it is used.
     *
     * @throws KeywharfException with code {@code cassandra.lists_resent} when the row has no timestamps left
     */
    int claim(int attempt) {
        if (!plan.needsAttempts()) {
            return 0;
        }
        if (attempt >= BulkPlan.LIST_SPACING) {
            throw new KeywharfException(
                    "cassandra.lists_resent",
                    subject,
                    "Rows were sent " + attempt
                            + " times without being acknowledged, and sent once more their lists may have elements"
                            + " twice; once the servers answer, load all rows again from the first one, with a new"
                            + " checkpoint if there is one, which replaces the lists");
        }
        if (attempt > highest) {
            highest = attempt;
            log.attempted(attempt);
        }
        return attempt;
    }
}
