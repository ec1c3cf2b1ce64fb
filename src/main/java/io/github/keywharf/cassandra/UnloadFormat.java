package io.github.keywharf.cassandra;

import io.github.keywharf.format.BatchWriter;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Schema;

/**
 * A format of files.
 *
 * @param name also what ends their names
 * @param opener begins one
 */
record UnloadFormat(String name, Opener opener) {

    /** Begins a file. */
    @FunctionalInterface
    interface Opener {
        BatchWriter open(ObjectStore store, String key, Schema schema);
    }
}
