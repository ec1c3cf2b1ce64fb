/** Loads into Cassandra and unloads, beside DSBulk. */
@NullMarked
package io.github.keywharf.bench.cassandra;

import org.jspecify.annotations.NullMarked;
