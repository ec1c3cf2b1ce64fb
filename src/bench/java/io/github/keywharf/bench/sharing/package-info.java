/** Benchmarks of Delta Sharing. */
@NullMarked
package io.github.keywharf.bench.sharing;

import org.jspecify.annotations.NullMarked;
