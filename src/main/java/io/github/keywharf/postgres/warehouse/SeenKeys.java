package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.table.BooleanVector;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.DoubleVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import io.github.keywharf.table.ObjectVector;
import io.github.keywharf.table.Schema;
import java.util.Objects;

/**
 * Checks whether a key comes for the first time, in bounded memory: a key it calls new is new; one it calls seen may be
 * new where two keys share a hash or memory has run out.
 */
final class SeenKeys {

    /** Hashes kept of keys that are not single whole numbers: 16 MB. */
    private static final int MAX_HASHES = 1 << 20;

    private final int[] columns;
    private final KeySet numbers = new KeySet();
    private long[] hashes = new long[1 << 10];
    private int count;
    private boolean zero;
    private ColumnVector[] key = new ColumnVector[0];

    SeenKeys(Schema schema, java.util.List<String> key) {
        this.columns = key.stream().mapToInt(schema::position).toArray();
    }

    void bind(ColumnBatch batch) {
        ColumnVector[] bound = new ColumnVector[columns.length];
        for (int i = 0; i < columns.length; i++) {
            bound[i] = batch.column(columns[i]);
        }
        key = bound;
    }

    /** Whether the key of a row is certainly new; remembers it. */
    boolean add(int row) {
        if (key.length == 1) {
            if (key[0] instanceof IntVector ints) {
                return numbers.add(ints.intAt(row));
            }
            if (key[0] instanceof LongVector longs) {
                return numbers.add(longs.longAt(row));
            }
        }
        long hash = 1;
        for (ColumnVector column : key) {
            hash = mix(hash * 31 + hash(column, row));
        }
        return addHash(hash);
    }

    private static long hash(ColumnVector column, int row) {
        if (column instanceof BytesVector texts) {
            long hash = texts.length(row);
            byte[] bytes = texts.bytes();
            int end = texts.offset(row) + texts.length(row);
            for (int i = texts.offset(row); i < end; i++) {
                hash = hash * 0x1_0000_01B3L + bytes[i];
            }
            return mix(hash);
        }
        if (column instanceof IntVector ints) {
            return mix(ints.intAt(row));
        }
        if (column instanceof LongVector longs) {
            return mix(longs.longAt(row));
        }
        if (column instanceof DoubleVector doubles) {
            return mix(Double.doubleToLongBits(doubles.doubleAt(row) + 0.0));
        }
        if (column instanceof BooleanVector booleans) {
            return booleans.booleanAt(row) ? 1 : 2;
        }
        return mix(Objects.hashCode(((ObjectVector) column).value(row)));
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 32)) * 0x9E37_79B9_7F4A_7C15L;
        return mixed ^ (mixed >>> 29);
    }

    private boolean addHash(long hash) {
        if (hash == 0) {
            boolean absent = !zero;
            zero = true;
            return absent;
        }
        int at = find(hashes, hash);
        if (hashes[at] == hash || count == MAX_HASHES) {
            return false;
        }
        hashes[at] = hash;
        if (++count * 2 > hashes.length) {
            long[] larger = new long[hashes.length * 2];
            for (long old : hashes) {
                if (old != 0) {
                    larger[find(larger, old)] = old;
                }
            }
            hashes = larger;
        }
        return true;
    }

    private static int find(long[] table, long hash) {
        int at = (int) hash & (table.length - 1);
        while (table[at] != 0 && table[at] != hash) {
            at = (at + 1) & (table.length - 1);
        }
        return at;
    }
}
