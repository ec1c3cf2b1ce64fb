package io.github.keywharf.cassandra;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.Journal;
import io.github.keywharf.store.ObjectStore;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The notes of one load as a journal; the one with the highest number counts. */
final class BulkNotes {
    private static final Logger LOG = LoggerFactory.getLogger(BulkNotes.class);

    /** How many notes are left: one that is read meanwhile should not go away. */
    private static final int KEPT = 3;

    private final Journal<BulkNote> journal;
    private long number;
    private boolean deletes = true;

    BulkNotes(ObjectStore store, String key) {
        this.journal = Journal.oldestFirst(store.under(key), BulkNote.FORMAT);
    }

    String name() {
        return journal.name();
    }

    Optional<BulkNote> latest() {
        Optional<Journal.Entry<BulkNote>> newest = journal.newest();
        newest.ifPresent(entry -> number = entry.number());
        return newest.map(Journal.Entry::value);
    }

    /**
     * Writes the next note and removes old ones.
     *
     * @throws KeywharfException with code {@code cassandra.checkpoint_taken} when another load has written it
     */
    void write(BulkNote note) {
        if (!journal.append(number + 1, note)) {
            throw new KeywharfException(
                    "cassandra.checkpoint_taken",
                    name(),
                    "Another load writes this checkpoint; let it end, or give each load a checkpoint of its own");
        }
        number++;
        prune();
    }

    /** By number, as a listing for each note would cost more than the note. */
    private void prune() {
        if (!deletes || number <= KEPT) {
            return;
        }
        try {
            journal.delete(number - KEPT);
        } catch (KeywharfException e) {
            // A store that lets nobody delete keeps all notes, which harms nothing but tidiness.
            deletes = false;
            LOG.atDebug().setCause(e).addKeyValue("checkpoint", name()).log("Old notes are not deleted");
        }
    }
}
