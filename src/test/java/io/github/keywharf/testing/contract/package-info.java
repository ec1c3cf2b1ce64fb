/**
 * Contracts of the library's seams, as abstract test classes: a host extends the one of the interface that it implements, and
 * gives it an instance. Our own implementations pass the same tests.
 */
@NullMarked
package io.github.keywharf.testing.contract;

import org.jspecify.annotations.NullMarked;
