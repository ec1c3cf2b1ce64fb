/** Places that keep objects under keys: an object store, a directory, memory. */
@NullMarked
package io.github.keywharf.store;

import org.jspecify.annotations.NullMarked;
