/** What a flow needs of a database: a source read under one snapshot, and a warehouse loaded in transactions. */
@NullMarked
package io.github.keywharf.sql;

import org.jspecify.annotations.NullMarked;
