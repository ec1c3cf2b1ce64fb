/** Services of Azure over their REST APIs: secrets in Key Vault, signed addresses of blobs. */
@NullMarked
package io.github.keywharf.azure;

import org.jspecify.annotations.NullMarked;
