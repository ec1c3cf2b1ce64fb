/**
 * Secrets and where they are stored. The name of a secret goes in and a {@link io.github.keywharf.secret.Secret} comes out, a copy
 * that the caller closes; a {@link io.github.keywharf.secret.SecretSource} only reads, a
 * {@link io.github.keywharf.secret.SecretStore} also writes. No message, log or {@code toString} contains a part of a secret, and
 * buffers with one are overwritten after use. Start reading at {@code SecretSource}, whose factories name the implementations.
 */
@NullMarked
package io.github.keywharf.secret;

import org.jspecify.annotations.NullMarked;
