/** Who may enter which organisation: keys, what they grant, and the ring that knows them. */
@NullMarked
package io.github.keywharf.key;

import org.jspecify.annotations.NullMarked;
