/**
 * Rows into tables, and batches into a warehouse, in one transaction each; {@link
 * io.github.keywharf.postgres.PostgresDatabase#warehouse()} and {@link io.github.keywharf.postgres.PostgresTable#write} lead
 * here. {@code PgWarehouse} and {@code TableWriter} are all that other packages use.
 *
 * <ul>
 *   <li>The warehouse: {@code PgWarehouse} creates ({@code WarehouseDdl}) and checks ({@code WarehouseCheck}) its tables,
 *       {@code PgWarehouseLoad} is the transaction of one batch, which excludes others by {@code FlowLock}. Its control
 *       tables are {@code Deletions}' and {@code LateVersions}'.
 *   <li>One table: {@code TableLoader} decides between COPY and {@code StagedMerge}, which merges a {@code StageTable} by a
 *       statement of {@code MergeSql}; {@code RowChecks} and {@code ReferenceCheck} reject rows before they are sent.
 * </ul>
 *
 * <p>A transaction that fails leaves nothing behind, and a batch that is loaded again changes nothing. The package imports
 * the internal packages of {@code postgres}, and is imported by {@code postgres} alone.
 */
@NullMarked
package io.github.keywharf.postgres.warehouse;

import org.jspecify.annotations.NullMarked;
