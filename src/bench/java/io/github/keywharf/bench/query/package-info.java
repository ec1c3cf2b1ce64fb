/** SQL over rows and files. */
@NullMarked
package io.github.keywharf.bench.query;

import org.jspecify.annotations.NullMarked;
