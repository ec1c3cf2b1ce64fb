/**
 * PostgreSQL as a source and as a warehouse. A caller begins with {@link io.github.keywharf.postgres.PostgresDatabase}:
 * queries, tables, a source and a warehouse. What a caller names stands here, and how a statement is run ({@code
 * PostgresQuery}, {@code ResultSetRows}, {@code SqlValues}); no package below imports this one.
 *
 * <ul>
 *   <li>{@code source} reads consistent snapshots and feeds of changes.
 *   <li>{@code warehouse} writes rows into tables, and loads batches into a warehouse.
 *   <li>{@code internal.copy} is the binary format of COPY in both directions.
 *   <li>{@code internal.session} opens connections and turns the driver's failures into errors with a code.
 * </ul>
 */
@NullMarked
package io.github.keywharf.postgres;

import org.jspecify.annotations.NullMarked;
