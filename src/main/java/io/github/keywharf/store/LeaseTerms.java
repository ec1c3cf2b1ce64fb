package io.github.keywharf.store;

import java.util.Optional;
import java.util.OptionalLong;

/** The terms of one lease as a journal. */
final class LeaseTerms {

    /** How many terms are left for people to look at. */
    private static final int KEPT = 8;

    private final Journal<LeaseTerm> journal;

    LeaseTerms(ObjectStore folder) {
        this.journal = Journal.oldestFirst(folder, LeaseTerm::json, LeaseTerm::parse);
    }

    String name() {
        return journal.name();
    }

    /** The term with the highest number. */
    Optional<Journal.Entry<LeaseTerm>> latest() {
        return journal.newest();
    }

    /**
     * Writes a term; returns the term of that number if it is the lease's own and the one that counts, else empty. Its own
     * may be one of an earlier attempt whose answer was lost.
     *
     * <p>That the number was not there before is not enough: to a caller that slept since it looked, it may be missing
     * because it came, went by and was pruned. Then a higher one is there.
     */
    Optional<LeaseTerm> write(LeaseTerm term) {
        Optional<LeaseTerm> written = journal.append(term.number(), term)
                ? Optional.of(term)
                : journal.find(term.number())
                        .filter(found ->
                                found.holder().id().equals(term.holder().id()));
        boolean counts = journal.prune(KEPT).equals(OptionalLong.of(term.number()));
        return written.filter(own -> counts);
    }
}
