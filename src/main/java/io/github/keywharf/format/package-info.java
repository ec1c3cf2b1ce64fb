/** Formats of files in a store: CSV, JSON lines, Parquet. */
@NullMarked
package io.github.keywharf.format;

import org.jspecify.annotations.NullMarked;
