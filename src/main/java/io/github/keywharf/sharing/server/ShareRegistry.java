package io.github.keywharf.sharing.server;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.Journal;
import io.github.keywharf.store.JournalState;
import io.github.keywharf.store.ObjectStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.UnaryOperator;

/** Shares, recipients and grants in a folder of a store, as one value. Thread-safe. */
final class ShareRegistry {
    /** 16 MiB: some 30,000 recipients. */
    private static final int MAX_BYTES = 16 * 1024 * 1024;

    private final JournalState<RegistryJson, RegistryState> state;

    /** @param refresh how long reading may give what was the newest before */
    ShareRegistry(ObjectStore folder, InstantSource clock, Duration refresh) {
        Journal<RegistryJson> journal =
                Journal.oldestFirst(folder, RegistryJson.FORMAT).withMaxEntryBytes(MAX_BYTES);
        state = JournalState.of(journal, RegistryState.EMPTY, RegistryJson::state, new Failures(), clock, refresh);
    }

    /** What it has, or had a moment ago. */
    RegistryState recent() {
        return state.recent();
    }

    /** What it has. */
    RegistryState newest() {
        return state.newest();
    }

    /** Changes it, as {@link JournalState#update}. */
    RegistryState update(UnaryOperator<RegistryState> change) {
        return state.update(change, RegistryJson::of);
    }

    private static final class Failures implements JournalState.Failures {
        @Override
        public KeywharfException reverted(String name, long before, long now) {
            return new KeywharfException(
                    "catalog.reverted",
                    name,
                    "The newest entry was " + before + " and is " + now
                            + " now, so entries were deleted or an old copy restored, by which revoked tokens may be"
                            + " valid; restore the missing entries, or start again and rotate all tokens");
        }

        @Override
        public KeywharfException contended(String name) {
            return KeywharfException.retryable(
                    "catalog.conflict", name, "Others keep changing the registry at the same time; try again");
        }
    }
}
