package io.github.keywharf.salesforce;

import io.github.keywharf.KeywharfException;
import java.util.List;

/**
 * A list of records of which a call failed as a whole. Its {@link #results()} say which records were written by the calls
 * before, which may have been, and which were not sent.
 */
public final class SalesforceWriteException extends KeywharfException {
    private static final long serialVersionUID = 1L;

    private final transient List<SalesforceResult> results;

    SalesforceWriteException(KeywharfException cause, String subject, String problem, List<SalesforceResult> results) {
        super(cause, subject, problem, cause);
        this.results = List.copyOf(results);
    }

    /** One for each record, in the order in which they were given. */
    public List<SalesforceResult> results() {
        return results;
    }
}
