package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpResponse;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * What the routes need of the manager. Thread-safe.
 *
 * <p>Ids are looked up among all tenants: the routes compare whose file it is.
 */
interface ReceivedFiles {

    /**
     * Takes a file whose upload is complete. Name, size, content and quotas are checked again, as time has passed since the
     * upload began; a file that a constraint refuses goes to quarantine and is returned as {@link FileState#REFUSED}, one
     * that was received before is removed and returned as {@link FileState#DUPLICATE}, whose reason is the other's id.
     *
     * @param id of the file: 32 hexadecimal digits, the same whenever the same upload is handed over again, as after a crash;
     *     a file whose id is in the ledger already is returned as it is there, and the content may be gone
     * @param content on the file system of the staging directory, and durable; it is moved away
     * @param sha256 of the content, which was verified
     * @return as it is in the ledger, durably; the reason of a refused one is {@link Refusal#message()}
     */
    IngestedFile receive(Organisation tenant, String id, String name, Path content, String sha256);

    /** A file of any tenant. */
    Optional<IngestedFile> find(String id);

    /**
     * A tenant's files, those received last first.
     *
     * @param before the id of a file of this tenant, behind which the list begins; at its start when absent
     * @param limit how many at most
     */
    List<IngestedFile> files(Organisation tenant, Optional<String> before, int limit);

    /** The tenant's last file of that name, if it has this content and neither failed nor was refused. */
    Optional<IngestedFile> findContent(Organisation tenant, String name, String sha256);

    /** How many files of the tenant wait or run. */
    int waiting(Organisation tenant);

    /** How many bytes of the tenant's files came on that day (UTC), whatever became of them. */
    long bytesOn(Organisation tenant, LocalDate day);

    /** Whether another file of the tenant may be recorded. */
    boolean hasRoom(Organisation tenant);

    /**
     * Has a failed or refused file ingested again.
     *
     * @return as it is now
     * @throws io.github.keywharf.KeywharfException {@code batch.not_replayable} when it is in another state, or its content
     *     was removed
     */
    IngestedFile replay(String id);

    /** The file's rejected rows as JSON lines; the caller closes it. Empty when there are none. */
    Optional<HttpBody> rejected(String id);

    /** The statistics of a tenant as JSON, or of all tenants and the platform when absent. */
    String statistics(Optional<Organisation> tenant);

    /** The live page with these statistics, with the Content-Security-Policy that fits it. */
    HttpResponse page(Optional<Organisation> tenant);
}
