package io.github.keywharf.batch;

import io.github.keywharf.event.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file of a tenant, and what became of it; kept in the ledger.
 *
 * @param id 32 hexadecimal digits, its own among all files of all tenants
 * @param tenant whose it is
 * @param name as the tenant named it, without directories
 * @param bytes its size
 * @param sha256 the SHA-256 of its content, 64 hexadecimal digits
 * @param state how far it has come
 * @param attempt how many times the app was started on it
 * @param received when it was here in full
 * @param started when the app was last started on it
 * @param ended when it was done, failed or refused
 * @param lines line ends in a text file, without one for the header, as the log has them; rows written for other formats
 * @param rows rows written
 * @param rejected rows that are in its file of rejected rows
 * @param reason why it failed or was refused, or why it is tried again; otherwise empty
 */
public record IngestedFile(
        String id,
        Tenant tenant,
        String name,
        long bytes,
        String sha256,
        FileState state,
        int attempt,
        Instant received,
        Optional<Instant> started,
        Optional<Instant> ended,
        long lines,
        long rows,
        long rejected,
        String reason) {

    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

    /** Checks the id. */
    public IngestedFile {
        if (!isId(id)) {
            throw new IllegalArgumentException("A file's id is 32 hexadecimal digits");
        }
    }

    /** Whether a text has the form of a file's id. */
    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** How long the last run of the app took; zero before it ended. */
    public Duration took() {
        return started.isPresent() && ended.isPresent() ? Duration.between(started.get(), ended.get()) : Duration.ZERO;
    }

    /** Whose work its ingestion is. */
    public Work work() {
        return Work.of(tenant.organisation()).withTask("file-" + id);
    }
}
