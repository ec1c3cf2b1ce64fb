package io.github.keywharf.sql;

import io.github.keywharf.table.Rows;
import java.util.function.Supplier;

/**
 * Rows of a table that others refer to, known only once those others have been read: the days of a calendar, for facts
 * that stream. They are added where missing before references to them are checked, in the same transaction.
 *
 * @param table that grows
 * @param rows asked once, when the rows of the load have all been read; every reference to the table is among them or in
 *     the table already
 */
public record LateRows(WarehouseTable table, Supplier<Rows> rows) {}
