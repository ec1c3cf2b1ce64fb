/** Fakes of Azure's services that keep state. What they do not prove is in docs/reference. */
@NullMarked
package io.github.keywharf.testing.azure;

import org.jspecify.annotations.NullMarked;
