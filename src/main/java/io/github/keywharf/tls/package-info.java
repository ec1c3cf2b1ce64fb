/**
 * Certificates, private keys and TLS settings, on the JDK alone. {@link io.github.keywharf.tls.Pem} turns PEM files and texts into
 * certificates and keys; {@link io.github.keywharf.tls.TlsConfig} turns them into an {@code SSLContext} for a client or a server.
 * No message, {@code toString} or cause contains a part of a key, and bytes of keys are wiped after use. Start reading at
 * {@code TlsConfig.open()}; {@code PemText} finds the blocks, {@code PemKeys} reads keys of all forms.
 */
@NullMarked
package io.github.keywharf.tls;

import org.jspecify.annotations.NullMarked;
