/** Helpers of the other packages that know none of them; not part of the API, and may change at any time. */
@NullMarked
package io.github.keywharf.internal;

import org.jspecify.annotations.NullMarked;
