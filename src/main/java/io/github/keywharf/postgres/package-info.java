/**
 * PostgreSQL as a source and as a warehouse: consistent snapshots and changes read by binary COPY, batches loaded in
 * one transaction each. A caller begins with {@link io.github.keywharf.postgres.PostgresDatabase}: queries, tables, a
 * source and a warehouse.
 *
 * <p>Inside, by name:
 *
 * <ul>
 *   <li>Reading: {@code PgSource} → {@code PgSnapshot} with {@code PgReaders} (connections under one exported snapshot)
 *       → {@code CopyRows} → {@code CopyDecoder} → {@code FieldDecoder}; the tables as {@code PgCatalog} describes them.
 *       {@code PostgresQuery} and {@code ResultSetRows} for queries.
 *   <li>Changes: {@code PgChangeFeed} reads a replication slot, {@code PgOutput} decodes it, {@code ChangeCollector} and
 *       {@code Late…} put whole transactions in order.
 *   <li>Writing: {@code CopyWriter} with a {@code CopyColumn} for each column; {@code RowChecks} before a row is sent.
 *       {@code TableLoader} decides between COPY and {@code StagedMerge}, whose statements are {@code MergeSql}'s.
 *   <li>The warehouse: {@code PostgresWarehouse}, {@code PgWarehouseLoad}, {@code FlowLock}, and its control tables
 *       ({@code Deletions}, {@code LateVersions}).
 *   <li>Connections: {@code PgConnections} ({@code PgDriver}, {@code PgPool}, {@code PgDataSource}), {@code Transactions};
 *       {@code PgErrors} is where the driver's failures become ours.
 * </ul>
 */
@NullMarked
package io.github.keywharf.postgres;

import org.jspecify.annotations.NullMarked;
