package io.github.keywharf.salesforce;

import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import java.util.List;
import java.util.Locale;

/**
 * A bulk job was made, taken up again, or has another state. How far it is between is {@link io.github.keywharf.event.Progress}.
 *
 * @param operation the job's: {@code query}, {@code queryAll}, {@code insert}, {@code update}, {@code upsert}, {@code delete} or
 *     {@code hardDelete}
 * @param object whose records these are
 * @param job its id, by which {@link SalesforceQuery#resume} reads a query
 * @param state the vendor's: {@code Open}, {@code UploadComplete}, {@code InProgress}, {@code JobComplete}, {@code Failed} or
 *     {@code Aborted}
 * @param processed how many records the org says it has processed, failed ones included
 * @param failed how many of them failed
 */
public record SalesforceJobEvent(String operation, String object, String job, String state, long processed, long failed)
        implements Event {

    @Override
    public Level level() {
        return state.equals("Failed") ? Level.WARNING : Level.INFO;
    }

    @Override
    public String subject() {
        return operation + " " + object;
    }

    @Override
    public String message() {
        return String.format(
                Locale.ROOT, "job %s is %s, %,d records processed, %,d of them failed", job, state, processed, failed);
    }

    /** The counts of a job that has ended. */
    @Override
    public List<Fact> facts() {
        return SalesforceBulkJob.State.of(state)
                        .filter(SalesforceBulkJob.State::hasEnded)
                        .isEmpty()
                ? List.of()
                : List.of(Fact.count("processed", processed), Fact.count("failed", failed));
    }
}
