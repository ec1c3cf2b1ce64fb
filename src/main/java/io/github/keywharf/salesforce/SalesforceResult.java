package io.github.keywharf.salesforce;

import java.util.List;
import java.util.Optional;

/**
 * What became of one record that was written.
 *
 * @param position of the record in the list that was given, from 0
 * @param outcome what became of it
 * @param id of the record, where it is known
 * @param errors why it was refused or rolled back; otherwise empty
 */
public record SalesforceResult(int position, Outcome outcome, Optional<String> id, List<SalesforceRefusal> errors) {

    /** What may become of a record. */
    public enum Outcome {
        /** It was created. */
        CREATED,
        /** It was there and has the values now. */
        UPDATED,
        /** It was deleted by this call. */
        DELETED,
        /** It was to be deleted, and had been deleted before. */
        ABSENT,
        /** It was refused for what {@link SalesforceResult#errors} say. */
        REFUSED,
        /** There was nothing wrong with it, but another record was refused that it was to be written with. */
        ROLLED_BACK,
        /** It was sent and no answer came: it may have been written or not. */
        UNKNOWN,
        /** It was not sent, as an earlier call failed. */
        NOT_SENT
    }

    /** Copies the list. */
    public SalesforceResult {
        errors = List.copyOf(errors);
    }

    /** Whether the org now holds what was asked for. */
    public boolean success() {
        return switch (outcome) {
            case CREATED, UPDATED, DELETED, ABSENT -> true;
            case REFUSED, ROLLED_BACK, UNKNOWN, NOT_SENT -> false;
        };
    }

    /** Whether the record is a new one. */
    public boolean created() {
        return outcome == Outcome.CREATED;
    }
}
