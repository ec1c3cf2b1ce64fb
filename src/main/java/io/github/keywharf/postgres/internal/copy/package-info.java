/**
 * The binary format of COPY and of logical decoding: {@code CopyRows} with {@code CopyDecoder} and a {@code FieldDecoder} for
 * each column turns it into batches, {@code CopyWriter} with a {@code CopyColumn} for each column writes it. A value that a
 * column cannot hold is rejected with its row, never changed. Imports {@code internal.session}; imported from within
 * {@code postgres} only, and not part of the API.
 */
@NullMarked
package io.github.keywharf.postgres.internal.copy;

import org.jspecify.annotations.NullMarked;
