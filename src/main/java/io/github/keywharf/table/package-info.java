/** Rows, batches of column vectors, and the places that take them: the currency in which data moves. */
@NullMarked
package io.github.keywharf.table;

import org.jspecify.annotations.NullMarked;
