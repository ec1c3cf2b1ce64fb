/**
 * Rows, batches of column vectors, and the places that take them: the currency in which data moves.
 *
 * <ul>
 *   <li>{@link io.github.keywharf.table.Rows} is a stream of {@link io.github.keywharf.table.ColumnBatch}es, whose columns
 *       are {@code …Vector}s; {@link io.github.keywharf.table.Row} and {@link io.github.keywharf.table.Table} are views for
 *       people.
 *   <li>{@link io.github.keywharf.table.RowStep} changes rows on their way; each kind of step is a {@code …Pass}.
 *   <li>{@link io.github.keywharf.table.Condition} is what rows are filtered and files are skipped by; bound to columns it
 *       is a {@code ConditionTest}.
 *   <li>{@link io.github.keywharf.table.RowSink} takes rows; {@link io.github.keywharf.table.RowMask} says which were
 *       rejected, {@link io.github.keywharf.table.Origin} where they came from.
 * </ul>
 */
@NullMarked
package io.github.keywharf.table;

import org.jspecify.annotations.NullMarked;
