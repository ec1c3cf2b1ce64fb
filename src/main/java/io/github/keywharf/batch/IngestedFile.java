package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import io.github.keywharf.event.Work;
import io.github.keywharf.internal.Cut;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file of a tenant, and what became of it; kept in the ledger.
 *
 * @param id 32 hexadecimal digits, its own among all files of all tenants
 * @param tenant whose it is
 * @param name as the tenant named it, without directories
 * @param bytes its size
 * @param sha256 the SHA-256 of its content, 64 hexadecimal digits; empty when it was refused before it was read
 * @param state how far it has come
 * @param attempt how many times the app was started on it
 * @param received when it was here in full
 * @param started when the app was last started on it
 * @param ended when it was done, failed or refused
 * @param lines line ends in a text file, without one for the header, as the log has them; rows written for other formats
 * @param rows rows written
 * @param rejected rows that were rejected; those that the app handed over are in its file of rejected rows
 * @param reason why it failed or was refused, why it is tried again, or that rejected rows were fed back; otherwise empty
 */
public record IngestedFile(
        String id,
        Organisation tenant,
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

    /** The reason of an ingested file some of whose rejected rows came later; it was not ingested twice. */
    static final String FED_BACK = "rejected rows were fed back";

    /** The longest reason that is kept. */
    static final int MAX_REASON = 1000;

    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

    /** Checks the id and the counts. */
    public IngestedFile {
        if (!isId(id)) {
            throw new IllegalArgumentException("A file's id is 32 hexadecimal digits");
        }
        if (Math.min(Math.min(bytes, attempt), Math.min(lines, Math.min(rows, rejected))) < 0) {
            throw new IllegalArgumentException("A file's counts cannot be negative");
        }
    }

    /** A file that has just been received, at that time and in that state. */
    static IngestedFile received(
            String id,
            Organisation tenant,
            String name,
            long bytes,
            String sha256,
            Instant at,
            FileState state,
            String reason) {
        Optional<Instant> ended = state.hasEnded() ? Optional.of(at) : Optional.empty();
        return new IngestedFile(
                id, tenant, name, bytes, sha256, state, 0, at, Optional.empty(), ended, 0, 0, 0, cut(reason));
    }

    /** The app starts on it. */
    IngestedFile running(Instant at) {
        return with(FileState.RUNNING, attempt + 1, Optional.of(at), Optional.empty(), Counts.NONE, "");
    }

    /** It waits once more, after so many attempts. */
    IngestedFile waiting(int attempts, String why) {
        return with(FileState.RECEIVED, attempts, started, Optional.empty(), Counts.NONE, why);
    }

    /** It waits once more as if it had just come. */
    IngestedFile replayed(long size, String ofContent) {
        return received(id, tenant, name, size, ofContent, received, FileState.RECEIVED, "");
    }

    /** Nothing more happens to it by itself. */
    IngestedFile ended(FileState as, Instant at, long ofLines, long written, long refused, String why) {
        return with(as, attempt, started, Optional.of(at), new Counts(ofLines, written, refused), why);
    }

    private record Counts(long lines, long rows, long rejected) {
        static final Counts NONE = new Counts(0, 0, 0);
    }

    private IngestedFile with(
            FileState next, int attempts, Optional<Instant> from, Optional<Instant> to, Counts counts, String why) {
        return new IngestedFile(
                id,
                tenant,
                name,
                bytes,
                sha256,
                next,
                attempts,
                received,
                from,
                to,
                counts.lines(),
                counts.rows(),
                counts.rejected(),
                cut(why));
    }

    private static String cut(String reason) {
        return Cut.printable(reason, MAX_REASON);
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
        return Work.of(tenant).withTask("file-" + id);
    }

    /** Such as {@code customer-1/apps.csv: done, 999 rows, 2 rejected}. */
    @Override
    public String toString() {
        return tenant + "/" + name + ": " + state.name().toLowerCase(Locale.ROOT)
                + (state == FileState.DONE ? ", " + rows + " rows, " + rejected + " rejected" : "")
                + (reason.isEmpty() ? "" : ", " + reason);
    }
}
