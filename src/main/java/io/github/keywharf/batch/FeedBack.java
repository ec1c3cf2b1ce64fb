package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.DeadLetterFile;
import io.github.keywharf.format.DeadLettersWriter;
import io.github.keywharf.internal.Sha256;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.WriteReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Writes rejected rows of ingested files after they were repaired; see {@link BatchIngestor#feedBack}. Thread-safe. */
final class FeedBack {

    private static final int HASH_DIGITS = 16;

    private final RunContext context;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    FeedBack(RunContext context) {
        this.context = context;
    }

    IngestedFile run(IngestedFile file, TenantProfile profile, ObjectStore store, String key) {
        if (!underWay.add(file.id())) {
            throw notRepairable(file, "other rows of it are being fed back; wait for them");
        }
        try {
            // As those that were fed back a moment ago have left it.
            return checked(context.ledger().records().find(file.id()).orElse(file), profile, store, key);
        } catch (IOException e) {
            throw StagingArea.failed(file.tenant() + "/" + file.name(), "cannot be fed back", e);
        } finally {
            underWay.remove(file.id());
        }
    }

    private IngestedFile checked(IngestedFile file, TenantProfile profile, ObjectStore store, String key)
            throws IOException {
        if (!(context.app(profile) instanceof RowsApp app)) {
            throw notRepairable(
                    file, "its tenant's app is not '" + TenantProfile.ROWS_APP + "'; replay the file instead");
        }
        if (file.state() != FileState.DONE) {
            throw notRepairable(
                    file, "it is " + file.state().name().toLowerCase(Locale.ROOT) + "; replay it if it failed");
        }
        if (file.rejected() == 0) {
            throw notRepairable(file, "it has no rejected rows (any more)");
        }
        return write(file, profile, app, store, key);
    }

    private static KeywharfException notRepairable(IngestedFile file, String why) {
        return new KeywharfException(
                "batch.not_repairable", file.tenant() + "/" + file.name(), "Rows cannot be fed back: " + why);
    }

    private IngestedFile write(IngestedFile file, TenantProfile profile, RowsApp app, ObjectStore store, String key)
            throws IOException {
        DeadLetterFile before = IngestRun.rejects(context.rejects(), file);
        try (DeadLettersWriter rejects = context.rejects().writer(before.run(), before.step())) {
            Path work = context.area().work(file);
            WriteReport report = app.ingestRepaired(
                    job(file, profile, work, rejects.of(before.table()), objectName(file, store, key)), store, key);
            rejects.commit();
            IngestedFile now = context.ledger()
                    .change(view -> view.find(file.id())
                            .filter(found -> found.state() == FileState.DONE)
                            .map(found -> found.ended(
                                    FileState.DONE,
                                    found.ended().orElse(context.now()),
                                    found.lines(),
                                    // Rows that had been written before have only been written once more.
                                    found.rows()
                                            + Math.min(
                                                    report.written(), Math.max(0, found.rejected() - rejects.count())),
                                    rejects.count(),
                                    IngestedFile.FED_BACK)))
                    .orElse(file);
            if (now.rejected() == 0) {
                context.rejects().delete(before);
            }
            return now;
        } finally {
            context.area().removeWork(file);
        }
    }

    /** The same for the same rows, so that a second attempt replaces the object of the first. */
    private static String objectName(IngestedFile file, ObjectStore store, String key) throws IOException {
        try (ObjectReader reader = store.open(key);
                InputStream rows = reader.stream()) {
            return file.id() + "-" + Sha256.hexOf(rows).substring(0, HASH_DIGITS);
        }
    }

    private IngestJob job(
            IngestedFile file, TenantProfile profile, Path work, RejectListener rejects, String objectName) {
        TenantSinks sinks = GuardedSink.of(context.sinks(), file.tenant() + "/" + file.name(), () -> true);
        Instant deadline = context.now().plus(profile.timeLimit());
        return new IngestJob(
                file, profile, context.area().content(file), work, deadline, sinks, rejects, rows -> {}, objectName);
    }
}
