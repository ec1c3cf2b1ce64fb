package io.github.keywharf.batch;

import io.github.keywharf.internal.Sha256;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Ids of a file's rows: 82 bits of the file, 40 of the position. Equal for two copies of a file of one name and content, so
 * that a row written twice is one row.
 */
final class RowIds {

    private static final int POSITION_BITS = 40;

    private final long high;
    private final long low;

    private RowIds(long high, long low) {
        this.high = high;
        this.low = low;
    }

    static RowIds of(IngestedFile file) {
        // A name has no zero character, so that no two files run together.
        ByteBuffer bytes = ByteBuffer.wrap(Sha256.of(file.tenant() + "\0" + file.name() + "\0" + file.sha256()));
        // RFC 9562: version 8 in the middle of the high half, variant 10 at the top of the low half.
        long high = (bytes.getLong() & ~0xF000L) | 0x8000L;
        long low = (bytes.getLong() >>> 2) | Long.MIN_VALUE;
        return new RowIds(high, low & (-1L << POSITION_BITS));
    }

    UUID of(long position) {
        if (position < 0 || position >>> POSITION_BITS != 0) {
            throw new IllegalArgumentException("A row's position is 0 to 2^40 - 1, not " + position);
        }
        return new UUID(high, low | position);
    }
}
