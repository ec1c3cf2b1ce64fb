/**
 * Values that every part of Keywharf shares, and nothing else: {@link io.github.keywharf.KeywharfException}, the root of all
 * errors outside the caller's code, each with a stable code; and {@link io.github.keywharf.Organisation}, the one identity
 * of a tenant. It depends on no other package of the API. Start with {@code KeywharfException}.
 */
@NullMarked
package io.github.keywharf;

import org.jspecify.annotations.NullMarked;
