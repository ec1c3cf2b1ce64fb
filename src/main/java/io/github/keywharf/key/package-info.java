/**
 * Access keys of organisations. A {@link io.github.keywharf.key.KeyRequest} goes in and an
 * {@link io.github.keywharf.key.AccessKey} comes out, once; later the key goes in and a {@link io.github.keywharf.key.Grant} comes
 * out. A {@link io.github.keywharf.key.KeyRing} stores a {@link io.github.keywharf.key.KeyRecord} for each key, sealed by the key
 * itself, so that a record can neither be used to log in nor be edited unnoticed; an ended key never opens again. Rings are in
 * memory, in an object store, or on a Cassandra server ({@code cassandra.key}). Start reading at {@code RecordsKeyRing}.
 */
@NullMarked
package io.github.keywharf.key;

import org.jspecify.annotations.NullMarked;
