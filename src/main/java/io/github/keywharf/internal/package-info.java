/**
 * Helpers of all other packages: checks of arguments, pauses between attempts, threads, hashes, pages, and files that are
 * replaced as a whole. Plain values come in and go out; none of them imports another package of the library. Not part of the
 * API: they may change at any time. Each class stands alone, so start with the one you need.
 */
@NullMarked
package io.github.keywharf.internal;

import org.jspecify.annotations.NullMarked;
