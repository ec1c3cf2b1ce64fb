/**
 * Who may enter which organisation: keys, what they grant, and the {@link io.github.keywharf.key.KeyRing} that knows them,
 * in memory, in an object store, or on a Cassandra server.
 */
@NullMarked
package io.github.keywharf.key;

import org.jspecify.annotations.NullMarked;
