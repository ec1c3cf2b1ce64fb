/**
 * Rows in batches of column vectors, the form in which data moves between sources, steps and sinks. A source delivers
 * {@link io.github.keywharf.table.Rows}, a single pass over {@link io.github.keywharf.table.ColumnBatch}es of one
 * {@link io.github.keywharf.table.Schema}; a {@link io.github.keywharf.table.RowStep} changes them on their way; a
 * {@link io.github.keywharf.table.RowSink} takes them. Each row that comes in goes out, is counted as left out, or is handed to
 * a {@link io.github.keywharf.table.RejectListener} with its {@link io.github.keywharf.table.Origin}. Start with {@code Rows},
 * then {@code ColumnBatch} and {@link io.github.keywharf.table.ColumnVector}; {@link io.github.keywharf.table.Condition} filters
 * rows and, by statistics, whole files.
 */
@NullMarked
package io.github.keywharf.table;

import org.jspecify.annotations.NullMarked;
