package io.github.keywharf.key;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.store.Journal;
import io.github.keywharf.store.JournalState;
import io.github.keywharf.store.ObjectStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records in a journal in a folder of an object store. */
final class JournalRecords implements RecordsPlace {
    private static final Logger LOG = LoggerFactory.getLogger(JournalRecords.class);

    /** 16 MiB: {@link KeyRing#MAX_KEYS} records with the longest texts, in any script. */
    private static final int MAX_BYTES = 16 * 1024 * 1024;

    private static final Duration MAX_REFRESH = Duration.ofHours(1);

    private final JournalState<KeyRecordsEntry, KeyRecords> state;
    private final String name;

    JournalRecords(ObjectStore folder, InstantSource clock, Duration refresh) {
        Checks.between("refresh", refresh, Duration.ZERO, MAX_REFRESH);
        Journal<KeyRecordsEntry> journal =
                Journal.oldestFirst(folder, KeyRecordsEntry.FORMAT).withMaxEntryBytes(MAX_BYTES);
        name = journal.name();
        state = JournalState.of(journal, KeyRecords.NONE, KeyRecordsEntry::records, new Failures(), clock, refresh);
    }

    @Override
    public KeyRecords recent() {
        return state.recent();
    }

    @Override
    public KeyRecords newest() {
        return state.newest();
    }

    @Override
    public KeyRecords update(Note note, UnaryOperator<KeyRecords> change) {
        return state.update(change, records -> KeyRecordsEntry.of(note, records));
    }

    private static final class Failures implements JournalState.Failures {
        @Override
        public KeywharfException reverted(String name, long before, long now) {
            return new KeywharfException(
                    "key.ring_reverted",
                    name,
                    "Its newest entry was " + before + " and is " + now
                            + " now, so entries were deleted or an old copy restored, by which revoked keys may open;"
                            + " restore the missing entries, or look at list() in a new process and revoke again");
        }

        @Override
        public KeywharfException contended(String name) {
            return KeywharfException.retryable(
                    "key.contended", name, "Others keep changing the ring at the same time; try again");
        }

        @Override
        public void madeDespite(String name, KeywharfException failure) {
            LOG.atWarn()
                    .setCause(failure)
                    .addKeyValue("ring", name)
                    .log("The store failed while the ring was changed; the change was made");
        }
    }

    @Override
    public String toString() {
        return "KeyRing.inStore(" + name + ")";
    }
}
