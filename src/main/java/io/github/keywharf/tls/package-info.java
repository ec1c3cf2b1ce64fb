/** Certificates and private keys as people keep them, and the TLS settings made of them; nothing but the JDK is needed. */
@NullMarked
package io.github.keywharf.tls;

import org.jspecify.annotations.NullMarked;
