/**
 * Storage of whole objects under keys: a directory, memory, or another {@link io.github.keywharf.store.ObjectStore} such as
 * S3. Bytes come in by a writer or {@code createIfAbsent}, and whole objects go out: no reader ever sees half of one. On that
 * stand {@link io.github.keywharf.store.Journal}, numbered entries that are written once,
 * {@link io.github.keywharf.store.JournalState}, a value that changes as a whole, {@link io.github.keywharf.store.StoreLease},
 * the right of one process at a time, and {@link io.github.keywharf.store.StoredJson}, the strict format of stored records.
 * Start with {@code ObjectStore}.
 */
@NullMarked
package io.github.keywharf.store;

import org.jspecify.annotations.NullMarked;
