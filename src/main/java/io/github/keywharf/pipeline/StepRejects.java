package io.github.keywharf.pipeline;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import io.github.keywharf.format.DeadLetterFile;
import io.github.keywharf.format.DeadLetters;
import io.github.keywharf.format.DeadLettersWriter;
import io.github.keywharf.pipeline.star.StarTable;
import io.github.keywharf.pipeline.zone.BatchRejects;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rejected rows of one step of one batch: its dead letters, and their keys by star table. Thread-safe. */
final class StepRejects implements AutoCloseable {

    private final DeadLettersWriter letters;
    private final String folder;
    private final Map<String, RejectedKeys> keys = new LinkedHashMap<>();

    StepRejects(ObjectStore zone, long batch, String step) {
        DeadLetters all = letters(zone);
        String run = ManifestLog.segment(batch);
        this.letters = all.writer(run, step);
        this.folder = all.folder(run, step);
    }

    /** The dead letters of a processed zone; their runs are batches. */
    static DeadLetters letters(ObjectStore zone) {
        return DeadLetters.in(zone, "_keywharf/rejected");
    }

    /** The key of the file of a table in the folder of a step, as manifests name it. */
    static String key(String folder, String table) {
        return folder + table + ".jsonl";
    }

    /** A listener for the rows meant for one table. */
    RejectListener of(String table) {
        return letters.of(table);
    }

    /** A listener for the rows meant for one star table, whose keys are remembered. */
    RejectListener of(StarTable star) {
        RejectListener file = letters.of(star.target().name());
        return row -> {
            remember(star, row);
            file.rejected(row);
        };
    }

    private synchronized void remember(StarTable star, RejectedRow row) {
        keys.computeIfAbsent(star.target().name(), name -> new RejectedKeys(star))
                .add(row);
    }

    /**
     * The keys of the rows rejected of a star table; empty when there were too many to remember.
     *
     * @param unread the rows of its driving table that were rejected before; null if there were none
     */
    synchronized Optional<Table> keys(StarTable star, @Nullable BatchRejects unread) {
        RejectedKeys all = keys.getOrDefault(star.target().name(), new RejectedKeys(star));
        if (unread != null) {
            all.add(unread);
        }
        return all.table();
    }

    /** By star table, {@link RejectedKeys#fingerprint} of its rejected rows. */
    synchronized Map<String, String> fingerprints() {
        Map<String, String> fingerprints = new LinkedHashMap<>();
        keys.forEach((table, rejected) -> fingerprints.put(table, rejected.fingerprint()));
        return fingerprints;
    }

    long count() {
        return letters.count();
    }

    long count(String table) {
        return letters.count(table);
    }

    /** Makes the files appear and reports them; gives their folder, empty when nothing was rejected. */
    String commit(EventListener events, Work work) {
        List<DeadLetterFile> files = letters.commit();
        for (DeadLetterFile file : files) {
            long rows = letters.count(file.table());
            events.warning(
                    "totesys.rows.rejected",
                    work,
                    file.table(),
                    String.format(Locale.ROOT, "%,d %s rejected; see ", rows, rows == 1 ? "row was" : "rows were")
                            + file.key() + ", and repair()",
                    Fact.count("rows", rows));
        }
        return files.isEmpty() ? "" : folder;
    }

    @Override
    public void close() {
        letters.close();
    }
}
