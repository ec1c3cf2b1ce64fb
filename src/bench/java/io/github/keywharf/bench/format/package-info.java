/** Parquet files written and read, beside other libraries. */
@NullMarked
package io.github.keywharf.bench.format;

import org.jspecify.annotations.NullMarked;
