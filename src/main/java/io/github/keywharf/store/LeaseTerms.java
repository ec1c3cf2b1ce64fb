package io.github.keywharf.store;

import java.util.Optional;
import java.util.OptionalLong;

/** Terms of one lease, as a journal. */
final class LeaseTerms {

    /** Number of terms that are kept for people. */
    private static final int KEPT = 8;

    private final Journal<LeaseTerm> journal;

    LeaseTerms(ObjectStore folder) {
        this.journal = Journal.oldestFirst(folder, LeaseTerm::json, LeaseTerm::parse);
    }

    String name() {
        return journal.name();
    }

    /** Finds the term with the highest number. */
    Optional<Journal.Entry<LeaseTerm>> latest() {
        return journal.newest();
    }

    /**
     * Writes a term. Returns the term of that number if this lease wrote it, perhaps in an earlier attempt whose answer was
     * lost, and it is the newest one.
     *
     * <p>A number that did not exist before need not be the newest: if the caller was paused after it read the journal, the
     * number may have been used and pruned in between. Then a higher one exists.
     */
    Optional<LeaseTerm> write(LeaseTerm term) {
        Optional<LeaseTerm> written = journal.append(term.number(), term)
                ? Optional.of(term)
                : journal.find(term.number())
                        .filter(found ->
                                found.holder().id().equals(term.holder().id()));
        boolean newest = journal.prune(KEPT).equals(OptionalLong.of(term.number()));
        return written.filter(found -> newest);
    }
}
