/** What all benchmarks measure with: contestants side by side, heap, processors, stacks and processes. */
@NullMarked
package io.github.keywharf.bench.measure;

import org.jspecify.annotations.NullMarked;
