/** Benchmarks of reading what flows of AppFlow wrote. */
@NullMarked
package io.github.keywharf.bench.aws;

import org.jspecify.annotations.NullMarked;
