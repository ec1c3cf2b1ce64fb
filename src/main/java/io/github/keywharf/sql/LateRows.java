package io.github.keywharf.sql;

import io.github.keywharf.table.Rows;
import java.util.function.Supplier;

/**
 * Rows of a referenced table that are known only after the referring rows were read: the days of a calendar, for facts
 * that stream. Missing ones are added in the same transaction, before references are checked.
 *
 * @param table referenced table
 * @param rows called once, after all rows of the load were read; each referenced key is among these rows or already in the
 *     table
 */
public record LateRows(WarehouseTable table, Supplier<Rows> rows) {}
