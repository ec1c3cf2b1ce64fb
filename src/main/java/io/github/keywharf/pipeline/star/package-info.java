/**
 * Star schemas: {@code StarTables} has the tables, {@code StarTable} lists the columns of one with a {@code ColumnRule} each,
 * and {@code StarTransform} makes its rows from those of its source table; {@code CalendarDays} makes the dimension of days.
 * A row that has no place in the warehouse is rejected, never changed. Start with {@code StarTable}.
 */
@NullMarked
package io.github.keywharf.pipeline.star;

import org.jspecify.annotations.NullMarked;
