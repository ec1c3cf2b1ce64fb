/** Secrets that redact themselves, and the places they come from. */
@NullMarked
package io.github.keywharf.secret;

import org.jspecify.annotations.NullMarked;
