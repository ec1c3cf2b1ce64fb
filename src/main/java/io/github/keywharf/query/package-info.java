/**
 * Contracts of an SQL engine over rows and files, without a database server. Rows and files come in under names of tables;
 * rows of queries go out. Values of a statement are bound, never written into it. Start with
 * {@link io.github.keywharf.query.QueryEngine}; {@link io.github.keywharf.query.Query} also serves the databases.
 */
@NullMarked
package io.github.keywharf.query;

import org.jspecify.annotations.NullMarked;
