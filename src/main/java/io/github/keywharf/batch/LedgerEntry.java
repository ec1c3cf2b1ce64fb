package io.github.keywharf.batch;

import java.util.List;

/**
 * One entry of the ledger: files as they are from then on.
 *
 * @param writer the ledger that wrote it, its own among all, so that two never write the same
 * @param files what has changed, in the order of the changes
 */
record LedgerEntry(String writer, List<IngestedFile> files) {

    /** How many files one entry has at most; with the longest texts they fit into {@link #MAX_BYTES}. */
    static final int MAX_FILES = 1000;

    /** 16 MiB. */
    static final int MAX_BYTES = 16 * 1024 * 1024;

    /** Copies the list. */
    LedgerEntry {
        files = List.copyOf(files);
    }

    byte[] json() {
        return LedgerJson.entry(this);
    }

    static LedgerEntry parse(String subject, long number, byte[] content) {
        return LedgerJson.parseEntry(subject, content);
    }
}
