package io.github.keywharf.sharing.server;

import io.github.keywharf.format.delta.DeltaTable;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.SignedUrls;
import java.util.Optional;

/**
 * A table that a server may share.
 *
 * @param folder the table's
 * @param urls addresses of its files by the store itself; empty when the server sends them
 */
record PublishedTable(DeltaTable table, ObjectStore folder, Optional<SignedUrls> urls) {}
