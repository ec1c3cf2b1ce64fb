/**
 * A database as a source; {@link io.github.keywharf.postgres.PostgresDatabase#source()} returns it. {@code PgSource} is all
 * that other packages use.
 *
 * <ul>
 *   <li>Snapshots: {@code PgSource} → {@code PgSnapshot} with {@code PgReaders} (connections under one exported snapshot,
 *       whose tables {@code PgLocks} locks); the tables as {@code PgCatalog} describes them.
 *   <li>Changes: {@code PgChangeFeed} reads a replication slot, {@code PgOutput} decodes it, {@code ChangeCollector} keeps
 *       the last change of each key.
 * </ul>
 *
 * <p>All reads of a snapshot see the rows of one moment, and what was committed later is in the next one. The
 * package imports the internal packages of {@code postgres}, and is imported by {@code postgres} alone.
 */
@NullMarked
package io.github.keywharf.postgres.source;

import org.jspecify.annotations.NullMarked;
