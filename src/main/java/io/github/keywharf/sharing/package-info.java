/**
 * What a platform shares with its tenants: provisioning, the server and the client of Delta Sharing, and how the platform is used.
 */
@NullMarked
package io.github.keywharf.sharing;

import org.jspecify.annotations.NullMarked;
