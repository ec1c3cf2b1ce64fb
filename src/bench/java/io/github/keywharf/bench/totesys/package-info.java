/** The Totesys pipeline beside a shell and Spring Batch. */
@NullMarked
package io.github.keywharf.bench.totesys;

import org.jspecify.annotations.NullMarked;
