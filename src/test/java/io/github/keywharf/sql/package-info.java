/** Contracts that every warehouse keeps. */
@NullMarked
package io.github.keywharf.sql;

import org.jspecify.annotations.NullMarked;
