package io.github.keywharf.cassandra;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** The rows of a window put in the order of their partitions; rows of one partition stay in their own order. */
final class BulkGroups {
    private final BulkBuffer keys;
    private final int[] keyEnds;
    private final int[] starts;
    private final int[] rows;
    private final int count;

    private BulkGroups(BulkBuffer keys, int[] keyEnds, int[] starts, int[] rows, int count) {
        this.keys = keys;
        this.keyEnds = keyEnds;
        this.starts = starts;
        this.rows = rows;
        this.count = count;
    }

    /** Groups the rows; those whose key cannot be written are rejected. */
    static BulkGroups of(BulkPlan plan, BulkWindow window, String source) {
        int size = window.size();
        BulkBuffer keys = new BulkBuffer(size * 16);
        int[] keyEnds = new int[size];
        int[] groupOf = new int[size];
        int[] sizes = new int[size];
        int mask = Integer.highestOneBit(Math.max(size, 8)) * 4 - 1;
        int[] table = new int[mask + 1];
        int groups = 0;
        for (int row = 0; row < size; row++) {
            groupOf[row] = -1;
            int start = keys.size();
            if (window.isRefused(row) || !putKey(plan, window, row, source, keys)) {
                keys.truncate(start);
                continue;
            }
            int slot = hash(keys.bytes(), start, keys.size()) & mask;
            int group = -1;
            while (group < 0) {
                int known = table[slot] - 1;
                if (known < 0) {
                    table[slot] = groups + 1;
                    keyEnds[groups] = keys.size();
                    group = groups++;
                } else if (same(keys, keyEnds, known, start)) {
                    keys.truncate(start);
                    group = known;
                }
                slot = (slot + 1) & mask;
            }
            groupOf[row] = group;
            sizes[group]++;
        }
        int[] starts = new int[groups + 1];
        for (int i = 0; i < groups; i++) {
            starts[i + 1] = starts[i] + sizes[i];
        }
        int[] next = Arrays.copyOf(starts, groups);
        int[] rows = new int[starts[groups]];
        for (int row = 0; row < size; row++) {
            if (groupOf[row] >= 0) {
                rows[next[groupOf[row]]++] = row;
            }
        }
        return new BulkGroups(keys, keyEnds, starts, rows, groups);
    }

    /** Appends the partition key as the server has it, which is also what routes a request. */
    private static boolean putKey(BulkPlan plan, BulkWindow window, int row, String source, BulkBuffer keys) {
        int parts = plan.partitionColumns;
        List<BulkColumn> columns = plan.columns;
        int position = window.position(row);
        int start = keys.size();
        int clustering = 0;
        int written = plan.isStatic(window, row, position) ? parts : plan.keyColumns;
        for (int i = 0; i < written; i++) {
            BulkColumn column = columns.get(i);
            ByteBuffer value = plan.encode(column, window, row, position, source);
            if (value == null) {
                return false;
            }
            int length = value.remaining();
            if (length > BulkPlan.MAX_KEY_BYTES) {
                return tooLong(window, row, source, column.source().name(), length);
            }
            if (i >= parts) {
                clustering += length;
            } else if (parts == 1) {
                if (length == 0) {
                    window.reject(source, row, column.source().name(), "The partition key is empty");
                    return false;
                }
                keys.put(value);
            } else {
                keys.putShort(length).put(value).putByte(0);
            }
        }
        int partition = keys.size() - start;
        return Math.max(partition, clustering) <= BulkPlan.MAX_KEY_BYTES
                || tooLong(window, row, source, "", Math.max(partition, clustering));
    }

    private static boolean tooLong(BulkWindow window, int row, String source, String column, int length) {
        window.reject(
                source,
                row,
                column,
                "The key has " + length + " bytes, more than the " + BulkPlan.MAX_KEY_BYTES + " that a key may have");
        return false;
    }

    private static int hash(byte[] bytes, int start, int end) {
        int hash = end - start;
        for (int i = start; i < end; i++) {
            hash = hash * 31 + bytes[i];
        }
        hash *= 0x9E3779B9;
        return hash ^ (hash >>> 15);
    }

    private static boolean same(BulkBuffer keys, int[] keyEnds, int group, int start) {
        int from = group == 0 ? 0 : keyEnds[group - 1];
        return Arrays.equals(keys.bytes(), from, keyEnds[group], keys.bytes(), start, keys.size());
    }

    /** How many partitions there are. */
    int count() {
        return count;
    }

    int size(int group) {
        return starts[group + 1] - starts[group];
    }

    /** A row of a partition, counted from 0. */
    int row(int group, int number) {
        return rows[starts[group] + number];
    }

    /** The partition's key, as routing wants it. */
    ByteBuffer key(int group) {
        int from = group == 0 ? 0 : keyEnds[group - 1];
        return ByteBuffer.wrap(keys.bytes(), from, keyEnds[group] - from);
    }
}
