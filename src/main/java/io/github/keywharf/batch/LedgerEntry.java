package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import io.github.keywharf.store.StoredJson;
import java.util.List;

/**
 * One entry of the ledger: files as they are from then on.
 *
 * @param writer the ledger that wrote it, its own among all, so that two never write the same
 * @param files what has changed, in the order of the changes
 */
record LedgerEntry(String writer, List<IngestedFile> files) {

    static final StoredJson<LedgerEntry> FORMAT = format(LedgerEntry.class).version("format", 1);

    /** How many files one entry has at most; with the longest texts they fit into {@link #MAX_BYTES}. */
    static final int MAX_FILES = 1000;

    /** 16 MiB. */
    static final int MAX_BYTES = 16 * 1024 * 1024;

    /** Copies the list. */
    LedgerEntry {
        files = List.copyOf(files);
    }

    /** A format of the ledger; a state that is read wrongly loses or repeats a file. */
    static <T extends Record> StoredJson<T> format(Class<T> type) {
        return StoredJson.of(
                        type,
                        "ledger",
                        "batch.ledger_unreadable",
                        "restore the object from a copy, or use the version of the library that wrote it")
                .storing(Organisation.class, String.class, Organisation::id, Organisation::of);
    }
}
