package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/** What a change to the ledger may depend on. */
interface LedgerView {

    /** The file of an id. */
    Optional<IngestedFile> find(String id);

    /** The file of that tenant, name and content that was received before, and neither failed nor was refused. */
    Optional<IngestedFile> findContent(Organisation tenant, String name, String sha256);

    /** The file of that tenant and name that was received last, refused ones and duplicates left out. */
    Optional<IngestedFile> findLast(Organisation tenant, String name);

    /**
     * The file that was received last under that name, if another one of this content would be a duplicate of it. Once a
     * file of other content came in between, the first content is new again: it is to be the last word on what both have.
     */
    default Optional<IngestedFile> findSame(Organisation tenant, String name, String sha256) {
        return findLast(tenant, name)
                .filter(last -> isKnown(last) && last.sha256().equals(sha256));
    }

    /** How many files of the tenant have not ended. */
    int waiting(Organisation tenant);

    /** How many bytes were received for the tenant on a day (UTC); refused files and duplicates do not count. */
    long bytesOn(Organisation tenant, LocalDate day);

    /** The UTC day of a time. */
    static LocalDate day(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }

    /** Whether a file's bytes count for its day. */
    static boolean counts(IngestedFile file) {
        return file.state() != FileState.REFUSED && file.state() != FileState.DUPLICATE;
    }

    /** Whether another file of the same content is a duplicate of it. */
    static boolean isKnown(IngestedFile file) {
        return counts(file) && file.state() != FileState.FAILED;
    }

    /** What two files have in common of which one is a duplicate. */
    static String content(Organisation tenant, String name, String sha256) {
        return tenant.id() + "\0" + sha256 + "\0" + name;
    }

    /** The same of a file. */
    static String content(IngestedFile file) {
        return content(file.tenant(), file.name(), file.sha256());
    }
}
