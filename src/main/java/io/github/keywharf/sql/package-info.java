/**
 * Contracts between a flow and its databases. {@link io.github.keywharf.sql.SqlSource} lists tables and reads them under one
 * snapshot, {@link io.github.keywharf.sql.ChangeFeed} returns committed changes until they are acknowledged, and
 * {@link io.github.keywharf.sql.Warehouse} loads each batch in one transaction, once. A row that a snapshot does not show
 * is returned by a later {@link io.github.keywharf.sql.Increment} or change. Start with {@code SqlSource} for reading and
 * {@link io.github.keywharf.sql.WarehouseLoad} for writing; {@link io.github.keywharf.sql.NamedSql} is where statements
 * with parameters are parsed.
 */
@NullMarked
package io.github.keywharf.sql;

import org.jspecify.annotations.NullMarked;
