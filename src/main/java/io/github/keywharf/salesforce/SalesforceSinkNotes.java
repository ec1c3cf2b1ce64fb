package io.github.keywharf.salesforce;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.Journal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The notes of a load as a journal, of which the newest counts; or none, without a checkpoint. Belongs to one thread. */
final class SalesforceSinkNotes {
    /** How many notes are left: one that is read meanwhile should not go away. */
    private static final int KEPT = 3;

    private final @Nullable Journal<SalesforceSinkNote> journal;
    private final String load;
    private final String source;
    private long number;

    private SalesforceSinkNotes(@Nullable Journal<SalesforceSinkNote> journal, String load, String source) {
        this.journal = journal;
        this.load = load;
        this.source = source;
    }

    static SalesforceSinkNotes of(SalesforceSinkOptions options, String load) {
        SalesforceSinkOptions.Checkpoint checkpoint = options.checkpoint();
        return checkpoint == null
                ? new SalesforceSinkNotes(null, load, "")
                : new SalesforceSinkNotes(
                        Journal.oldestFirst(
                                checkpoint.store().under(checkpoint.key()),
                                SalesforceSinkNote::json,
                                (subject, number, content) -> SalesforceSinkNote.parse(subject, content)),
                        load,
                        checkpoint.source());
    }

    String name() {
        return journal == null ? "" : journal.name();
    }

    /**
     * Where an earlier run of this load was, or empty when it is to begin.
     *
     * @throws KeywharfException {@code salesforce.checkpoint_other} when the checkpoint is of another load
     */
    Optional<SalesforceSinkNote> latest() {
        if (journal == null) {
            return Optional.empty();
        }
        Optional<Journal.Entry<SalesforceSinkNote>> newest = journal.newest();
        newest.ifPresent(entry -> number = entry.number());
        Optional<SalesforceSinkNote> note = newest.map(Journal.Entry::value);
        boolean begins = note.isPresent()
                && note.get().stage() == SalesforceSinkNote.Stage.FINISHED
                && !note.get().source().equals(source);
        if (note.isEmpty() || begins) {
            return Optional.empty();
        }
        if (!note.get().load().equals(load)) {
            throw other(
                    "is of the source '" + note.get().source()
                            + "', or of another object, other columns or settings; finish that load, or use another checkpoint");
        }
        return note;
    }

    KeywharfException other(String what) {
        return new KeywharfException("salesforce.checkpoint_other", name(), "The checkpoint " + what);
    }

    /**
     * Writes a note before what it says is done.
     *
     * @throws KeywharfException {@code salesforce.checkpoint_taken} when another run wrote one meanwhile
     */
    void write(
            int chunk,
            String chain,
            SalesforceSinkNote.Stage stage,
            String job,
            String digest,
            SalesforceSinkNote.Totals done) {
        if (journal == null) {
            return;
        }
        SalesforceSinkNote note = new SalesforceSinkNote(load, source, chunk, chain, stage, job, digest, done);
        if (!journal.append(number + 1, note)) {
            throw new KeywharfException(
                    "salesforce.checkpoint_taken",
                    name(),
                    "Another load writes this checkpoint; let it end, or give each load a checkpoint of its own");
        }
        number++;
        if (number > KEPT) {
            try {
                journal.delete(number - KEPT);
            } catch (KeywharfException e) {
                // A store that lets nobody delete keeps all notes, which harms nothing but tidiness.
                return;
            }
        }
    }
}
