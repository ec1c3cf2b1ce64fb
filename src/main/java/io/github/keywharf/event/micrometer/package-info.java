/** Events as metrics of Micrometer. Needs {@code io.micrometer:micrometer-core} on the class path. */
@NullMarked
package io.github.keywharf.event.micrometer;

import org.jspecify.annotations.NullMarked;
