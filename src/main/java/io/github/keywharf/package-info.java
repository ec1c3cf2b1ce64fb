/** Values that every part of Keywharf shares. */
@NullMarked
package io.github.keywharf;

import org.jspecify.annotations.NullMarked;
