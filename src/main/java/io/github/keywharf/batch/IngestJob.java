package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowSink;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One file for an app to ingest, and what the app needs for it. It is valid while the app runs: after its time is over, its
 * sink writes nothing more.
 */
public final class IngestJob {

    private final IngestedFile file;
    private final TenantProfile profile;
    private final Path path;
    private final Path work;
    private final Instant deadline;
    private final TenantSinks sinks;
    private final RejectListener rejects;
    private final LongConsumer progress;
    private final RowIds ids;
    private final String objectName;
    private @Nullable RowSink sink;

    IngestJob(
            IngestedFile file,
            TenantProfile profile,
            Path path,
            Path work,
            Instant deadline,
            TenantSinks sinks,
            RejectListener rejects,
            LongConsumer progress,
            String objectName) {
        this.file = Objects.requireNonNull(file, "file");
        this.profile = Objects.requireNonNull(profile, "profile");
        this.path = Objects.requireNonNull(path, "path");
        this.work = Objects.requireNonNull(work, "work");
        this.deadline = Objects.requireNonNull(deadline, "deadline");
        this.sinks = Objects.requireNonNull(sinks, "sinks");
        this.rejects = Objects.requireNonNull(rejects, "rejects");
        this.progress = Objects.requireNonNull(progress, "progress");
        this.ids = RowIds.of(file);
        this.objectName = Objects.requireNonNull(objectName, "objectName");
    }

    /** Whose file it is. */
    public Organisation tenant() {
        return file.tenant();
    }

    /** The tenant's profile, as it is at the start of the run. */
    public TenantProfile profile() {
        return profile;
    }

    /** What the ledger knows of the file: its id, name, size, digest and attempt. */
    public IngestedFile file() {
        return file;
    }

    /** Where the file is. It stays the same during the run; do not change, move or delete it. */
    public Path path() {
        return path;
    }

    /** An empty directory of this run, for what the app needs on the way; it is removed afterwards. */
    public Path work() {
        return work;
    }

    /** When the app must be done. */
    public Instant deadline() {
        return deadline;
    }

    /** Where the tenant's rows go, opened when it is first asked for. */
    public synchronized RowSink sink() {
        RowSink opened = sink;
        if (opened == null) {
            opened = sinks.open(this);
            sink = opened;
        } else if (opened instanceof GuardedSink guarded) {
            guarded.requireOpen();
        }
        return opened;
    }

    /**
     * A name, without an extension, for an object that takes the rows of this job alone: the file's id, the same in each
     * attempt. For rows that are fed back it is the id with a hash of those rows, so that their object does not replace
     * the one with the rows that were written before.
     */
    public String objectName() {
        return objectName;
    }

    /** Takes rows that the app rejects; they are kept in the file of rejected rows. Thread-safe. */
    public RejectListener rejects() {
        return rejects;
    }

    /** Reports how many rows the app has done so far. */
    public void progress(long rows) {
        progress.accept(rows);
    }

    /**
     * An id for a row that is the same in each attempt at this file, and belongs to no other row of any file: a version 8
     * UUID made of the SHA-256 of the tenant, the file's name and its content, and of the position.
     *
     * @param position of the row in the file, such as its line; up to 2^40 - 1
     */
    public UUID rowId(long position) {
        return ids.of(position);
    }

    @Override
    public String toString() {
        return "IngestJob[" + file.tenant() + "/" + file.name() + ", attempt " + file.attempt() + "]";
    }
}
