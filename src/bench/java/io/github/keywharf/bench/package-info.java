/** Benchmarks: each measures Keywharf beside its peers in one run, and says what the ratio was. */
@NullMarked
package io.github.keywharf.bench;

import org.jspecify.annotations.NullMarked;
