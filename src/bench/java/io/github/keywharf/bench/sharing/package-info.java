/** Delta Sharing: what a server answers, and what a client reads. */
@NullMarked
package io.github.keywharf.bench.sharing;

import org.jspecify.annotations.NullMarked;
