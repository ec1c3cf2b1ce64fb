package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.event.Progress;
import io.github.keywharf.format.DeadLetterFile;
import io.github.keywharf.format.DeadLetters;
import io.github.keywharf.format.DeadLettersWriter;
import io.github.keywharf.internal.Threads;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.WriteReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one file, on a thread of its own. It is over when the app has returned, or when it was given up because the
 * app did not stop when it was interrupted; whatever the app does after that counts for nothing.
 */
final class IngestRun implements Runnable {

    /** How many rejected rows of one run are kept. A file that has more fails. */
    static final long MAX_REJECTS = 1_000_000;

    /** The name of the rejected rows among a run's dead letters. */
    static final String REJECTS = "rows";

    private static final long PROGRESS_EVERY = 100_000_000L;

    /** What ended an app before its time. */
    private enum Interruption {
        NONE,
        TIME_LIMIT,
        STOP
    }

    private final RunContext context;
    private final TenantProfile profile;
    private final Consumer<IngestedFile> pause;
    private final Consumer<IngestRun> over;
    private final Thread thread;
    private final AtomicBoolean open = new AtomicBoolean(true);
    private volatile IngestedFile file;
    private @Nullable Instant deadline;
    private @Nullable Instant interruptedAt;
    private Interruption interruption = Interruption.NONE;
    private boolean isOver;

    IngestRun(
            RunContext context,
            IngestedFile file,
            TenantProfile profile,
            Consumer<IngestedFile> pause,
            Consumer<IngestRun> over) {
        this.context = context;
        this.pause = pause;
        this.over = over;
        this.file = file;
        this.profile = profile;
        this.thread = Threads.daemon(
                "keywharf-batch-" + file.tenant() + "-" + file.id().substring(0, 8), this);
    }

    void start() {
        thread.start();
    }

    Organisation tenant() {
        return file.tenant();
    }

    String id() {
        return file.id();
    }

    @Override
    public void run() {
        try {
            if (file.attempt() >= profile.attempts()) {
                String last = file.reason().isEmpty() ? "" : "; the last: " + file.reason();
                String reason = "given up after " + file.attempt() + " attempts" + last;
                context.ledger()
                        .change(now -> now.find(file.id())
                                .filter(found -> found.state() == FileState.RECEIVED)
                                .map(found -> found.ended(FileState.FAILED, context.now(), 0, 0, 0, reason)));
                return;
            }
            Optional<IngestedFile> started = context.ledger()
                    .change(now -> now.find(file.id())
                            .filter(found -> found.state() == FileState.RECEIVED)
                            .map(found -> found.running(context.now())));
            if (started.isPresent()) {
                file = started.get();
                ingest();
            }
        } catch (Throwable e) {
            context.trouble(tenant(), "A run of " + file.name() + " could not be recorded: " + e);
            // Otherwise it would count as running until the next start.
            CompletableFuture<?> unused =
                    context.ledger().submit(changed(found -> found.waiting(found.attempt(), String.valueOf(e))));
        } finally {
            close();
            over.accept(this);
        }
    }

    private void ingest() {
        Optional<Throwable> failure = Optional.empty();
        Optional<WriteReport> report = Optional.empty();
        long lines = 0;
        DeadLetters letters = context.rejects();
        if (file.attempt() > 1) {
            deleteRejects(letters, file.attempt() - 1);
        }
        try (DeadLettersWriter rejects = letters.writer(file.id(), step(file.attempt()))) {
            try {
                Path path = context.area().content(file);
                check(
                        path,
                        "is not there any more, or is not what was received; replay it once it is whole, or send it again");
                Path work = work();
                begin();
                IngestJob job = job(path, work, rejects);
                WriteReport made = context.app(profile).ingest(job);
                made.rejects().forEach(job.rejects()::rejected);
                report = Optional.of(made);
                lines = lines(path, made.written());
                check(path, "was changed while it was ingested; replay it once it is whole, or send it again");
            } catch (Throwable e) {
                failure = Optional.of(e);
            }
            if (!end()) {
                return;
            }
            Optional<Throwable> notKept = commit(rejects);
            // An app of its own may say how many it rejected, and keep them to itself.
            long rejected =
                    Math.max(rejects.count(), report.map(WriteReport::rejected).orElse(0L));
            conclude(report, lines, notKept.isPresent() ? 0 : rejected, failure.or(() -> notKept));
        } finally {
            removeWork();
        }
    }

    private void deleteRejects(DeadLetters letters, int attempt) {
        try {
            letters.delete(rejects(letters, file, attempt));
        } catch (RuntimeException e) {
            context.trouble(tenant(), "Rejected rows of an earlier attempt at " + file.name() + " stay: " + e);
        }
    }

    private void check(Path path, String problem) {
        try {
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                    || !context.intake().isUnchanged(file, path)) {
                throw new KeywharfException("batch.file_changed", subject(), "The file " + problem);
            }
        } catch (IOException e) {
            throw StagingArea.failed(subject(), "cannot be read", e);
        }
    }

    private Path work() {
        try {
            return context.area().work(file);
        } catch (IOException e) {
            throw StagingArea.failed(subject(), "gets no scratch directory", e);
        }
    }

    private long lines(Path path, long written) {
        try {
            long counted = Digests.lines(path);
            return counted < 0 ? written : counted;
        } catch (IOException e) {
            throw StagingArea.failed(subject(), "cannot be read", e);
        }
    }

    private static Optional<Throwable> commit(DeadLettersWriter rejects) {
        try {
            rejects.commit();
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(e);
        }
    }

    /** Writes into the ledger what came of it. */
    private void conclude(Optional<WriteReport> report, long lines, long rejected, Optional<Throwable> failure) {
        Ledger.Change change = conclusion(report, lines, rejected, failure);
        file = context.ledger().change(change).orElse(file);
        context.report(new Progress(file.work(), subject(), file.rows(), 0, "rows", true));
    }

    private Ledger.Change conclusion(
            Optional<WriteReport> report, long lines, long rejected, Optional<Throwable> failure) {
        if (failure.isEmpty() && report.isPresent()) {
            long written = report.get().written();
            return changed(found -> found.ended(FileState.DONE, context.now(), lines, written, rejected, ""));
        }
        Throwable cause = failure.orElseGet(InterruptedException::new);
        Interruption by = interruption();
        if (by == Interruption.STOP) {
            return changed(found -> found.waiting(found.attempt() - 1, "the ingestor was stopped"));
        }
        String reason = by == Interruption.TIME_LIMIT
                ? "its app passed its time limit of " + profile.timeLimit()
                : cause instanceof KeywharfException known
                        ? known.getMessage() + " (" + known.code() + ")"
                        : String.valueOf(cause);
        boolean passes =
                by == Interruption.TIME_LIMIT || (cause instanceof KeywharfException known && known.retryable());
        if (passes && file.attempt() < profile.attempts()) {
            pause.accept(file);
            return changed(found -> found.waiting(found.attempt(), reason));
        }
        return changed(found -> found.ended(FileState.FAILED, context.now(), 0, 0, rejected, reason));
    }

    /** Only while it is this attempt: of one that was given up, the next may be under way. */
    private Ledger.Change changed(UnaryOperator<IngestedFile> change) {
        int attempt = file.attempt();
        return now -> now.find(file.id())
                .filter(found -> found.state() == FileState.RUNNING && found.attempt() == attempt)
                .map(change);
    }

    private IngestJob job(Path path, Path work, DeadLettersWriter rejects) {
        String run = subject();
        RejectListener into = rejects.of(REJECTS);
        AtomicLong kept = new AtomicLong();
        RejectListener listener = row -> {
            GuardedSink.requireOpen(run, open::get);
            if (kept.incrementAndGet() > MAX_REJECTS) {
                throw new KeywharfException(
                        "table.too_many_rejects",
                        run,
                        "More than " + MAX_REJECTS + " rows were rejected, the last one: " + row.reason()
                                + "; check the file and the profile");
            }
            into.rejected(row);
        };
        AtomicLong next = new AtomicLong(System.nanoTime());
        return new IngestJob(
                file,
                profile,
                path,
                work,
                deadline(),
                GuardedSink.of(context.sinks(), run, open::get),
                listener,
                rows -> {
                    long due = next.get();
                    long now = System.nanoTime();
                    if (open.get() && now - due >= 0 && next.compareAndSet(due, now + PROGRESS_EVERY)) {
                        context.report(new Progress(file.work(), run, rows, 0, "rows", false));
                    }
                },
                file.id());
    }

    private void removeWork() {
        try {
            context.area().removeWork(file);
        } catch (IOException e) {
            context.trouble(tenant(), "The scratch directory of a run cannot be removed: " + e);
        }
    }

    /** The file's rejected rows of its last attempt. */
    static DeadLetterFile rejects(DeadLetters letters, IngestedFile file) {
        return rejects(letters, file, file.attempt());
    }

    /** The same where there are any: a program says how many it rejected, and has no file of them here. */
    static Optional<DeadLetterFile> kept(ObjectStore store, DeadLetters letters, IngestedFile file) {
        DeadLetterFile rows = rejects(letters, file);
        try (Stream<StoredObject> found = file.rejected() == 0 ? Stream.empty() : store.list(rows.key())) {
            return found.anyMatch(object -> object.key().equals(rows.key())) ? Optional.of(rows) : Optional.empty();
        }
    }

    /** The file's rejected rows of an attempt. */
    static DeadLetterFile rejects(DeadLetters letters, IngestedFile file, int attempt) {
        return letters.file(file.id(), step(attempt), REJECTS);
    }

    private static String step(int attempt) {
        return "attempt-" + attempt;
    }

    private String subject() {
        return file.tenant() + "/" + file.name();
    }

    private synchronized void begin() {
        if (interruption != Interruption.NONE) {
            throw new CancellationException("The ingestor stops");
        }
        deadline = context.now().plus(profile.timeLimit());
    }

    private synchronized Instant deadline() {
        return Objects.requireNonNull(deadline, "deadline");
    }

    private synchronized Interruption interruption() {
        return interruption;
    }

    /** The app has returned; false when the run was given up before that. No interruption comes after it. */
    private synchronized boolean end() {
        boolean first = !isOver;
        isOver = true;
        // The one that was meant for the app.
        Thread.interrupted();
        return first;
    }

    private synchronized void close() {
        isOver = true;
        open.set(false);
    }

    /**
     * Interrupts the app when its time is over, and gives it up when it does not stop.
     *
     * @return the record of a run that was given up; empty when there is nothing of the kind
     */
    Optional<CompletableFuture<Optional<IngestedFile>>> watch(Instant now) {
        synchronized (this) {
            if (isOver || deadline == null || now.isBefore(deadline)) {
                return Optional.empty();
            }
            if (interruptedAt == null) {
                interrupt(Interruption.TIME_LIMIT, now);
                return Optional.empty();
            }
            if (now.isBefore(interruptedAt.plus(context.grace()))) {
                return Optional.empty();
            }
        }
        return giveUp();
    }

    /** Interrupts the app since the ingestor stops. */
    synchronized void stop() {
        if (!isOver) {
            interrupt(Interruption.STOP, context.now());
        }
    }

    /** The same, and takes nothing more from it immediately. */
    void abandon() {
        open.set(false);
        stop();
    }

    private void interrupt(Interruption why, Instant now) {
        interruption = interruption == Interruption.NONE ? why : interruption;
        interruptedAt = now;
        // Before the app has begun, whatever the thread waits for is the platform's.
        if (deadline != null) {
            thread.interrupt();
        }
    }

    /** Takes nothing more from the app; empty when it has returned before that. */
    Optional<CompletableFuture<Optional<IngestedFile>>> giveUp() {
        synchronized (this) {
            if (isOver) {
                return Optional.empty();
            }
            isOver = true;
            open.set(false);
        }
        return Optional.of(context.ledger().submit(conclusion(Optional.empty(), 0, 0, Optional.empty())));
    }

    @Override
    public String toString() {
        return "IngestRun[" + subject() + ", attempt " + file.attempt() + "]";
    }
}
