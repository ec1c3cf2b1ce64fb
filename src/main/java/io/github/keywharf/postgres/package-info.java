/**
 * PostgreSQL as a source and as a warehouse: consistent snapshots and changes read by binary COPY, batches loaded in
 * one transaction each.
 */
@NullMarked
package io.github.keywharf.postgres;

import org.jspecify.annotations.NullMarked;
